"""The ``_superusers`` collection: who is one, who is the last, and their dashboard users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auth_app.names import INSTALLER_EMAIL, SUPERUSERS
from collections_app.records import rows
from collections_app.schema import lookup
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel


def collection() -> CollectionDef:
    """Return the ``_superusers`` collection."""
    return lookup.get(SUPERUSERS)


def stored(record_id: str) -> Mapping[str, Any] | None:
    """Return the stored values of a superuser, or ``None``."""
    return rows.stored_by(collection(), "id", record_id)


def exist() -> bool:
    """Whether anybody has made an account yet; the installer's own does not count."""
    return lookup.get_model(SUPERUSERS).objects.exclude(email=INSTALLER_EMAIL).exists()


def others_exist(record: RecordModel) -> bool:
    """Whether there is a superuser beside ``record``."""
    return lookup.get_model(SUPERUSERS).objects.exclude(pk=record.id).exists()


def created(record: RecordModel) -> None:
    """Remove the installer's account once there is a real superuser; its token dies with it."""
    if record["email"] == INSTALLER_EMAIL:
        return
    for installer in lookup.get_model(SUPERUSERS).objects.filter(email=INSTALLER_EMAIL):
        installer.delete()


def deleted(record: RecordModel) -> None:
    """Shut the dashboard to who was this superuser; the name stays in the dashboard's history."""
    from auth_app.models import StaffUser

    StaffUser.objects.filter(record_id=record.id).update(is_active=False)
