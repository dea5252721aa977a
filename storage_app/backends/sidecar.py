"""``SidecarBackend``: any Django storage, with the attributes of ``<key>`` in ``<key>.attrs``.

The files and their attributes are as PocketBase lays its folder out, so that one can be taken over.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections.abc import Iterator
from typing import IO, Any

import orjson
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage

from storage_app.backends.base import CHUNK, UNKNOWN_TYPE, Backend, Blob, Entry, Missing, cut_name

ATTRIBUTES = ".attrs"


class SidecarBackend(Backend):
    """Works through the methods that every Django storage has."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def write(self, key: str, file: File[Any], content_type: str, original_name: str) -> None:
        hashed = _Hashed(file)
        self.storage.save(key, hashed)
        attributes = attributes_of(content_type, original_name, hashed.digest())
        try:
            self.storage.save(key + ATTRIBUTES, ContentFile(attributes))
        except BaseException:
            self.storage.delete(key)
            raise

    def find(self, key: str) -> Blob:
        try:
            size = self.storage.size(key)
            modified = self.storage.get_modified_time(key)
        except FileNotFoundError as error:
            raise Missing(key) from error
        content_type, original_name = self._attributes(key)
        return Blob(key, size, modified, content_type, original_name)

    def open(self, key: str) -> File[Any]:
        try:
            return self.storage.open(key, "rb")
        except FileNotFoundError as error:
            raise Missing(key) from error

    def part(self, key: str, start: int, length: int) -> IO[bytes]:
        file: Any = self.open(key)
        file.seek(start)
        return file  # type: ignore[no-any-return]

    def delete(self, key: str) -> None:
        self.storage.delete(key)
        self.storage.delete(key + ATTRIBUTES)

    def delete_folder(self, prefix: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            folders, names = self.storage.listdir(prefix)
            for folder in folders:
                self.delete_folder(f"{prefix}{folder}/")
            for name in names:
                self.storage.delete(prefix + name)

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        try:
            folders, names = self.storage.listdir(prefix)
        except FileNotFoundError:
            return
        for name in names:
            if not name.endswith(ATTRIBUTES):
                yield Entry(prefix + name, self.storage.size(prefix + name))
        for folder in folders:
            yield from self.entries(f"{prefix}{folder}/")

    def _attributes(self, key: str) -> tuple[str, str]:
        """Return the content type and the original name that were stored with ``key``."""
        try:
            with self.storage.open(key + ATTRIBUTES) as file:
                return read_attributes(file.read())
        except FileNotFoundError:
            return UNKNOWN_TYPE, ""


def attributes_of(content_type: str, original_name: str, digest: bytes) -> bytes:
    """Return the content of an attributes file; ``digest`` is the MD5 of the file beside it."""
    return orjson.dumps(
        {
            "user.cache_control": "",
            "user.content_disposition": "",
            "user.content_encoding": "",
            "user.content_language": "",
            "user.content_type": content_type,
            "user.metadata": {"original-filename": cut_name(original_name)}
            if original_name
            else {},
            "md5": base64.b64encode(digest).decode(),
        }
    )


def read_attributes(content: bytes) -> tuple[str, str]:
    """Return the content type and the original name in an attributes file, where it has them."""
    try:
        attributes = orjson.loads(content)
        metadata = attributes.get("user.metadata") or {}
        name = metadata.get("original-filename") or ""
        return str(attributes.get("user.content_type") or UNKNOWN_TYPE), str(name)
    except (orjson.JSONDecodeError, AttributeError):
        return UNKNOWN_TYPE, ""


class _Hashed(File):  # type: ignore[type-arg]
    """A file that is hashed while a storage reads its chunks."""

    def __init__(self, file: File[Any]) -> None:
        super().__init__(file.file, file.name)
        self._whole = file
        self._md5 = hashlib.md5(usedforsecurity=False)

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for chunk in self._whole.chunks(chunk_size or CHUNK):
            self._md5.update(chunk)
            yield chunk

    def digest(self) -> bytes:
        return self._md5.digest()
