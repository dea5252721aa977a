"""``POST /api/settings/test/s3``: is the bucket in the settings there, and does it take files?"""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse

from auth_app.guards import require_superuser
from core_app import bodies, ids
from core_app.errors import BadRequest, FieldError, required
from core_app.responses import no_content
from core_app.routes import endpoint
from core_app.settings_store import store
from storage_app import choose

MESSAGE = "Failed to test the S3 filesystem."
FILESYSTEMS = ("storage", "backups")


@endpoint("POST")
def run(request: HttpRequest) -> HttpResponse:
    """Write a small object to the bucket of the records' files or of the backups, and remove it."""
    require_superuser(request)
    form = bodies.read_form(request, ("filesystem",), unsupported=bodies.LOAD_MESSAGE)
    name = form["filesystem"]
    if name not in FILESYSTEMS:
        invalid = FieldError("validation_in_invalid", "Must be a valid value.")
        raise BadRequest(MESSAGE, data={"filesystem": invalid if name else required()})
    try_out(name)
    return no_content()


def try_out(name: str) -> None:
    """Write to the bucket of one of ``FILESYSTEMS`` and remove that. Raise ``BadRequest``."""
    settings = store.current()
    group = settings.s3 if name == "storage" else settings.backups.s3
    if not group.enabled:
        raise _failure("S3 storage filesystem is not enabled")
    bucket = choose.bucket(group)
    folder = f"pb_settings_test_{ids.random_string(5)}/"
    try:
        bucket.write(f"{folder}test.txt", ContentFile(b"test"), "text/plain", "")
    except (OSError, LookupError, ValueError) as error:
        raise _failure(f"failed to upload a test file: {error}") from error
    try:
        bucket.delete_folder(folder)
    except (OSError, LookupError) as error:
        raise _failure(f"failed to delete a test file: {error}") from error


def _failure(reason: str) -> BadRequest:
    return BadRequest(f"{MESSAGE} Raw error: \n{reason}")
