"""System checks: what would make a server fail later is said at the start."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.files)
def data_folder_is_writable(**options: Any) -> list[CheckMessage]:
    """The data folder must be ours to write to."""
    folder = settings.HOLDALL_DATA_DIR
    if os.access(folder, os.W_OK | os.X_OK):
        return []
    return [Error(f"The data folder {folder} cannot be written to.", id="holdall.E001")]
