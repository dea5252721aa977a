"""``manage.py shop_setup``: make the shop's collections and put something on the shelves."""

from __future__ import annotations

from collections_app import records
from collections_app.schema_edit import bulk_import
from core_app import commands
from core_app.migrating import migrate_if_needed
from examples.shop.schema import COLLECTIONS

PRODUCTS = [("Hammer", 19.5, 10), ("Saw", 24, 3), ("Workbench", 180, 1)]


class Command(commands.Command):
    help = "Create the shop's collections (or bring them up to date) and a few products."

    def handle(self, *args: object, **options: object) -> None:
        migrate_if_needed(self.stdout)
        bulk_import.run(COLLECTIONS, delete_missing=False)
        for title, price, stock in PRODUCTS:
            if records.first("products", "title = {:title}", title=title) is None:
                records.create("products", title=title, price=price, stock=stock)
        self.stdout.write(f"The shop has {records.count('products')} products.")
