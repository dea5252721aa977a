"""``S3Backend``: a bucket of S3 or of anything that speaks its API, through django-storages.

Keys, content types and metadata are as PocketBase stores them, so that a bucket can be taken over.
Importing this imports boto3, which takes half a second and 30 MB: only where S3 is on.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import IO, Any
from urllib.parse import quote, unquote

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from storages.backends.s3 import S3Storage

from core_app.settings_store import shape
from storage_app.backends.base import (
    UNKNOWN_TYPE,
    Backend,
    Blob,
    Entry,
    Missing,
    StorageFailed,
    cut_name,
)

BACKEND = "storages.backends.s3.S3Storage"
#: files up to this many bytes are one request; larger ones are sent in parts of this size
PART_SIZE = 8 << 20
MAX_IN_MEMORY = 8 << 20  # bytes of a file that ``open`` keeps in memory
CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 10, 60
MAX_CONNECTIONS = 32
ORIGINAL_NAME = "original-filename"
#: what Go's ``url.PathEscape`` leaves as it is
_UNESCAPED = "$&+=:@"
_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
_MOST_DELETED = 1000  # keys in one request


@lru_cache(maxsize=4)
def of_settings(s3: shape.S3) -> S3Backend:
    """Return the backend for a group of the settings; the same group gives the same one.

    Options that the group does not have come from ``STORAGES["s3"]`` of the Django settings.
    """
    entry: Any = settings.STORAGES.get("s3", {})
    options = {
        "bucket_name": s3.bucket,
        "region_name": s3.region,
        "endpoint_url": s3.endpoint if "://" in s3.endpoint else f"https://{s3.endpoint}",
        "access_key": s3.access_key,
        "secret_key": s3.secret,
        "client_config": _client_config("path" if s3.force_path_style else "virtual"),
        **entry.get("OPTIONS", {}),
    }
    storage = storages.create_storage(
        {"BACKEND": entry.get("BACKEND", BACKEND), "OPTIONS": options}
    )
    return S3Backend(storage)


class S3Backend(Backend):
    """Blobs are objects; what is known about them is with the object, not beside it."""

    is_remote = True

    def __init__(self, storage: S3Storage) -> None:
        self.storage = storage
        self._bucket: str = storage.bucket_name
        self._prefix = f"{storage.location.strip('/')}/" if storage.location.strip("/") else ""
        self._made: Any = None
        self._making = threading.Lock()

    @property
    def _client(self) -> Any:
        """One client for all threads; making it is what costs."""
        if self._made is None:
            with self._making:
                if self._made is None:
                    try:
                        self._made = self.storage.connection.meta.client
                    except ValueError as error:  # an endpoint that is no address
                        raise StorageFailed(str(error)) from error
        return self._made

    def write(self, key: str, file: File[Any], content_type: str, original_name: str) -> None:
        about: dict[str, Any] = {**self.storage.get_object_parameters(key)}
        about["ContentType"] = content_type
        if original_name:
            name = quote(cut_name(original_name), safe=_UNESCAPED)
            about["Metadata"] = {**about.get("Metadata", {}), ORIGINAL_NAME: name}
        if self.storage.default_acl:
            about.setdefault("ACL", self.storage.default_acl)
        content = _Readable(file)
        where = {"Bucket": self._bucket, "Key": self._prefix + key}
        with _translated(key):
            if file.size <= PART_SIZE:
                self._client.put_object(**where, Body=content, **about)
            else:
                self._client.upload_fileobj(
                    content,
                    **where,
                    ExtraArgs=about,
                    Config=TransferConfig(
                        multipart_threshold=PART_SIZE,
                        multipart_chunksize=PART_SIZE,
                        max_concurrency=2,
                    ),
                )

    def find(self, key: str) -> Blob:
        with _translated(key):
            found = self._client.head_object(Bucket=self._bucket, Key=self._prefix + key)
        return Blob(
            key,
            found["ContentLength"],
            found["LastModified"],
            found.get("ContentType") or UNKNOWN_TYPE,
            unquote(found.get("Metadata", {}).get(ORIGINAL_NAME, "")),
        )

    def open(self, key: str) -> File[Any]:
        with _translated(key):
            found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)
            file = tempfile.SpooledTemporaryFile(MAX_IN_MEMORY)  # noqa: SIM115 whoever asked closes it
            try:
                shutil.copyfileobj(found["Body"], file, 1 << 16)
            except BaseException:
                file.close()
                raise
        file.seek(0)
        return File(file, key)

    def part(self, key: str, start: int, length: int) -> IO[bytes]:
        asked = {"Range": f"bytes={start}-{start + length - 1}"} if length else {}
        with _translated(key):
            found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key, **asked)
        return _Stream(key, found["Body"])  # type: ignore[return-value]

    def delete(self, key: str) -> None:
        with _translated(key):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)

    def delete_folder(self, prefix: str) -> None:
        keys: list[dict[str, str]] = []
        for entry in self.entries(prefix):
            keys.append({"Key": self._prefix + entry.key})
            if len(keys) == _MOST_DELETED:
                self._delete_all(prefix, keys)
                keys = []
        if keys:
            self._delete_all(prefix, keys)

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        with _translated(prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            for page in pages:
                for item in page.get("Contents", ()):
                    yield Entry(item["Key"].removeprefix(self._prefix), item["Size"])

    def _delete_all(self, prefix: str, keys: list[dict[str, str]]) -> None:
        with _translated(prefix):
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True}
            )
        if refused := answer.get("Errors"):
            first = refused[0]
            raise StorageFailed(f"{len(refused)} not removed, {first['Key']}: {first['Message']}")


class _Readable:
    """A Django file as boto3 takes it: bytes, not closed by whoever reads it."""

    def __init__(self, file: File[Any]) -> None:
        self._file = file.file or file
        self._file.seek(0)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)  # type: ignore[no-any-return]

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


class _Stream:
    """The body of an answer; what breaks while it is read is a ``StorageFailed``."""

    def __init__(self, key: str, body: Any) -> None:
        self._key, self._body = key, body

    def read(self, size: int = -1) -> bytes:
        with _translated(self._key):
            return self._body.read(None if size < 0 else size)  # type: ignore[no-any-return]

    def close(self) -> None:
        self._body.close()


@contextmanager
def _translated(key: str) -> Iterator[None]:
    """Turn what boto3 raises into ``Missing`` and ``StorageFailed``."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _ABSENT:
            raise Missing(key) from error
        raise StorageFailed(f"{key}: {error}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageFailed(f"{key}: {error}") from error


def _client_config(addressing_style: str) -> Config:
    return Config(
        s3={"addressing_style": addressing_style},
        signature_version="s3v4",
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        max_pool_connections=MAX_CONNECTIONS,
        retries={"mode": "standard", "total_max_attempts": 3},
        # other servers than Amazon's do not know the newer checksums
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
