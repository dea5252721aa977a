"""``data.db`` from a replica, restored as backups are: checked first, undone if it fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ops_app.backups import contents, restore, swap
from ops_app.backups.busy import Doing, Progress
from ops_app.backups.errors import BadBackup
from ops_app.replication import litestream

_DATABASE = contents.DATABASES["default"]


def from_replica(
    url: str, at: datetime | None = None, tell: Callable[[Doing], None] | None = None
) -> None:
    """Restore the database as it was at a moment, by default as late as the replica goes.

    Files, hooks and the request log stay as they are. Raise ``BackupError``; the data then is what
    it was.
    """

    def fetch(folder: Path, progress: Progress) -> swap.Scope:
        try:
            litestream.restore(url, folder / _DATABASE, at)
        except litestream.ReplicaError as error:
            raise BadBackup(str(error)) from error
        return swap.Scope(only=contents.of_database(_DATABASE))

    restore.bring_in(litestream.shown(url), fetch, tell)
