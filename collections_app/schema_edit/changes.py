"""What follows every change of a collection: receivers, the new version, news after the commit."""

from __future__ import annotations

from django.db import transaction

from collections_app.hooks import CollectionEvent
from collections_app.schema import snapshot
from core_app import versions
from core_app.hooks import HookSignal


def finish(after: HookSignal, told: HookSignal, event: CollectionEvent) -> None:
    """Make the change known: in the transaction, by a new version, and after the commit."""
    sender = event.collection.name
    after.send(sender, event=event)
    versions.bump("schema")

    def tell() -> None:
        snapshot.renew()
        told.send_robust(sender, event=event)

    transaction.on_commit(tell)
