"""Files that nobody names any more are removed, always after the commit that made them so.

What goes wrong here is logged: the record is gone already, and a leftover file harms nobody
(``manage.py storage_check`` finds it). Nobody waits for a storage behind a network.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from auth_app import background
from collections_app.hooks import CollectionEvent, collection_deleted
from core_app.hooks import on
from storage_app import blobs, choose

logger = logging.getLogger("holdall.storage")


def remove_files(collection_id: str, record_id: str, names: Iterable[str]) -> None:
    """Remove these files of a record, with their thumbs."""
    for name in names:
        _soon(blobs.delete, blobs.key_of(collection_id, record_id, name))


def remove_record(collection_id: str, record_id: str) -> None:
    """Remove everything that belonged to a record."""
    _soon(blobs.delete_folder, blobs.record_folder(collection_id, record_id))


@on(collection_deleted)
def remove_collection(event: CollectionEvent, **_: Any) -> None:
    """Remove everything that belonged to a collection's records."""
    _soon(blobs.delete_folder, f"{event.collection.id}/")


def _soon(remove: Callable[[str], None], key: str) -> None:
    if choose.backend().is_remote:
        background.run(_logged, remove, key)
    else:
        _logged(remove, key)


def _logged(remove: Callable[[str], None], key: str) -> None:
    try:
        remove(key)
    except OSError:
        logger.exception("could not remove %s", key)
