"""Small versions of stored images, made on first need, once for all workers, kept for ever.

How they look is ``thumb_images``' business; here it is about when they are made, and where they go.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image

from storage_app import blobs, thumb_images
from storage_app.blobs import Blob, Missing
from storage_app.thumb_images import NoThumb

__all__ = ["NoThumb"]

#: sizes that every file field offers
ALWAYS_OFFERED = ("100x100",)
#: stored types that thumbs are made of -> the format a thumb has
FORMATS = {
    "image/png": "PNG",
    "image/jpg": "JPEG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "PNG",
}
MAX_WAIT_S = float(os.environ.get("HOLDALL_THUMBS_MAX_WAIT", "60"))
_MAX_WORKERS = int(os.environ.get("HOLDALL_THUMBS_MAX_WORKERS", "0")) or (os.cpu_count() or 1) + 2
_LOCKS = 64
_POLL_S = 0.005

_workers = threading.BoundedSemaphore(_MAX_WORKERS)
_threads = [threading.Lock() for _ in range(_LOCKS)]


def is_offered(size: str, configured: tuple[str, ...]) -> bool:
    """Whether thumbs of ``size`` may be made for a field with these ``thumbs``."""
    return size in ALWAYS_OFFERED or size in configured


def key_of(original: str, size: str) -> str:
    """Return the key of the thumb of the file under ``original``."""
    return f"{blobs.thumb_folder(original)}{size}_{original.rpartition('/')[2]}"


def ensure(original: Blob, size: str) -> Blob:
    """Return the thumb, which is made unless it exists. Raise ``NoThumb``."""
    key = key_of(original.key, size)
    found = _find(key)
    if found is None:
        with _alone(key):
            found = _find(key) or _made(original, key, size)
    return found


def _find(key: str) -> Blob | None:
    try:
        return blobs.find(key)
    except Missing:
        return None


def _made(original: Blob, key: str, size: str) -> Blob:
    format_name = FORMATS[original.content_type]
    try:
        with blobs.open_blob(original.key) as file:
            content = thumb_images.render(file, size, format_name)
        blobs.write(key, ContentFile(content), f"image/{format_name.lower()}")
        return blobs.find(key)
    except (
        *(Missing, OSError, ValueError, SyntaxError, MemoryError),
        Image.DecompressionBombError,
    ) as error:
        raise NoThumb(f"{original.key}: {error}") from error


@contextmanager
def _alone(key: str) -> Iterator[None]:
    """Let one worker of this machine make the thumb ``key``, and only so many at once in a process.

    Raise ``NoThumb`` after ``MAX_WAIT_S``.
    """
    until = time.monotonic() + MAX_WAIT_S
    number = zlib.crc32(key.encode()) % _LOCKS
    with (
        _held(_threads[number], until, "another thread has not finished this thumb"),
        _lock_file(number, until),
        _held(_workers, until, "too many thumbs are being made"),
    ):
        yield


@contextmanager
def _held(
    lock: threading.Lock | threading.BoundedSemaphore, until: float, reason: str
) -> Iterator[None]:
    if not lock.acquire(timeout=max(0.0, until - time.monotonic())):
        raise NoThumb(reason)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _lock_file(number: int, until: float) -> Iterator[None]:
    folder = settings.HOLDALL_DATA_DIR / ".thumbs"
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / str(number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise NoThumb("another worker has not finished this thumb") from None
                time.sleep(_POLL_S)
        yield
    finally:
        os.close(handle)
