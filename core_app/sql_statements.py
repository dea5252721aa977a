"""A text of several SQL statements -> one after the other. Knows no database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator


def statements(text: str) -> Iterator[str]:
    """Yield each statement, at its semicolon; the last one may do without.

    Semicolons in strings, comments and triggers separate nothing.
    """
    start = 0
    at = text.find(";")
    while at >= 0:
        piece = text[start : at + 1]
        if sqlite3.complete_statement(piece):
            if piece.strip() != ";":
                yield piece.strip()
            start = at + 1
        at = text.find(";", at + 1)
    rest = text[start:].strip()
    if rest:
        yield rest
