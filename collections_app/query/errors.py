"""What can be wrong with a rule or a filter."""

from __future__ import annotations

from core_app.errors import BadRequest, Forbidden


class FilterError(BadRequest):
    """A rule, filter or sort that cannot be read; a client gets the bare 400.

    ``reason`` is PocketBase's own text, as the error of a refused rule shows it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)

    def __str__(self) -> str:
        return self.reason


class UnknownName(FilterError):
    """A path names what no collection has; in ``@request.*`` paths that reads as NULL."""


class ForbiddenIdentifier(Forbidden):
    """A client's filter or sort mentions what only rules and superusers may ask about."""


_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
}


def quoted(text: str, mark: str = '"') -> str:
    """Return ``text`` in ``mark``s with escapes, the way PocketBase names source text in errors."""
    return mark + "".join(_shown(char, mark) for char in text) + mark


def _shown(char: str, mark: str) -> str:
    if char == mark:
        return f"\\{mark}"
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
