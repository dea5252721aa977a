"""Following a replica: the database as it was a moment ago, for a server that only reads.

Each new state is restored beside ``data.db`` and takes its place by renaming. Nobody writes to
either, so who has the old one open reads on in it, and turns to the new one when that suits
(``reading``). How far it has come is noted in a file, which says too that the database is not ours.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson
from django.conf import settings

from ops_app.replication import litestream
from ops_app.replication.litestream import ReplicaError
from ops_app.serving import registry

logger = logging.getLogger("holdall.replication")

#: of the time goes into restoring, at most: 1 / (1 + _REST)
_REST = 3
_END_S = 5.0


@dataclass(frozen=True, slots=True)
class State:
    """What is served. ``changed`` and ``checked`` are in seconds since the epoch.

    All that was in the replica at ``checked`` is served; its newest change came there at
    ``changed``. ``error`` says what keeps us from following, ``""`` for nothing.
    """

    url: str
    txid: str
    changed: float
    checked: float
    error: str = ""

    @property
    def behind_s(self) -> float:
        """Seconds of the replica that may be missing here."""
        return max(0.0, time.time() - self.checked)


def read() -> State | None:
    """Return what is served, ``None`` where no replica is followed."""
    return _stored() if settings.HOLDALL_FOLLOW else None


def take_over() -> None:
    """Let the database that is there be our own from now on.

    Raise ``ReplicaError`` while a server follows a replica with it.
    """
    if _path().exists() and registry.others():
        raise ReplicaError("a server that follows a replica uses this data folder; stop it first")
    _path().unlink(missing_ok=True)


class Follower:
    """Keeps ``data.db`` as the replica at ``url`` has it, while ``running()``."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._stopping = threading.Event()

    def start(self) -> None:
        """Have a state to serve: the newest, or the last where the replica cannot be reached.

        Raise ``ReplicaError`` if there is none, or if the database there is not a replica's.
        """
        try:
            self.catch_up()
        except (OSError, ReplicaError) as error:
            if _stored() is None:
                raise ReplicaError(str(error)) from error
            self._failed(str(error))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Follow until the end of the block."""
        self._stopping.clear()
        thread = threading.Thread(target=self._run, name="following", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join(_END_S)

    def catch_up(self) -> None:
        """Serve what is in the replica now. Raise ``ReplicaError``, ``OSError``."""
        state = _stored()
        if state is None and _database().exists():
            raise ReplicaError(
                f"{_database()} is a database of its own; follow a replica from another data folder"
            )
        moment = time.time()
        txid, changed = litestream.newest(self.url)
        new = State(litestream.shown(self.url), txid, changed, moment)
        if state is None or (state.url, state.txid, state.changed) != (new.url, txid, changed):
            self._exchange(new)
        elif state.error:
            logger.warning("the replica is followed again")
        _write(new)

    def _exchange(self, new: State) -> None:
        """Put a new state in the place of the old one."""
        folder = _database().with_name(".follow")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        restored = folder / _database().name
        litestream.restore(self.url, restored)
        with restored.open("rb") as file:
            os.fsync(file.fileno())
        if _stored() is None:
            _write(new)  # first: without it the database would be taken for our own
        for suffix in ("-wal", "-shm"):  # of a command that has written here: not of this state
            _database().with_name(_database().name + suffix).unlink(missing_ok=True)
        os.replace(restored, _database())
        shutil.rmtree(folder, ignore_errors=True)

    def _run(self) -> None:
        pause = settings.HOLDALL_FOLLOW_EVERY
        while not self._stopping.wait(pause):
            began = time.monotonic()
            try:
                self.catch_up()
            except (OSError, ReplicaError) as error:
                self._failed(str(error))
            pause = max(settings.HOLDALL_FOLLOW_EVERY, _REST * (time.monotonic() - began))

    def _failed(self, why: str) -> None:
        state = _stored()
        if state is not None and state.error == why:
            return
        logger.error("the replica is not followed: %s", why)
        try:
            if state is not None:
                _write(replace(state, error=why))
        except OSError:
            logger.exception("how far the replica is followed could not be noted")


def _stored() -> State | None:
    try:
        return State(**orjson.loads(_path().read_bytes()))
    except FileNotFoundError:
        return None


def _write(state: State) -> None:
    waiting = _path().with_suffix(".new")
    waiting.write_bytes(orjson.dumps(asdict(state)))
    os.replace(waiting, _path())


def _database() -> Path:
    return Path(settings.HOLDALL_DATA_DIR) / "data.db"


def _path() -> Path:
    return Path(settings.HOLDALL_DATA_DIR) / ".following"
