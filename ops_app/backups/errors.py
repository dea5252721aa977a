"""What can go wrong around backups, and is not a bug."""

from __future__ import annotations


class BackupError(Exception):
    """A backup cannot be made or restored; the text says why."""


class Busy(BackupError):
    """Another process or thread is making or restoring a backup."""

    def __init__(self) -> None:
        super().__init__(
            "Try again later - another backup/restore process has already been started."
        )


class BadBackup(BackupError):
    """The file is no backup that can be restored. Nothing has been changed."""
