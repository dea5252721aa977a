"""What groups of editors can be allowed: to view, add, change and delete records of a collection.

Django keeps rights as rows, by name. They are made when somebody is about to give them; they follow
a collection to its new name and end with it, so that no other collection of its name inherits them.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.dispatch import receiver

from collections_app.hooks import (
    CollectionEvent,
    after_collection_delete,
    after_collection_update,
)
from collections_app.schema import snapshot
from core_app.transactions import write

APP_LABEL = "records"
ACTS = ("view", "add", "change", "delete")


def every_one() -> QuerySet[Permission]:
    """Return the rights to records of the collections there are, after making those that lack."""
    names = [item.name.lower() for item in snapshot.current().collections if not item.system]
    have = set(_all().values_list("codename", flat=True))
    lacking = [name for name in names if any(f"{act}_{name}" not in have for act in ACTS)]
    if lacking:
        with write():
            for name in lacking:
                kind = _kind(name)
                for act in ACTS:
                    Permission.objects.get_or_create(
                        content_type=kind, codename=f"{act}_{name}", defaults={"name": f"may {act}"}
                    )
    return _all().filter(content_type__model__in=names)


@receiver(after_collection_update)
def follow(event: CollectionEvent, **_: Any) -> None:
    """Let rights go with a collection to its new name."""
    if event.original is None:
        return
    old, new = event.original.name.lower(), event.collection.name.lower()
    if old == new:
        return
    held = list(_all().filter(codename__in=[f"{act}_{old}" for act in ACTS]))
    if held:
        kind = _kind(new)
        _all().filter(content_type=kind).delete()
        for permission in held:
            act = permission.codename.partition("_")[0]
            permission.codename, permission.content_type = f"{act}_{new}", kind
            permission.save()


@receiver(after_collection_delete)
def end(event: CollectionEvent, **_: Any) -> None:
    """Take back what was given for a collection that is deleted."""
    name = event.collection.name.lower()
    _all().filter(codename__in=[f"{act}_{name}" for act in ACTS]).delete()


def _all() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label=APP_LABEL)


def _kind(name: str) -> ContentType:
    kind, _ = ContentType.objects.get_or_create(app_label=APP_LABEL, model=name)
    return kind
