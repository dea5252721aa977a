"""``Side``: one operand of a comparison as SQL, with what comparing must know about it."""

from __future__ import annotations

from dataclasses import dataclass

from collections_app.query.plan import Holds, Nulls
from collections_app.query.sql import Sql


@dataclass(frozen=True, slots=True)
class Side:
    """One operand. ``is_empty``: certainly NULL or ''; ``is_filled``: certainly neither.

    ``is_value``: it comes from the text or the request, not from a column. ``is_answer``: it is a
    truth value, not the number 1 or 0. ``is_column``: it is a column as it stands in a table, so
    values compared with it are first made what it holds, where they can be. ``is_real``: a number
    whose text always has a decimal point.
    """

    sql: Sql
    is_empty: bool = False
    is_filled: bool = False
    is_value: bool = False
    nulls: Nulls = Nulls.LIKE_EMPTY
    holds: Holds = Holds.TEXT
    is_column: bool = False
    is_answer: bool = False
    is_real: bool = False


EMPTY_TEXT = Side(Sql("''"), is_empty=True)
