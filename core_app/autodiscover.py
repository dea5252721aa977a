"""Finding hooks: ``hooks.py`` of every installed app, and files in the data folder's ``hooks``."""

from __future__ import annotations

import importlib
import logging
import sys
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.utils.module_loading import autodiscover_modules

logger = logging.getLogger("holdall.hooks")

#: the package that files of the folder are modules of, so that they can import each other
PACKAGE = "holdall_hooks"


def load_all() -> None:
    """Import all hooks; called once, when the apps are ready."""
    autodiscover_modules("hooks")
    load_folder(Path(settings.HOLDALL_HOOKS_DIR))


def load_folder(folder: Path) -> list[str]:
    """Import every ``*.py`` of ``folder`` in the order of their names; return those that failed.

    A file that fails is reported, and does not keep the server from starting.
    """
    package = ModuleType(PACKAGE)
    package.__path__ = [str(folder)]
    sys.modules[PACKAGE] = package
    importlib.invalidate_caches()
    failed = []
    for path in sorted(folder.glob("*.py")):
        try:
            importlib.import_module(f"{PACKAGE}.{path.stem}")
        except Exception:
            logger.exception("failed to load the hooks in %s", path)
            failed.append(path.name)
    return failed
