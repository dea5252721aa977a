"""The ``schema`` package: makes the folder importable under that name, wherever it lies.

It may not exist yet: then it is a package without modules, and Django finds no migrations in it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from collections_app.migrations_auto import writer


class Finder:
    """Finds the package ``schema`` in ``HOLDALL_SCHEMA_DIR``, before any other of that name."""

    @classmethod
    def find_spec(
        cls,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname != writer.APP_LABEL:
            return None
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [str(writer.folder())]
        return spec


def install() -> None:
    """Make the package importable."""
    if Finder not in sys.meta_path:
        sys.meta_path.insert(0, Finder)
