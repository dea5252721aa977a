"""``LocalStorage``: Django's storage on a disk, with writes that are whole or not there at all."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils.functional import cached_property

from core_app.ids import random_lower

#: how the names of files begin that are being written
UNFINISHED = ".new-"


class LocalStorage(FileSystemStorage):
    """Files under ``storage/`` of the data folder (or ``location``). A name written again is
    replaced; a reader sees the old content or the new, never a part.
    """

    @cached_property
    def base_location(self) -> str:
        chosen: str | None = self._location  # type: ignore[attr-defined]
        return chosen or str(Path(settings.HOLDALL_DATA_DIR) / "storage")

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return ``name``: whoever saves a name means that one."""
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        with self.replacing(self.path(name)) as file:
            for chunk in content.chunks():
                file.write(chunk)
        return name

    @contextmanager
    def replacing(self, path: str) -> Iterator[io.BufferedWriter]:
        """Yield a new file that takes the place of ``path`` at the end of the block.

        If that raises, nothing is left of it.
        """
        folder, _, _ = path.rpartition("/")
        temporary = f"{folder}/{UNFINISHED}{random_lower(12)}"
        with _created(temporary) as file:
            try:
                yield file
                file.flush()
                os.fchmod(file.fileno(), self.file_permissions_mode or 0o644)
                os.replace(temporary, path)
            except BaseException:
                os.unlink(temporary)
                raise


def _created(path: str) -> io.BufferedWriter:
    """Return a new file, open for writing, in a folder that is made if need be."""
    try:
        return open(path, "xb")
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return open(path, "xb")
