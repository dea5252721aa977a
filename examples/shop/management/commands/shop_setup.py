"""``manage.py shop_setup``: make the shop's collections and put something on the shelves."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from collections_app import records
from collections_app.schema_edit import bulk_import
from examples.shop.schema import COLLECTIONS

PRODUCTS = [("Hammer", 19.5, 10), ("Saw", 24, 3), ("Workbench", 180, 1)]


class Command(BaseCommand):
    help = "Create the shop's collections (or bring them up to date) and a few products."

    def handle(self, *args: object, **options: object) -> None:
        bulk_import.run(COLLECTIONS, delete_missing=False)
        for title, price, stock in PRODUCTS:
            if records.first("products", "title = {:title}", title=title) is None:
                records.create("products", title=title, price=price, stock=stock)
        self.stdout.write(f"The shop has {records.count('products')} products.")
