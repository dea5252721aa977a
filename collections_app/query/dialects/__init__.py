"""One file for what is peculiar to one database."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections

from collections_app.query.dialects.base import Dialect, Joined
from collections_app.query.dialects.postgresql import PostgreSQL
from collections_app.query.dialects.sqlite import SQLite

_dialects: dict[str, Dialect] = {"sqlite": SQLite(), "postgresql": PostgreSQL()}


def of(vendor: str) -> Dialect:
    """Return the dialect of a database, by Django's name for it. Raise ``KeyError``."""
    return _dialects[vendor]


def prepare(using: str = DEFAULT_DB_ALIAS, **_: object) -> None:
    """Make what compiled statements call, in a database. Receiver of ``pre_migrate``."""
    of(connections[using].vendor).install(connections[using])


__all__ = ["Dialect", "Joined", "of", "prepare"]
