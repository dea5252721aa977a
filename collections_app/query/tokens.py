"""Source text -> tokens. Knows no grammar, no collection and no database.

Source: PocketBase's filter grammar (fexpr 0.6). Two of its habits are kept on purpose: a group
is closed by the first ``)`` outside quotes, comments or not, and NUL ends the text.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from typing import NamedTuple

from collections_app.query.errors import FilterError, quoted

MAX_NESTED_CALLS = 3


class Kind(enum.Enum):
    """What a token is; the values are the names that error texts use."""

    IDENTIFIER = "identifier"
    NUMBER = "number"
    TEXT = "text"
    FUNCTION = "function"
    SIGN = "sign"
    JOIN = "join"
    GROUP = "group"
    GROUP_END = "end of group"


class Token(NamedTuple):
    """One word of a filter. ``text`` of a TEXT is its value, unescaped; only FUNCTION has args."""

    kind: Kind
    text: str
    args: tuple[Token, ...] = ()


_WORD = re.compile(
    r"""[ \t\n]*(?:
      (?P<identifier>[A-Za-z_@\#][A-Za-z0-9_.:]*)(?P<call>\()?
    | (?P<sign>[=?!><~]+)
    | (?P<text>'[^'\\\0]*(?:\\[^\0][^'\\\0]*)*' | "[^"\\\0]*(?:\\[^\0][^"\\\0]*)*")
    | (?P<number>[-\d]\d*(?:\.\d*)?)
    | (?P<join>[&|]+)
    | (?P<group>\()
    | (?P<comment>//[^\n]*\n?)
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_SPACE = re.compile(r"[ \t\n]*")
_GROUP_MARK = re.compile(r"""['"()]""")
_ESCAPE = re.compile(r"""\\(['"\\ntr])""")
_CONTROL = {"n": "\n", "t": "\t", "r": "\r"}

SIGNS = frozenset(
    ("=", "!=", "~", "!~", ">", ">=", "<", "<=", "?=", "?!=", "?~", "?!~", "?>", "?>=", "?<", "?<=")
)
JOINS = frozenset(("&&", "||"))

_IDENTIFIER, _NUMBER, _TEXT, _SIGN, _JOIN = (
    Kind.IDENTIFIER,
    Kind.NUMBER,
    Kind.TEXT,
    Kind.SIGN,
    Kind.JOIN,
)


def scan(source: str) -> Iterator[Token]:
    """Yield the tokens of ``source`` one after the other; groups are flat, GROUP … GROUP_END.

    Raise ``FilterError`` at the first character that starts no token.
    """
    position, end = 0, len(source)
    outer_ends: list[int] = []
    closing: dict[int, int] = {}
    match_word = _WORD.match
    while True:
        word = match_word(source, position, end)
        if word is None:
            position = _SPACE.match(source, position, end).end()  # type: ignore[union-attr]
            if position < end and source[position] != "\0":
                raise _unreadable(source, position, end)
            if not outer_ends:
                return
            yield Token(Kind.GROUP_END, ")")
            position, end = end + 1, outer_ends.pop()
            continue
        position = word.end()
        kind = word.lastgroup
        if kind == "identifier":
            yield _identifier(word[kind])
        elif kind == "sign":
            text = word[kind]
            if text not in SIGNS:
                raise FilterError(f"invalid sign operator {quoted(text)}")
            yield Token(_SIGN, text)
        elif kind == "text":
            yield Token(_TEXT, _unescaped(word[kind][1:-1]))
        elif kind == "number":
            yield _number(word[kind])
        elif kind == "join":
            text = word[kind]
            if text not in JOINS:
                raise FilterError(f"invalid join operator {quoted(text)}")
            yield Token(_JOIN, text)
        elif kind == "group":
            group_end = _closing(source, position, end, closing)
            yield Token(Kind.GROUP, "(")
            outer_ends.append(end)
            end = group_end
        elif kind == "call":
            call, position = _call(source, word["identifier"], position, end, MAX_NESTED_CALLS)
            yield call


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: _CONTROL.get(found[1], found[1]), text)


def _identifier(text: str) -> Token:
    if not _is_name(text):
        raise FilterError(f"invalid identifier {quoted(text)}")
    return Token(_IDENTIFIER, text)


def _is_name(text: str) -> bool:
    return text[-1] not in ".:@#" and text != "_"


def _number(text: str) -> Token:
    if text == "-" or text[-1] == ".":
        raise FilterError(f"invalid number {quoted(text)}")
    return Token(_NUMBER, text)


def _closing(source: str, position: int, end: int, known: dict[int, int]) -> int:
    """Return where the group that begins at ``position`` ends; remember those inside it."""
    if position in known:
        return known[position]
    opened = [position]
    at = position
    while opened:
        mark = _GROUP_MARK.search(source, at, end)
        if mark is None:
            raise FilterError(f"invalid formatted group - missing {len(opened)} closing bracket(s)")
        at = mark.end()
        if mark[0] == "(":
            opened.append(at)
        elif mark[0] == ")":
            known[opened.pop()] = at - 1
        else:
            text = _WORD.match(source, at - 1, end)
            if text is None or text.lastgroup != "text":
                raise _unreadable(source, at - 1, end)
            at = text.end()
    return known[position]


def _call(source: str, name: str, position: int, end: int, depth: int) -> tuple[Token, int]:
    """Return the call of ``name`` whose arguments begin at ``position``, and where it ends."""
    if not _is_name(name):
        raise FilterError(f"invalid function name {quoted(name)}")
    if depth == 0:
        raise FilterError(f"max nested function arguments reached (max: {MAX_NESTED_CALLS})")
    shown = quoted(name)
    args: list[Token] = []
    expects_comma = False
    while True:
        position = _SPACE.match(source, position, end).end()  # type: ignore[union-attr]
        char = source[position : position + 1] if position < end else ""
        if char in ("", "\0"):
            raise FilterError(f"invalid or incomplete function {shown} (expected ')')")
        if char == ")":
            return Token(Kind.FUNCTION, name, tuple(args)), position + 1
        if char == "/":
            comment = _WORD.match(source, position, end)
            if comment is None:
                raise FilterError(f"failed to scan comment in function {shown}: invalid comment")
            position = comment.end()
            continue
        if expects_comma != (char == ","):
            raise FilterError(
                f"expected comma after the last argument in function {shown}"
                if expects_comma
                else f"unexpected comma in function {shown}"
            )
        if expects_comma:
            expects_comma = False
            position += 1
            continue
        arg, position = _argument(source, name, position, end, depth)
        args.append(arg)
        expects_comma = True


def _argument(source: str, name: str, position: int, end: int, depth: int) -> tuple[Token, int]:
    """Return the argument of ``name`` that begins at ``position``, and where it ends."""
    word = _WORD.match(source, position, end)
    kind = word.lastgroup if word is not None else None
    if word is not None and kind == "text":
        return Token(_TEXT, _unescaped(word["text"][1:-1])), word.end()
    if word is not None and kind in ("identifier", "number", "call"):
        label = "number" if kind == "number" else "identifier"
        text = word[label]
        try:
            if kind == "call":
                return _call(source, text, word.end(), end, depth - 1)
            return (_number(text) if kind == "number" else _identifier(text)), word.end()
        except FilterError as error:
            raise _bad_argument(label, text, name, error.reason) from error
    if source[position] in "'\"":
        text = _unclosed_text(source, position, end)
        raise _bad_argument("text", text, name, f"invalid quoted text {quoted(text)}")
    raise FilterError(
        f"unsupported argument character {quoted(source[position], chr(39))}"
        f" in function {quoted(name)}"
    )


def _bad_argument(label: str, text: str, name: str, reason: str) -> FilterError:
    shown = f"invalid {label} argument {quoted(text)} in function {quoted(name)}"
    return FilterError(f"{shown}: {reason}")


def _unreadable(source: str, position: int, end: int) -> FilterError:
    char = source[position]
    if char in "'\"":
        return FilterError(f"invalid quoted text {quoted(_unclosed_text(source, position, end))}")
    if char == "/":
        return FilterError("invalid comment")
    return FilterError(f"unexpected character {quoted(char, chr(39))}")


def _unclosed_text(source: str, position: int, end: int) -> str:
    """Return what was read of a text that does not end."""
    rest = source[position:end].partition("\0")[0]
    shown = _unescaped(rest)
    is_escape_open = (len(rest) - len(rest.rstrip("\\"))) % 2
    return shown[:-1] if is_escape_open else shown
