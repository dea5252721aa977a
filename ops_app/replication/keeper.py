"""Litestream beside the server: started, watched, started again, and ended with it.

One for a data folder, however many servers use it: it holds the lock of a file. One that has
outlived its server is ended by the next.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

import orjson
from django.conf import settings
from django.db import connections

from ops_app.replication import litestream, position
from ops_app.replication.litestream import NotListening, ReplicaError
from ops_app.replication.position import Position
from ops_app.serving import registry

logger = logging.getLogger("holdall.replication")

_ASKED_EVERY_S = 1.0
_ASKED_FOR_S = 5
_END_S = 8.0
_STARTS_IN_S = 10.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
_LEVELS = {"ERROR": logging.ERROR, "WARN": logging.WARNING}


class Keeper:
    """Replicates ``data.db`` to ``url`` while ``running()``."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._stopping = threading.Event()
        self._position = Position(litestream.shown(url))
        self._started = 0.0
        self._said = ""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Replicate until the end of the block. Nobody else may write by then."""
        self._stopping.clear()
        thread = threading.Thread(target=self._run, name="replication", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join(_END_S + 2 * _ASKED_FOR_S)

    def _run(self) -> None:
        pause = _FIRST_PAUSE_S
        folder = Path(tempfile.mkdtemp(prefix="holdall-"))  # a socket's path must be short
        try:
            while not self._stopping.is_set():
                began = time.monotonic()
                self._run_once(folder)
                if time.monotonic() - began > _LONGEST_PAUSE_S:
                    pause = _FIRST_PAUSE_S
                self._stopping.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _run_once(self, folder: Path) -> None:
        """Have one litestream until it ends or shall end."""
        try:
            process = self._start(folder)
        except (OSError, ReplicaError) as error:
            self._failed(f"litestream cannot be started: {error}")
            return
        if process is None:
            return
        with process:
            self._said = ""
            reader = threading.Thread(target=self._tell, args=(process.stderr,), daemon=True)
            reader.start()
            while process.poll() is None and not self._stopping.wait(_ASKED_EVERY_S):
                self._ask(folder)
            if process.poll() is None:
                if not self._position.error:
                    self._ask(folder)  # the last writes
                _end(process)
            elif not self._stopping.is_set():
                reader.join(_END_S)
                status = f"litestream has ended with status {process.returncode}"
                self._failed(f"{status}: {self._said}" if self._said else status)

    def _start(self, folder: Path) -> subprocess.Popen[bytes] | None:
        """Start litestream; return ``None`` if another one has its place."""
        path = Path(settings.HOLDALL_DATA_DIR) / ".litestream.lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if registry.running() == [os.getpid()]:
                    _end_orphan(descriptor)
                return None
            written = folder / "litestream.yml"
            written.write_bytes(litestream.config(_database(), self.url, _listening(folder)))
            process = litestream.start(
                "replicate",
                "-no-expand-env",
                "-config",
                str(written),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(descriptor,),  # the lock is its own from now on
                start_new_session=True,  # Ctrl-C is for us: it goes last
            )
            self._started = time.time()
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, str(process.pid).encode(), 0)
            return process
        finally:
            os.close(descriptor)

    def _ask(self, folder: Path) -> None:
        """Note that what has been committed until now is in the replica, or why not."""
        moment = time.time()
        try:
            litestream.sync(_listening(folder), _database(), _ASKED_FOR_S)
        except NotListening as error:
            if moment - self._started > _STARTS_IN_S:
                self._failed(str(error))
        except ReplicaError as error:
            self._failed(str(error))
        else:
            if self._position.error:
                logger.warning("the replica follows again")
            self._note(Position(self._position.url, moment))

    def _tell(self, stream: IO[bytes] | None) -> None:
        """Put what litestream says into our log."""
        for line in stream or ():
            try:
                said = orjson.loads(line)
            except orjson.JSONDecodeError:  # its last words are plain
                self._said = line.decode(errors="replace").strip()
                continue
            level = _LEVELS.get(said.get("level"), logging.DEBUG)
            logger.log(level, "litestream: %s: %s", said.get("msg"), said.get("error", ""))

    def _failed(self, why: str) -> None:
        if why != self._position.error:
            logger.error("the replica does not follow: %s", why)
        self._note(replace(self._position, error=why))

    def _note(self, found: Position) -> None:
        self._position = found
        try:
            position.write(found)
        except OSError:
            logger.exception("the replica's position could not be noted")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        logger.error("litestream does not end; it is killed")
        process.kill()


def _end_orphan(descriptor: int) -> None:
    pid = os.pread(descriptor, 20, 0)
    if pid.isdigit():
        logger.warning("litestream %s has outlived its server; it is ended", pid.decode())
        try:
            os.kill(int(pid), signal.SIGTERM)
        except ProcessLookupError:
            return


def _database() -> Path:
    return Path(connections["default"].settings_dict["NAME"])


def _listening(folder: Path) -> Path:
    return folder / "socket"
