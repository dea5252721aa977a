"""Which storage holds the records' files: the bucket in the settings' ``s3`` group while that is
enabled, else Django's ``STORAGES["default"]``.

Ask each time: a change of the settings holds for every worker from its next request on.
"""

from __future__ import annotations

import sys
from weakref import WeakKeyDictionary

from django.core.files.storage import Storage, storages

from core_app.settings_store import store
from core_app.settings_store.shape import S3
from storage_app.backends.base import Backend
from storage_app.backends.disk import DiskBackend
from storage_app.backends.sidecar import SidecarBackend
from storage_app.local import LocalStorage

_made: WeakKeyDictionary[Storage, Backend] = WeakKeyDictionary()


def backend() -> Backend:
    """Return where files are read and written now."""
    s3 = store.current().s3
    return bucket(s3) if s3.enabled else local()


def bucket(s3: S3) -> Backend:
    """Return the bucket that a group of the settings names, enabled or not."""
    from storage_app.backends import s3 as s3_backend

    return s3_backend.of_settings(s3)


def local() -> Backend:
    """Return ``STORAGES["default"]``: the disk, unless the Django settings say otherwise."""
    return over(storages["default"])


def over(storage: Storage) -> Backend:
    """Return the backend that knows a Django storage best; the same one each time."""
    made = _made.get(storage)
    if made is None:
        made = _made[storage] = _kind_of(storage)
    return made


def _kind_of(storage: Storage) -> Backend:
    if isinstance(storage, LocalStorage):
        return DiskBackend(storage)
    # an S3 storage can only be one if its module has been imported
    if (module := sys.modules.get("storages.backends.s3")) and isinstance(
        storage, module.S3Storage
    ):
        from storage_app.backends.s3 import S3Backend

        return S3Backend(storage)
    return SidecarBackend(storage)


def storage() -> Storage:
    """Return ``STORAGES["default"]`` itself."""
    return storages["default"]
