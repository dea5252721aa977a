"""Counting what must not happen too often, in the database: one count for all workers.

For the few things that protect accounts (guesses of a code, mails to one address). Each act is one
statement, so two workers can never both be the last one allowed.
"""

from __future__ import annotations

import time

from django.db import connection

from auth_app.models import Counter
from core_app.transactions import write

_HIT = """
    INSERT INTO "_auth_counters" ("key", "hits", "ends") VALUES (%(key)s, 1, %(ends)s)
    ON CONFLICT ("key") DO UPDATE SET
        "hits" = CASE WHEN "_auth_counters"."ends" <= %(now)s
                 THEN 1 ELSE "_auth_counters"."hits" + 1 END,
        "ends" = CASE WHEN "_auth_counters"."ends" <= %(now)s
                 THEN excluded."ends" ELSE "_auth_counters"."ends" END
    RETURNING "hits"
"""


def hit(key: str, window_s: float) -> int:
    """Count one more and return the count; it starts anew ``window_s`` after its first."""
    now = time.time()
    with write(), connection.cursor() as cursor:
        cursor.execute(_HIT, {"key": key, "now": now, "ends": now + window_s})
        return int(cursor.fetchone()[0])


def forget(key: str) -> None:
    """Begin anew with the next hit."""
    with write():
        Counter.objects.filter(key=key).delete()


def clean() -> None:
    """Remove what has ended."""
    with write():
        Counter.objects.filter(ends__lte=time.time()).delete()
