"""Regular expressions as Go (RE2) reads them -> a tree -> Python's ``re``.

``parse`` gives the tree that ``autogenerate`` walks, ``compile`` a pattern to search with. What Go
refuses (look-around, back-references, possessive repeats) raises ``PatternError`` with Go's words.
Only whether a text matches is kept: captures and greediness are dropped.
Source: Go regexp/syntax.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from collections_app.fields import character_classes as classes
from collections_app.fields.character_classes import PatternError, Ranges

MAX_REPEAT = 1000


@dataclass(frozen=True, slots=True)
class Empty:
    """Matches the empty text, as between the bars of ``a||b``."""


@dataclass(frozen=True, slots=True)
class Literal:
    char: str
    fold: bool  # in any case


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of ``ranges`` (pairs of first and last code point), or one of all others."""

    ranges: Ranges
    fold: bool
    negated: bool = False  # after folding: ``(?i)[^b]`` is neither b nor B


@dataclass(frozen=True, slots=True)
class AnyChar:
    newline: bool  # whether it matches a newline too


@dataclass(frozen=True, slots=True)
class Assertion:
    """A place, not a character. ``number`` is the operator's number in Go's messages."""

    number: int


BEGIN_LINE, END_LINE = Assertion(7), Assertion(8)
BEGIN_TEXT, END_TEXT = Assertion(9), Assertion(10)
WORD_BOUNDARY, NO_WORD_BOUNDARY = Assertion(11), Assertion(12)


@dataclass(frozen=True, slots=True)
class Repeat:
    sub: Node
    low: int
    high: int  # -1: no limit
    counted: bool  # written ``{m,n}``


@dataclass(frozen=True, slots=True)
class Concat:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alternate:
    items: tuple[Node, ...]


Node = Empty | Literal | Chars | AnyChar | Assertion | Repeat | Concat | Alternate


@lru_cache(maxsize=2048)
def parse(pattern: str) -> Node:
    """Return the tree of ``pattern``. Raise ``PatternError`` for what Go does not accept."""
    return _Parser(pattern).run()


@lru_cache(maxsize=2048)
def compile(pattern: str) -> re.Pattern[str]:
    """Return ``pattern`` for ``search``. Raise ``PatternError`` for what Go does not accept."""
    try:
        return re.compile(_to_python(parse(pattern)))
    except (RecursionError, OverflowError) as error:
        raise PatternError("expression nests too deeply", pattern) from error


_PYTHON_ASSERTIONS = {
    BEGIN_LINE: "(?m:^)",
    END_LINE: "(?m:$)",
    BEGIN_TEXT: r"\A",
    END_TEXT: r"\Z",
    WORD_BOUNDARY: r"(?a:\b)",
    NO_WORD_BOUNDARY: r"(?a:(?:\B|\A\Z))",
}


def _to_python(node: Node) -> str:
    match node:
        case Empty():
            return "(?:)"
        case Literal(char, fold):
            return f"(?i:{re.escape(char)})" if fold else re.escape(char)
        case Chars(ranges, fold, negated):
            if not ranges:
                return r"[\s\S]" if negated else r"[^\s\S]"
            inside = "".join(f"{_point(low)}-{_point(high)}" for low, high in ranges)
            inside = f"^{inside}" if negated else inside
            return f"(?i:[{inside}])" if fold else f"[{inside}]"
        case AnyChar(newline):
            return r"[\s\S]" if newline else r"[^\n]"
        case Assertion():
            return _PYTHON_ASSERTIONS[node]
        case Repeat(sub, low, high):
            return f"(?:{_to_python(sub)}){{{low},{high if high >= 0 else ''}}}"
        case Concat(items):
            return "".join(map(_to_python, items))
        case Alternate(items):
            return f"(?:{'|'.join(map(_to_python, items))})"


def _point(code: int) -> str:
    return f"\\U{code:08x}"


@dataclass(slots=True)
class _Group:
    """An open parenthesis (or the whole): what stands before the last bar, and after it."""

    flags: str
    branches: list[Node]
    items: list[Node]

    def node(self) -> Node:
        last = _concat(self.items)
        return Alternate((*self.branches, last)) if self.branches else last


class _Parser:
    """One pass over the text with a stack of open groups. ``flags`` holds letters of ``ims``."""

    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.at = 0
        self.flags = ""
        self.stack = [_Group("", [], [])]
        self.last_repeat = -1  # where the repeat that ended just here began

    def run(self) -> Node:
        while self.at < len(self.text):
            repeat = self._step()
            self.last_repeat = repeat
        if len(self.stack) > 1:
            raise PatternError("missing closing )", self.text)
        return self.stack[0].node()

    def _step(self) -> int:
        """Read one thing; return where it began if it was a repeat, else -1."""
        char = self.text[self.at]
        if char in "*+?":
            start = self.at
            self.at += 1
            low, high = {"*": (0, -1), "+": (1, -1), "?": (0, 1)}[char]
            self._repeat(start, low, high, counted=False)
            return start
        if char == "{" and (counts := _COUNTS.match(self.text, self.at)):
            return self._counted_repeat(counts)
        if char == "(":
            self._open()
        elif char == ")":
            self._close()
        elif char == "|":
            group = self.stack[-1]
            group.branches.append(_concat(group.items))
            group.items = []
            self.at += 1
        elif char == "[":
            ranges, negated, self.at = classes.read_class(self.text, self.at)
            self._push(Chars(ranges, "i" in self.flags, negated))
        elif char == "\\":
            self._escape()
        else:
            self.at += 1
            self._push(self._plain(char))
        return -1

    def _plain(self, char: str) -> Node:
        if char == "^":
            return BEGIN_LINE if "m" in self.flags else BEGIN_TEXT
        if char == "$":
            return END_LINE if "m" in self.flags else END_TEXT
        if char == ".":
            return AnyChar("s" in self.flags)
        return Literal(char, "i" in self.flags)

    def _push(self, node: Node) -> None:
        self.stack[-1].items.append(node)

    def _counted_repeat(self, counts: re.Match[str]) -> int:
        start, self.at = self.at, counts.end()
        low = _count(counts[1])
        high = low if counts[2] is None else _count(counts[3]) if counts[3] else -1
        if low > MAX_REPEAT or high > MAX_REPEAT or 0 <= high < low:
            raise PatternError("invalid repeat count", self.text[start : self.at])
        self._repeat(start, low, high, counted=True)
        return start

    def _repeat(self, start: int, low: int, high: int, *, counted: bool) -> None:
        if self.text.startswith("?", self.at):
            self.at += 1
        if self.last_repeat >= 0:
            where = self.text[self.last_repeat : self.at]
            raise PatternError("invalid nested repetition operator", where)
        items = self.stack[-1].items
        if not items:
            where = self.text[start : self.at]
            raise PatternError("missing argument to repetition operator", where)
        node = Repeat(items[-1], low, high, counted)
        if counted and (low >= 2 or high >= 2) and not _is_small_enough(node, MAX_REPEAT):
            raise PatternError("invalid repeat count", self.text[start : self.at])
        items[-1] = node

    def _open(self) -> None:
        rest = self.text[self.at :]
        if not rest.startswith("(?"):
            self.stack.append(_Group(self.flags, [], []))
            self.at += 1
            return
        if _NAMED.match(rest):
            self._open_named(rest)
            return
        head = _FLAGS.match(self.text, self.at)
        if head is None:
            bad = _BAD_FLAGS.match(self.text, self.at)
            raise PatternError("invalid or unsupported Perl syntax", bad[0] if bad else rest)
        self.at = head.end()
        flags = "".join(sorted((set(self.flags) | set(head[1])) - set(head[2] or "") - {"U"}))
        if head[3] == ":":
            self.stack.append(_Group(self.flags, [], []))
        self.flags = flags

    def _open_named(self, rest: str) -> None:
        end = rest.find(">")
        if end < 0:
            raise PatternError("invalid named capture", rest)
        name = rest[4 if rest[2] == "P" else 3 : end]
        if not _NAME.fullmatch(name):
            raise PatternError("invalid named capture", rest[: end + 1])
        self.stack.append(_Group(self.flags, [], []))
        self.at += end + 1

    def _close(self) -> None:
        if len(self.stack) == 1:
            raise PatternError("unexpected )", self.text)
        group = self.stack.pop()
        self.flags = group.flags
        self.at += 1
        # a group counts as one item, so that a repeat after it takes the whole
        self._push(group.node())

    def _escape(self) -> None:
        char = self.text[self.at + 1 : self.at + 2]
        if char in _ESCAPED_ASSERTIONS:
            self._push(_ESCAPED_ASSERTIONS[char])
            self.at += 2
        elif char == "Q":
            end = self.text.find("\\E", self.at + 2)
            quoted = self.text[self.at + 2 : end if end >= 0 else None]
            for item in quoted:
                self._push(Literal(item, "i" in self.flags))
            self.at = end + 2 if end >= 0 else len(self.text)
        elif found := classes.read_escaped_class(self.text, self.at):
            ranges, self.at = found
            self._push(Chars(ranges, "i" in self.flags))
        else:
            literal, self.at = classes.read_escape(self.text, self.at)
            self._push(Literal(literal, "i" in self.flags))


_COUNTS = re.compile(r"\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}")
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_BAD_FLAGS = re.compile(r"\(\?[imsU]*(?:-[imsU]*)?[\s\S]")
_NAMED = re.compile(r"\(\?P?<[\s\S]")
_NAME = re.compile(r"[0-9A-Za-z_]+")
_ESCAPED_ASSERTIONS = {
    "A": BEGIN_TEXT,
    "z": END_TEXT,
    "b": WORD_BOUNDARY,
    "B": NO_WORD_BOUNDARY,
}


def _count(digits: str) -> int:
    return int(digits) if len(digits) < 8 else MAX_REPEAT + 1


def _concat(items: list[Node]) -> Node:
    if not items:
        return Empty()
    return items[0] if len(items) == 1 else Concat(tuple(items))


def _is_small_enough(node: Node, limit: int) -> bool:
    """Whether counted repeats inside each other stay within ``limit`` together."""
    match node:
        case Repeat(sub, low, high, counted):
            if counted:
                times = high if high >= 0 else low
                if times == 0:
                    return True
                if times > limit:
                    return False
                limit //= times
            return _is_small_enough(sub, limit)
        case Concat(items) | Alternate(items):
            return all(_is_small_enough(item, limit) for item in items)
        case _:
            return True
