"""Making a backup: a zip of the data folder as it was at one moment."""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from core_app.errors import FieldError
from core_app.settings_store import store
from ops_app.backups import contents, shelf, snapshot
from ops_app.backups.busy import Doing, Progress, alone
from ops_app.hooks import BackupEvent, backup_created, before_backup_create

logger = logging.getLogger("holdall.backups")

PREFIX = "pb_backup_"
LONGEST_NAME = 150
#: says which program made a backup (the zip's comment)
MARK = b"holdall"

_NAME = re.compile(r"[a-z0-9_-]+\.zip")
_LONGEST_APP_NAME = 50
_CHUNK = 1 << 18
#: what does not become smaller
_PACKED = frozenset(
    {
        *(".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".heic", ".woff", ".woff2"),
        *(".mp3", ".aac", ".ogg", ".m4a", ".flac", ".mp4", ".mov", ".mkv", ".webm", ".avi"),
        *(".zip", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".docx", ".xlsx", ".pptx", ".epub"),
    }
)


def check_name(name: str) -> FieldError | None:
    """Return what is wrong with a name that somebody has chosen."""
    if len(name) > LONGEST_NAME:
        return FieldError(
            "validation_length_out_of_range",
            f"The length must be between 1 and {LONGEST_NAME}.",
            {"max": LONGEST_NAME, "min": 1},
        )
    if not _NAME.fullmatch(name):
        return FieldError("validation_match_invalid", "Must be in a valid format.")
    if shelf.exists(name):
        return FieldError(
            "validation_backup_name_exists",
            "The backup file name is invalid or already exists.",
        )
    return None


def new_name(prefix: str = PREFIX) -> str:
    """Return ``pb_backup_<app's name>_<moment>.zip``."""
    app = snake_case(store.current().meta.app_name)[:_LONGEST_APP_NAME]
    return f"{prefix}{app}_{datetime.now(UTC):%Y%m%d%H%M%S}.zip"


def snake_case(text: str) -> str:
    """Return ``My HTTPServer`` as ``my_httpserver``."""
    words = [word for word in re.split(r"[\W_]+", text, flags=re.ASCII) if word]
    return "_".join(re.sub(r"(?<=[^A-Z])(?=[A-Z])", "_", word) for word in words).lower()


def create(name: str = "", tell: Callable[[Doing], None] | None = None) -> str:
    """Make a backup and return its key. Raise ``Busy``, ``BackupError``."""
    key = name or new_name()
    with alone("create", key, tell) as progress:
        event = BackupEvent(key)
        before_backup_create.send(None, event=event)
        with working_folder() as folder:
            copies = folder / "data"
            copies.mkdir()
            snapshot.take(copies, progress, event.exclude)
            archive = folder / "backup.zip"
            _pack(copies, archive, progress)
            shelf.put(event.key, archive)
        progress.note()
    backup_created.send_robust(None, event=event)
    return event.key


@contextmanager
def working_folder() -> Iterator[Path]:
    """Yield an empty folder on the data folder's disk that goes away again."""
    folder = Path(tempfile.mkdtemp(prefix=".backup-", dir=settings.HOLDALL_DATA_DIR))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pack(root: Path, archive: Path, progress: Progress) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.comment = MARK
        for name in contents.database_files():
            _add(packed, name, root / name, progress)
        for entry in contents.files(root):
            _add(packed, entry.name, Path(entry.path), progress)


def _add(packed: zipfile.ZipFile, name: str, path: Path, progress: Progress) -> None:
    info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    is_packed = os.path.splitext(name)[1].lower() in _PACKED
    info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    with path.open("rb") as file, packed.open(info, "w") as into:
        while chunk := file.read(_CHUNK):
            into.write(chunk)
            progress.add(len(chunk))
