"""Exchanging the contents of the data folder for a prepared folder, and back again.

Everything happens by renaming inside the data folder, each step noted before it is taken, so that
whoever starts next can undo what was cut off. Nobody may have the databases open meanwhile.

``.restore/new``   what is to come in, prepared and checked
``.restore/old``   what was there before, kept until the new has proved itself; beside it lies a
                   dump of the database, if that is PostgreSQL
``.restore/state`` how far we are
"""

from __future__ import annotations

import enum
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

import orjson
from django.conf import settings

from ops_app.backups import contents, postgresql

#: at the top of the data folder, not in PocketBase's backups: they stay where a backup has none
OURS = ("secret_key", "hooks", "public")


class Phase(enum.StrEnum):
    """How far an exchange has come."""

    STAGED = "staged"  # nothing has been touched
    OUT = "out"  # what was there is being moved out
    IN = "in"  # the new is being moved in
    TRIAL = "trial"  # the new is in place and has to prove itself


@dataclass(frozen=True, slots=True)
class State:
    """An exchange: the backup's key, and the names at the top that go out and come in.

    ``only``: the names that it is about, where all others stay; empty: all.
    """

    phase: Phase
    key: str
    out: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    def touches(self, name: str) -> bool:
        """Whether what has this name may be exchanged, though nobody has listed it."""
        if self.only:
            return name in self.only
        return contents.is_part(name) and name not in OURS


class Scope(NamedTuple):
    """What of the data folder an exchange is about.

    ``keeps_ours``: what comes in knows nothing of hooks, public files and our key, so they stay.
    ``only``: names beside which everything stays; empty: it is about all.
    """

    keeps_ours: bool = False
    only: tuple[str, ...] = ()


def stage_folder() -> Path:
    """Return where to put what is to come in."""
    return _root() / ".restore" / "new"


def is_under_way() -> bool:
    """Whether an exchange has been prepared and is not finished."""
    return _state_path().exists()


def key() -> str:
    """Return the key of the backup whose exchange is under way, ``""`` for none."""
    state = read()
    return state.key if state else ""


def read() -> State | None:
    """Return how far the exchange is, ``None`` if there is none."""
    try:
        stored = orjson.loads(_state_path().read_bytes())
    except FileNotFoundError:
        return None
    names = {field: tuple(stored.get(field, ())) for field in ("out", "into", "only")}
    return State(Phase(stored["phase"]), stored["key"], **names)


def prepare(backup_key: str, scope: Scope) -> None:
    """Note that what is in ``stage_folder`` shall come in."""
    into = tuple(sorted(os.listdir(stage_folder())))
    kept = OURS if scope.keeps_ours else ()
    state = State(Phase.STAGED, backup_key, (), into, scope.only)
    there = (name for name in sorted(os.listdir(_root())) if contents.is_part(name))
    if scope.only:
        out = tuple(name for name in there if state.touches(name))
    else:
        out = tuple(name for name in there if name not in kept or name in into)
    _write(replace(state, out=out))


def apply() -> None:
    """Exchange. Raise ``OSError`` or ``BackupError``; ``revert`` then undoes what was done."""
    state = read()
    assert state is not None  # noqa: S101 the caller has prepared it
    # what has come since it was prepared goes out too, above all SQLite's helper files
    since = {name for name in os.listdir(_root()) if state.touches(name)}
    if postgresql.is_used():
        postgresql.dump(_kept_dump())
    state = replace(state, phase=Phase.OUT, out=tuple(sorted({*state.out, *since})))
    _write(state)
    _move(state.out, _root(), _kept())
    _write(replace(state, phase=Phase.IN))
    _move(state.into, stage_folder(), _root())
    _forget_replication()
    if postgresql.is_used():
        postgresql.replace(_root() / postgresql.DUMP)
    _write(replace(state, phase=Phase.TRIAL))


def revert() -> None:
    """Put everything back as it was before ``apply``, however far that had come."""
    state = read()
    if state is None:
        return
    if state.phase in (Phase.IN, Phase.TRIAL):
        came = set(state.into) | {name for name in os.listdir(_root()) if state.touches(name)}
        # once a name is back from where it was kept, it is the old one
        _move((name for name in came if _waits(name, state)), _root(), stage_folder())
    if state.phase in (Phase.IN, Phase.TRIAL) and postgresql.is_used():
        postgresql.replace(_kept_dump())
    if state.phase is not Phase.STAGED:
        _move(state.out, _kept(), _root())
        _forget_replication()
    finish()


def finish() -> None:
    """Forget the exchange and remove what was kept for it."""
    (_root() / postgresql.DUMP).unlink(missing_ok=True)
    _state_path().unlink(missing_ok=True)
    shutil.rmtree(_root() / ".restore", ignore_errors=True)


def _waits(name: str, state: State) -> bool:
    """Whether the old of this name is still kept, or there is none: then ours is the new one."""
    return name not in state.out or (_kept() / name).exists()


def _move(names: Iterable[str], source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        if (source / name).exists():
            if (target / name).is_dir():
                shutil.rmtree(target / name)
            os.replace(source / name, target / name)
    for folder in (source, target):
        _sync(folder)


def _forget_replication() -> None:
    shutil.rmtree(_root() / contents.REPLICATION_NOTES, ignore_errors=True)


def _write(state: State) -> None:
    path = _state_path()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    waiting = path.with_suffix(".new")
    with waiting.open("wb") as file:
        file.write(orjson.dumps(asdict(state)))
        file.flush()
        os.fsync(file.fileno())
    os.replace(waiting, path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    if folder.is_dir():
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _root() -> Path:
    return Path(settings.HOLDALL_DATA_DIR)


def _kept() -> Path:
    return _root() / ".restore" / "old"


def _kept_dump() -> Path:
    return _root() / ".restore" / f"old-{postgresql.DUMP}"


def _state_path() -> Path:
    return _root() / ".restore" / "state"
