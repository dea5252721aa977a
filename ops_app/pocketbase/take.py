"""Taking a PocketBase data folder in: look, copy files, then everything else in one transaction.

Files come first, since a file without a record harms nobody. Whatever ends this half way leaves the
database as it was, and the next run finds the files that were copied.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from auth_app.names import INSTALLER_EMAIL, SUPERUSERS
from collections_app.schema import snapshot
from core_app import sql, versions
from core_app.settings_store import store
from core_app.transactions import write
from ops_app.backups.busy import alone
from ops_app.pocketbase import files, folder, logs, plan, records, schema, source
from ops_app.pocketbase.comparing import OnConflict
from ops_app.pocketbase.errors import MovingError
from ops_app.pocketbase.files import Named, Tally
from ops_app.pocketbase.folder import Opened
from ops_app.pocketbase.plan import Plan, Step
from ops_app.pocketbase.schema import Made
from ops_app.pocketbase.source import Source
from storage_app import choose
from storage_app.backends.base import Backend

Tell = Callable[[str], None]

_MODES = {
    OnConflict.REFUSE: "fail",
    OnConflict.SKIP: "skip",
    OnConflict.REPLACE: "replace",
}
#: bytes that are mapped; kibibytes of pages that wait to be written (negative, as SQLite has it)
_PAGES_IN_MEMORY = {"mmap_size": 0, "cache_size": -131_072}
_STAYING = (
    "the files that were copied stay for the next try (an hour later, storage_check --remove "
    "--unknown-collections removes them)"
)
_SPARE = 64 << 20  # bytes of the disk that stay free


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person who asked has chosen."""

    on_conflict: OnConflict = OnConflict.REFUSE
    with_settings: bool = True
    with_logs: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """What would be done: the plan, files, log entries, views left out, and remarks."""

    plan: Plan
    files: Tally
    logs: int
    failed_views: dict[str, str]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was done: records written and left out, files copied, log entries."""

    records: int
    left_out: int
    files: Tally
    logs: int


def look(path: Path, choices: Choices) -> Looked:
    """Return what ``take`` would do. Changes nothing. Raise ``MovingError``."""
    folder.check(path)
    with folder.attached(path / folder.DATA) as opened:
        made_plan, failed, remarks = _try_out(path, choices)
        tally = Tally()
        if made_plan.copies_files and not made_plan.refusals:
            tally = files.count(*_files(made_plan))
        opened.refuse_if_changed()
    counted = 0
    if choices.with_logs:
        with _logs(path):
            counted = logs.missing()
    return Looked(made_plan, tally, counted, failed, remarks)


def take(path: Path, choices: Choices, looked: Looked, tell: Tell) -> Taken:
    """Take the folder in. Raise ``MovingError``; the database is as it was then."""
    if looked.plan.refusals:
        raise MovingError("nothing was done: see above")
    _check_space(path, looked)
    with alone("import", path.name):
        with folder.attached(path / folder.DATA) as opened, _room_for_pages():
            tally = _copy_files(looked.plan, tell)
            try:
                written, left_out = _take_data(path, choices, opened, tell)
            except MovingError as error:
                if not tally.left:
                    raise
                raise MovingError(f"{error}; {_STAYING}") from error
        counted = 0
        if choices.with_logs:
            with _logs(path) as opened:
                counted = logs.copy()
                opened.refuse_if_changed()
    return Taken(written, left_out, tally, counted)


@contextmanager
def _room_for_pages() -> Iterator[None]:
    """Keep more pages of our database in memory for the block: ids come in no order."""
    kept = {}
    with connection.cursor() as cursor:
        for name, value in _PAGES_IN_MEMORY.items():
            kept[name] = cursor.execute(f"PRAGMA main.{name}").fetchone()[0]
            cursor.execute(f"PRAGMA main.{name} = {value}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for name, value in kept.items():
                cursor.execute(f"PRAGMA main.{name} = {value}")


def _try_out(path: Path, choices: Choices) -> tuple[Plan, dict[str, str], tuple[str, ...]]:
    """Work everything out, make the collections for a trial, and take it all back.

    Return the plan, views that fail, and what else would be refused if it were saved here.
    """
    with write():
        made_plan = _plan(path, choices)
        failed: dict[str, str] = {}
        remarks: list[str] = []
        if not made_plan.refusals:
            held = snapshot.newest(versions.read().schema)
            meetings = [step.meeting for step in made_plan.steps]
            made = schema.apply(meetings, held, choices.on_conflict)
            failed, remarks = made.failed_views, schema.objections(made)
        transaction.set_rollback(True)
    return made_plan, failed, tuple(remarks)


def _plan(path: Path, choices: Choices) -> Plan:
    found: Source = source.read(path)
    held = snapshot.newest(versions.read().schema)
    return plan.make(found, held, choices.on_conflict, with_settings=choices.with_settings)


def _copy_files(made_plan: Plan, tell: Tell) -> Tally:
    if not made_plan.copies_files:
        return Tally()
    try:
        return files.copy(
            *_files(made_plan),
            lambda tally: tell(f"files: {tally.files:,}, {tally.left:,} of them copied"),
        )
    except OSError as error:
        raise MovingError(
            f"a file cannot be copied: {error}; nothing has changed but files that no record names"
        ) from error


def _take_data(path: Path, choices: Choices, opened: Opened, tell: Tell) -> tuple[int, int]:
    """Take in collections, records and settings; return records written and left out."""
    with write():
        made_plan = _plan(path, choices)
        if made_plan.refusals:
            raise MovingError(f"something has changed meanwhile: {made_plan.refusals[0]}")
        if opened.before is None:
            _copy_files(made_plan, tell)  # what a running server has added since
        before = snapshot.newest(versions.read().schema)
        meetings = [step.meeting for step in made_plan.steps]
        made = schema.apply(meetings, before, choices.on_conflict)
        written, left_out = _take_records(made_plan, made, tell)
        if made_plan.takes_settings and made_plan.source.settings is not None:
            store.save(made_plan.source.settings)
        schema.finish(made, before)
        opened.refuse_if_changed()
        tell("committing")
    return written, left_out


def _take_records(made_plan: Plan, made: Made, tell: Tell) -> tuple[int, int]:
    written = left_out = 0
    for step in made_plan.steps:
        target = made.held.by_id.get(step.meeting.source.id)
        if target is None or target.is_view or not step.counts.total:
            continue
        new = _take_collection(step, made_plan, made, tell)
        written += new
        if not step.is_passing:
            left_out += step.counts.total - step.counts.same - new
    if any(_brings_superusers(step) for step in made_plan.steps):
        # the installer's account dies with the first real one, and its token with it
        sql.execute(f'DELETE FROM "{SUPERUSERS}" WHERE "email" = ?', (INSTALLER_EMAIL,))  # noqa: S608
    return written, left_out


def _take_collection(step: Step, made_plan: Plan, made: Made, tell: Tell) -> int:
    total, name = step.counts.total, step.meeting.source.name
    mode = "skip" if step.is_passing else _MODES[made_plan.policy]

    def told(seen: int) -> None:
        tell(f"{name}: {seen:,} of {total:,} records")

    collection = step.meeting.source
    return records.copy(collection, made.held.by_id[collection.id], mode, told)


def _brings_superusers(step: Step) -> bool:
    return step.meeting.source.name == SUPERUSERS and step.counts.total > 0


def _files(made_plan: Plan) -> tuple[Iterator[Named], Backend, Backend]:
    """Return the files that come along, where they are, and where they go."""
    theirs = files.folder(made_plan.source.folder / "storage")
    ours = choose.bucket(made_plan.s3) if made_plan.s3.enabled else choose.local()
    return chain.from_iterable(_named(step, made_plan) for step in made_plan.steps), theirs, ours


def _named(step: Step, made_plan: Plan) -> Iterator[Named]:
    collection = step.meeting.source
    if not plan.keeps_files(collection):
        return
    stays = made_plan.policy is OnConflict.SKIP and (step.counts.same + step.counts.differ) > 0
    for record_id, names in records.file_names(collection, but_present=stays):
        yield from files.named(collection.id, collection.name, record_id, names)


@contextmanager
def _logs(path: Path) -> Iterator[Opened]:
    """Attach PocketBase's request log to ours."""
    if not (path / folder.LOGS).is_file():
        raise MovingError(f"{path} has no {folder.LOGS}: leave --logs out")
    with folder.attached(path / folder.LOGS, "auxiliary") as opened:
        yield opened


def _check_space(path: Path, looked: Looked) -> None:
    """Refuse what does not fit: files, and the database twice, since a transaction is a copy."""
    needed = 2 * (path / folder.DATA).stat().st_size + _SPARE
    if not looked.plan.s3.enabled:
        needed += looked.files.left_size
    free = shutil.disk_usage(settings.HOLDALL_DATA_DIR).free
    if needed > free:
        raise MovingError(
            f"{needed >> 20} MiB are needed, and the disk of the data folder has {free >> 20} MiB "
            "left; nothing was done"
        )
