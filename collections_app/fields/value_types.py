"""What a field's values are to a client, for types in other languages. Knows no language."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.Enum):
    """One value as JSON."""

    TEXT = "text"
    NUMBER = "number"
    BOOL = "bool"
    DATE = "date"  # text in wire form, "" for none
    JSON = "json"  # anything
    POINT = "point"  # {"lon", "lat"}
    CHOICE = "choice"  # one of a few texts, "" for none
    RECORD = "record"  # the id of a record, "" for none
    FILE = "file"  # the name of a file, "" for none; a client sends the file itself
    UNSEEN = "unseen"  # text that is written and never shown


@dataclass(frozen=True, slots=True)
class ValueType:
    """The kind of a value or of the items of a list; ``choices`` are the texts of a ``CHOICE``."""

    kind: Kind
    is_list: bool = False
    choices: tuple[str, ...] = ()
