"""A server's side of a restore: the restored data is on trial until a worker has answered."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from ops_app.backups import outcome, restore, swap
from ops_app.backups.busy import current
from ops_app.backups.errors import BackupError
from ops_app.serving.address import Address

logger = logging.getLogger("holdall.backups")

TIMEOUT_S = 30.0
_BETWEEN_S = 0.1


def resume() -> bool:
    """Undo an exchange that was cut off; return whether restored data is on trial."""
    state = swap.read()
    if state is None or is_on():
        return state is not None
    if state.phase is swap.Phase.STAGED and current() is not None:
        return False  # somebody is at it
    logger.error("restoring %s was cut off; the data is what it was before", state.key)
    swap.revert()
    return False


def is_on() -> bool:
    """Whether restored data has yet to prove itself."""
    state = swap.read()
    return state is not None and state.phase is swap.Phase.TRIAL


def bring_up_to_date() -> None:
    """Apply migrations to restored data; where that fails, go back to the data before."""
    try:
        restore.prove()
    except Exception as error:  # noqa: BLE001 whatever it is, the data that worked comes back
        give_up(f"the restored data does not work: {error}")


def fingerprint() -> str:
    """Return what tells apart data folders that need another process: its key and its hooks."""
    root = Path(settings.HOLDALL_DATA_DIR)
    hashed = hashlib.sha256()
    for path in [root / "secret_key", *sorted(Path(settings.HOLDALL_HOOKS_DIR).rglob("*.py"))]:
        if path.is_file():
            hashed.update(str(path).encode() + b"\0" + path.read_bytes())
    return hashed.hexdigest()


def watch(where: Address, failed: Callable[[], None]) -> None:
    """End the trial as soon as the server answers; call ``failed`` if it does not in time."""
    threading.Thread(target=_watch, args=(where, failed), name="trial", daemon=True).start()


def exchange() -> None:
    """Put the prepared data in place; where that fails, all is as before."""
    key = swap.key()
    try:
        restore.exchange()
    except BackupError as error:
        logger.error("%s was not restored: %s", key, error)
        outcome.note(key, str(error))


def give_up(why: str = "the server does not answer") -> None:
    """Put the data back that was there before."""
    key = swap.key()
    logger.error("%s was not restored, the data is what it was before: %s", key, why)
    outcome.note(key, why)
    swap.revert()


def _watch(where: Address, failed: Callable[[], None]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        if _answers(where):
            key = swap.key()
            restore.finish(key)
            logger.info("%s has been restored", key)
            return
        time.sleep(_BETWEEN_S)
    failed()


def _answers(where: Address) -> bool:
    try:
        with urllib.request.urlopen(f"{where.url}/api/health", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False
