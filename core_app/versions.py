"""The two numbers every worker compares before a request: is my schema, are my settings, current?

One row of one small table, read by one statement per request. Whoever changes the schema or the
settings gives it a new one in the same transaction.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal, NamedTuple

from django.db import connection

from core_app import dialects, sql

#: fails, by a division by zero, unless the schema has this version
_STILL_HOLDS = 'SELECT 1 / count(*) FROM "_versions" WHERE "schema" = %s'


class SchemaMoved(Exception):
    """Nothing was written: the schema is not any more what the request began with."""


class Versions(NamedTuple):
    schema: int
    settings: int


def read() -> Versions:
    """Return the committed versions."""
    row = sql.fetch_one('SELECT "schema", "settings" FROM "_versions"', using="default")
    found = Versions(*row) if row else Versions(0, 0)
    dialects.of(connection).schema_is(connection, found.schema)
    return found


def require_schema(version: int) -> None:
    """Raise ``SchemaMoved`` unless the schema has this version."""
    if read().schema != version:
        raise SchemaMoved


def commit_by_schema(version: int, steps: Sequence[sql.Step] = ()) -> None:
    """Run ``steps`` and commit if the schema has this version, else raise ``SchemaMoved``."""
    sql.commit_after((*steps, sql.Step(_STILL_HOLDS, (version,), SchemaMoved)))


def bump(what: Literal["schema", "settings"], using: str = "default") -> None:
    """Give ``what`` a new version; call it inside the transaction that changes it.

    A version is the moment in nanoseconds, never a count: a count that was rolled back would be
    given again, and a worker that saw the first could not tell it from the second.
    """
    from core_app.models import VersionRow

    VersionRow.objects.using(using).filter(pk=1).update(**{what: time.time_ns()})
