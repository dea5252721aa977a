"""Which rows of a collection with soft delete are meant: the living, those in the trash, or both.

Without a word about it the living are meant, everywhere.
"""

from __future__ import annotations

from typing import NamedTuple

from collections_app.fields.date import MARK_NAME
from collections_app.query.dialects import Dialect


class Trash(NamedTuple):
    """Rows in the trash are meant: they alone (``only``), or they beside the living.

    ``rule`` is the one that they have to pass, in place of the rule for the living.
    """

    only: bool
    rule: str = ""


def marked(dialect: Dialect, alias: str, *, is_set: bool) -> str:
    """Return the condition that the row ``alias`` (quoted) is in the trash, or that it is not."""
    return f"{alias}.{dialect.quote_name(MARK_NAME)} {'!=' if is_set else '='} ''"
