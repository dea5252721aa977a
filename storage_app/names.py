"""The name a client gave -> the name a file is stored under: ``My Photo.JPG`` ->
``my_photo_88zqfxvkzp.JPG``. Source: PocketBase tools/filesystem/file.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from core_app import ids

RANDOM_LENGTH = 10
MAX_ORIGINAL_BYTES = 300
MAX_EXTENSION = 20
MIN_BASE = 3
MAX_BASE = 100

_NOT_IN_EXTENSION = re.compile(r"[^\w.*\-+=#]+", re.ASCII)
_BETWEEN_WORDS = re.compile(r"[\W_]+", re.ASCII)
_WORD_START = re.compile(r"(?<=[^A-Z])(?=[A-Z])")


def stored_name(original: str, sniffed_extension: Callable[[], str]) -> str:
    """Return a new, practically unique name that keeps what it can of ``original``.

    ``sniffed_extension`` is asked for an extension (``.png`` or nothing) when the name has none.
    """
    original = _last_bytes(original.rsplit("/", 1)[-1], MAX_ORIGINAL_BYTES)
    base, extension = split_extension(original)
    clean = _NOT_IN_EXTENSION.sub("", extension).strip(".")
    extension = f".{clean[-MAX_EXTENSION:]}" if clean else sniffed_extension()
    base = snake_case(base.strip("."))
    if len(base) < MIN_BASE:
        base += ids.random_lower(RANDOM_LENGTH)
    return f"{base[:MAX_BASE]}_{ids.random_lower(RANDOM_LENGTH)}{extension}"


def split_extension(name: str) -> tuple[str, str]:
    """Split before the second-to-last dot if there are two (``.tar.gz``), else before the last."""
    last = name.rfind(".")
    if last < 0:
        return name, ""
    before = name.rfind(".", 0, last)
    cut = before if before >= 0 else last
    return name[:cut], name[cut:]


def snake_case(text: str) -> str:
    """Return ``text`` in lower-case words joined by ``_``: ``HTTPServerError`` ->
    ``httpserver_error``. Only ASCII letters and digits survive.
    """
    words = (_WORD_START.sub("_", word) for word in _BETWEEN_WORDS.split(text) if word)
    return "_".join(words).lower()


def _last_bytes(text: str, count: int) -> str:
    encoded = text.encode("utf-8", "replace")
    return text if len(encoded) <= count else encoded[-count:].decode("utf-8", "ignore")
