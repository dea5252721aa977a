"""Which release of Holdall this is."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    """Return the installed package's version, ``unknown`` in a checkout."""
    try:
        return metadata.version("holdall")
    except metadata.PackageNotFoundError:
        return "unknown"
