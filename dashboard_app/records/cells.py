"""A value of a record <-> a cell of CSV, so that an export can be imported again.

Spreadsheets take a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula and run it.
Such a text gets an apostrophe in front, which an import takes off again; numbers stay numbers.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from collections_app.fields.base import FieldType

#: one apostrophe more than these have, so that none is lost on the way back
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")
#: kept as JSON in one cell
_JSON_TYPES = ("json", "geoPoint")


def written(value: Any) -> Any:
    """Return a public value as its cell: text and numbers as they are, everything else as JSON."""
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return orjson.dumps(value).decode()


def read(field: FieldType, cell: str) -> Any:
    """Return what the API would be sent for a cell. Raise ``ValueError`` with a sentence."""
    if field.type_name in _JSON_TYPES or (field.is_multiple and cell.lstrip().startswith("[")):
        if not cell.strip():
            return None
        try:
            return orjson.loads(cell)
        except orjson.JSONDecodeError as error:
            raise ValueError(f"This is not JSON: {error}.") from error
    return cell[1:] if _QUOTED.match(cell) else cell
