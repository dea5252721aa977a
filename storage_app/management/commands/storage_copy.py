"""``manage.py storage_copy``: files from the disk to the bucket, or back."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from core_app import commands
from core_app.errors import FieldErrors
from core_app.migrating import migrate_if_needed
from core_app.settings_store import store
from storage_app import choose, copying
from storage_app.backends.base import Backend
from storage_app.copying import Progress

EXAMPLES = """
The bucket is the one in the settings' s3 group, whether it is enabled or not. Files stay where they
were; what is there already in the same size is not copied again, so it may be stopped and started
anew. The size of every copy is looked at afterwards. The server may run meanwhile.

Moving to a bucket:
  1. PATCH /api/settings with the s3 group, "enabled": false
  2. manage.py storage_copy --to s3 --switch    copy, turn S3 on, copy what came in between
  3. manage.py storage_check                    nothing missing?

and back:
  manage.py storage_copy --to local --switch
"""
_TOLD_EVERY_S = 1.0
_SHOWN_FAILURES = 20


class Command(commands.Command):
    help = "Copy all files of records from the disk to the S3 bucket in the settings, or back."
    details = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", choices=("s3", "local"), required=True, help="where to")
        parser.add_argument(
            "--switch",
            action="store_true",
            help="when all is copied, let the settings say that files are there now",
        )
        parser.add_argument(
            "--threads", type=int, default=4, metavar="N", help="files at a time (default: 4)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_if_needed(self.stdout, but=("schema",))
        group = store.current().s3
        missing = [name for name in ("endpoint", "bucket", "region") if not getattr(group, name)]
        if missing:
            raise CommandError(f"the settings' s3 group has no {', '.join(missing)}")
        bucket, local = choose.bucket(group), choose.local()
        to_s3 = options["to"] == "s3"
        source, target = (local, bucket) if to_s3 else (bucket, local)
        self._copy(source, target, options["threads"])
        if options["switch"]:
            try:
                store.update({"s3": {"enabled": to_s3}})
            except FieldErrors as error:
                raise CommandError(f"the settings refuse the switch: {error}") from error
            self.stdout.write(f"Files are {'in the bucket' if to_s3 else 'on the disk'} now.")
            self._copy(source, target, options["threads"])

    def _copy(self, source: Backend, target: Backend, threads: int) -> None:
        told = 0.0

        def tell(progress: Progress) -> None:
            nonlocal told
            if time.monotonic() - told >= _TOLD_EVERY_S:
                told = time.monotonic()
                self.stdout.write(_line(progress))

        try:
            progress = copying.copy(source, target, tell, threads=max(1, threads))
        except OSError as error:
            raise CommandError(f"a storage cannot be read: {error}") from error
        self.stdout.write(
            f"{progress.copied} of {progress.total} files copied "
            f"({_human(progress.copied_bytes)} of {_human(progress.total_bytes)})."
        )
        for key, reason in progress.failures[:_SHOWN_FAILURES]:
            self.stderr.write(f"{key}: {reason}")
        if progress.failures:
            raise CommandError(f"{len(progress.failures)} files were not copied; run it again")


def _line(progress: Progress) -> str:
    share = 100 * progress.seen_bytes // max(1, progress.total_bytes)
    return (
        f"{share:3} %  {progress.seen}/{progress.total} files, "
        f"{_human(progress.seen_bytes)} of {_human(progress.total_bytes)}"
    )


def _human(size: int) -> str:
    return filesizeformat(size).replace("\xa0", " ")
