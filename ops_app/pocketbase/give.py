"""Our data -> a new folder that PocketBase 0.40 starts on.

It is made beside its place and moved there when it is whole.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from core_app.settings_store import store
from ops_app.pocketbase import files, folder, given_data, given_logs
from ops_app.pocketbase.errors import MovingError
from ops_app.pocketbase.files import Named, Tally
from ops_app.pocketbase.given_data import GivenData
from ops_app.pocketbase.take import Tell
from storage_app import choose


@dataclass(frozen=True, slots=True)
class Given:
    """What the new folder holds, and what has no counterpart there and was left out."""

    records: int
    files: Tally
    logs: int
    left_out: tuple[str, ...]


def give(path: Path, *, with_logs: bool, tell: Tell) -> Given:
    """Make the folder ``path``. Raise ``MovingError``; it is then as it was."""
    _check(path)
    with _made_beside(path) as made:
        applied = _migrations_beside(path)
        data = given_data.write(made / folder.DATA, applied, tell)
        logs = given_logs.write(made / folder.LOGS, with_entries=with_logs)
        tally = Tally() if store.current().s3.enabled else _copy_files(made, data, tell)
    remarks = [*data.left_out, *_code()]
    if applied:
        remarks.append(
            f"migrations in pb_migrations beside it, entered as applied ({len(applied):,})"
        )
    return Given(data.records, tally, logs, tuple(remarks))


def _check(path: Path) -> None:
    inside = Path(settings.HOLDALL_DATA_DIR).resolve()
    if path.resolve() == inside:
        raise MovingError(f"{path} is the data folder of this Holdall itself")
    if path.exists() and not path.is_dir():
        raise MovingError(f"{path} is not a folder")
    if path.is_dir() and any(path.iterdir()):
        raise MovingError(f"{path} is not empty: name a folder that is, or a new one")


@contextmanager
def _made_beside(path: Path) -> Iterator[Path]:
    parent = path.resolve().parent
    parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=parent))
    try:
        yield made
        if path.is_dir():
            path.rmdir()
        os.rename(made, path)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _copy_files(made: Path, data: GivenData, tell: Tell) -> Tally:
    def named() -> Iterator[Named]:
        for collection, record_id, names in data.file_names():
            yield from files.named(collection.id, collection.name, record_id, names)

    target = files.folder(made / "storage")
    return files.copy(
        named(), choose.backend(), target, lambda tally: tell(f"files: {tally.files:,}")
    )


def _migrations_beside(path: Path) -> list[str]:
    """Return the JavaScript migrations that PocketBase would run: the collections are there."""
    found = (path.resolve().parent / "pb_migrations").glob("*.js")
    return sorted(item.name for item in found)


def _code() -> Iterator[str]:
    for name, path in (
        ("hooks", settings.HOLDALL_HOOKS_DIR),
        ("migrations of collections", settings.HOLDALL_SCHEMA_DIR),
    ):
        found = sorted(item.name for item in Path(path).glob("*.py") if item.name != "__init__.py")
        if found:
            yield f"{name} in {path}: {', '.join(found[:10])}{' …' * (len(found) > 10)}"
