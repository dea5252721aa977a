"""Restoring a backup: prepare it beside the data, exchange the two, keep the old until it answers.

Nobody may have the databases open during the exchange. So the process that starts the workers
does it, between stopping them and starting anew; without a server whoever was asked does it.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from django.db import connections

from collections_app.schema import snapshot
from core_app.migrating import migrate_if_needed
from core_app.transactions import gate
from ops_app.backups import outcome, shelf, staging, swap
from ops_app.backups.busy import Doing, Progress, alone
from ops_app.backups.errors import BackupError, BadBackup
from ops_app.hooks import BackupEvent, backup_restored, before_backup_restore
from ops_app.serving import registry, stopping

logger = logging.getLogger("holdall.backups")

#: the answer to who asked for it goes out first
_DELAY_S = 1.0
_LONGEST_S = 300.0

#: puts what is to come in into an empty folder, checked, and says what that is about
Fill = Callable[[Path, Progress], swap.Scope]


def in_background(key: str) -> None:
    """Restore ``key`` in a second, in a server's process. What goes wrong is logged."""
    threading.Thread(target=_in_background, args=(key,), name="restore", daemon=True).start()


def _in_background(key: str) -> None:
    time.sleep(_DELAY_S)
    try:
        restore(key)
    except shelf.Missing:
        logger.error("%s was not restored; nothing has changed: it is no longer there", key)
    except BackupError as error:
        logger.error("%s was not restored; nothing has changed: %s", key, error)
    except Exception:
        logger.exception("%s was not restored", key)
    finally:
        connections.close_all()


def restore(
    key: str, archive: Path | None = None, tell: Callable[[Doing], None] | None = None
) -> None:
    """Restore the backup ``key``, or the zip file ``archive``; return when the data is in place.

    In a server's process this does not return: the server starts anew.
    Raise ``BackupError``, ``shelf.Missing``; the data then is what it was.
    """

    def unpack(folder: Path, progress: Progress) -> swap.Scope:
        with nullcontext(archive) if archive else shelf.local_file(key) as path:
            return swap.Scope(keeps_ours=not staging.unpack(path, folder, progress))

    bring_in(key, unpack, tell)


def bring_in(key: str, fill: Fill, tell: Callable[[Doing], None] | None = None) -> None:
    """Exchange the data for what ``fill`` brings; otherwise as ``restore``."""
    servers = registry.running()
    if len(servers) > 1:
        raise BackupError("several servers use this data folder; stop all but one")
    with alone("restore", key, tell) as progress:
        before_backup_restore.send(None, event=BackupEvent(key))
        folder = swap.stage_folder()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        try:
            scope = fill(folder, progress)
            staging.check(folder)
        except BaseException:
            swap.finish()
            raise
        outcome.forget()
        swap.prepare(key, scope)
        progress.note()
        if servers:
            _ask_server(servers[0])
        else:
            _here()


def _here() -> None:
    """Exchange and try the new data out in this process. Raise ``BackupError``, all as before."""
    key = swap.key()
    exchange()
    try:
        prove()
    except Exception as error:
        connections.close_all()
        swap.revert()
        raise BadBackup(f"the restored data does not work: {error}") from error
    finish(key)


def exchange() -> None:
    """Put the prepared data in place, with all writers held up. Raise ``BackupError``."""
    connections.close_all()
    gate.acquire()
    try:
        swap.apply()
    except (OSError, BackupError) as error:
        swap.revert()
        raise BackupError(f"the data folder cannot be exchanged: {error}") from error
    finally:
        gate.release()


def prove() -> None:
    """Bring the tables up to date and read the collections; raises whatever goes wrong."""
    migrate_if_needed(_Nowhere())
    snapshot.current()
    connections.close_all()


def finish(key: str) -> None:
    """Remove what was kept: the restored data works."""
    outcome.note(key)  # before: who waits looks for the end of the exchange
    swap.finish()
    backup_restored.send_robust(None, event=BackupEvent(key))


def _ask_server(pid: int) -> None:
    """Let the server ``pid`` exchange, and wait for the outcome. Raise ``BackupError``."""
    if pid == os.getpid():
        stopping.start_anew(before=exchange)  # a development server: it has no workers
    os.kill(pid, stopping.START_ANEW)
    deadline = time.monotonic() + _LONGEST_S
    while swap.is_under_way():
        if time.monotonic() > deadline:
            raise BackupError(f"the server {pid} does not answer")
        time.sleep(0.1)
    error = outcome.read()
    if error is None:
        raise BackupError(f"the server {pid} has given up; see its log")
    if error:
        raise BackupError(error)


class _Nowhere:
    """What ``migrate`` says is not of interest."""

    def write(self, *_: object, **__: object) -> None:
        """Take and forget."""
