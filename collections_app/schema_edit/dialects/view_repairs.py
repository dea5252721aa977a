"""A statement that PostgreSQL refuses, and why -> one that says the same as SQLite understands it.

PostgreSQL alone knows the types of columns and by what is grouped, so it is asked, and where it
points at something SQLite takes, that is written out: a column beside aggregates is that of a row
of its group, a number where a condition has to be is compared with 0, values of several types in
one place become texts, a condition may use a name that the SELECT gives. Nothing is read but
tokens.
"""

from __future__ import annotations

from collections.abc import Callable

from collections_app.schema_edit.dialects.rewriting import Rewriting
from collections_app.schema_edit.dialects.sqlite_tokens import SELECTS

_NOT_GROUPED = "42803"
_WRONG_TYPE = "42804"
_NO_SUCH_COLUMN = "42703"
_NO_SUCH_FUNCTION = "42883"
_UNREADABLE = "22P02"

_ONE_TYPE = frozenset(("coalesce", "nullif", "greatest", "least"))
_EXTREMES = frozenset(("min", "max", "holdall_min", "holdall_max"))
_OF_TEXT = frozenset(("lower", "upper", "trim", "ltrim", "rtrim", "replace", "instr", "btrim"))
_BEFORE_CONDITION = frozenset(("where", "and", "or", "not", "when", "on", "having"))
_BEFORE_KEY = frozenset(("by", "select", "distinct"))
_AFTER_KEY = frozenset((
    "from", "as", "asc", "desc", "nulls", "having", "order", "limit", "union", "intersect",
    "except", "window", "where", "group",
))  # fmt: skip
_AFTER_CONDITION = _AFTER_KEY | {"and", "or", "is", "then", "when", "else", "end"}
_GO_ON = frozenset(("like", "ilike", "in", "is", "between", "not", "collate", "isnull", "notnull"))
_OPERATORS = frozenset("+-*/%=<>!|~:.")


def repaired(text: str, state: str, at: int) -> str | None:
    """Return a statement to try in place of ``text``; ``None`` if nothing can be done.

    ``state`` is the SQLSTATE it was refused with, ``at`` the offset of what PostgreSQL points at.
    """
    statement = _Statement(text)
    place = next((i for i, token in enumerate(statement.tokens) if token.at == at), None)
    repair = _REPAIRS.get(state)
    if place is None or repair is None:
        return None
    return statement.written() if repair(statement, place) else None


class _Statement(Rewriting):
    """A statement, and how what stands in it belongs together."""

    def around(self, at: int) -> int:
        """Return the bracket that the token stands in, -1 if in none."""
        opened = [start for start, stop in self.partners.items() if start < at < stop]
        return max(opened, default=-1)

    def term_end(self, at: int) -> int | None:
        """Return the last token of a name, call or bracket, if no operator follows."""
        end = at
        if self.mark(at) == "(":
            end = self.partners.get(at, at)
        while self.mark(end + 1) == "." and end + 2 < len(self.tokens):
            end += 2
        after = self.next(end)
        if self.mark(after) == "(" and self.tokens[end].kind in ("word", "name"):
            end = self.partners.get(after, after)
            after = self.next(end)
        goes_on = self.mark(after)[:1] in _OPERATORS if self.mark(after) else False
        return None if goes_on or self.word(after) in _GO_ON else end

    def wrap(self, function: str, start: int, end: int) -> bool:
        """Put a call around tokens; return whether it was not there before."""
        if self.word(start) == function:
            return False
        self.put(f"{function}(", start, end, ")")
        return True

    def wrap_all(self, function: str, values: list[tuple[int, int]]) -> bool:
        return sum(self.wrap(function, start, end) for start, end in values) > 0

    def select_around(self, at: int) -> tuple[int, int]:
        """Return where the SELECT that holds ``at`` begins and ends."""
        opened = at
        while opened >= 0:
            opened = self.around(opened)
            if opened < 0 or self.word(self.next(opened)) in SELECTS:
                break
        return opened + 1, self.partners[opened] if opened >= 0 else len(self.tokens)

    def items(self, at: int) -> list[tuple[int, int]]:
        """Return first and last token of each column of the SELECT that holds ``at``."""
        begin, stop = self.select_around(at)
        found: list[tuple[int, int]] = []
        start = None
        for i in self.level(begin, stop):
            word = self.word(i)
            if start is not None and (self.mark(i) == "," or word == "from"):
                found.append((start, self.previous(i)))
                start = self.next(i) if word != "from" else None
            elif word == "select" and start is None:
                if found and i > at:  # the next of those that are united
                    break
                found, start = [], self.next(i)
                if self.word(start) == "distinct":
                    start = self.next(start)
        if start is not None:
            found.append((start, self.previous(stop)))
        return found

    def keep_name(self, start: int, end: int) -> None:
        """Give a column that was one of a table the name it had, now that it is computed."""
        if (start, end) in self.items(start):
            self.out[end] += f" AS {self.mark(end)}"

    def results(self, at: int) -> list[tuple[int, int]]:
        """Return the results of the CASE that the token, itself in one, stands in."""
        ends = {"then", "else", "when", "end"}
        first = self._case_start(at)
        found: list[tuple[int, int]] = []
        depth, start = 0, None
        for i in self.level(self.next(first), len(self.tokens)):
            word = self.word(i)
            if depth == 0 and word in ends:
                if start is not None:
                    found.append((self.next(start), self.previous(i)))
                start = i if word in ("then", "else") else None
                if word == "end":
                    break
            depth += {"case": 1, "end": -1}.get(word, 0)
        return found

    def _case_start(self, at: int) -> int:
        depth = 0
        while at > 0:
            at = min(self.partners.get(at - 1, at - 1), at - 1)
            depth += {"case": -1, "end": 1}.get(self.word(at), 0)
            if depth < 0:
                break
        return at


def _pick(statement: _Statement, at: int) -> bool:
    """A column that is not grouped: of the group's first row, or of its only min() or max()."""
    if statement.tokens[at].kind not in ("word", "name"):
        return False
    end = at
    while statement.mark(end + 1) == "." and end + 2 < len(statement.tokens):
        end += 2
    statement.out[at] = f"(array_agg({statement.out[at]}"
    statement.out[end] += f"{_order_of_extreme(statement, at)}))[1]"
    statement.keep_name(at, end)
    return True


def _order_of_extreme(statement: _Statement, at: int) -> str:
    """Return the ORDER BY by which the row of the only ``min()`` or ``max()`` comes first."""
    calls = []
    i, stop = statement.select_around(at)
    while i < stop:
        if statement.word(i) in _EXTREMES and statement.mark(i + 1) == "(":
            closed = statement.partners[i + 1]
            argument = "".join(token.text for token in statement.tokens[i + 2 : closed])
            calls.append((statement.word(i), argument))
            i = closed
        elif statement.mark(i) == "(" and statement.word(statement.next(i)) in SELECTS:
            i = statement.partners.get(i, i)
        i += 1
    if len(calls) != 1:
        return ""
    name, argument = calls[0]
    way = f"{'DESC' if name.endswith('max') else 'ASC'} NULLS LAST"
    rank = f"holdall_rank({argument}) {way}, " if name.startswith("holdall") else ""
    return f" ORDER BY {rank}{argument} {way}"


def _values_of_several_types(statement: _Statement, at: int) -> list[tuple[int, int]]:
    """Return what has to be of one type with the value at ``at``, itself included."""
    opened = statement.around(at)
    if opened >= 0 and statement.word(statement.previous(opened)) in _ONE_TYPE:
        return statement.arguments(opened)
    if statement.word(statement.previous(at)) in ("then", "else"):
        return statement.results(at)
    return []


def _convert(statement: _Statement, at: int) -> bool:
    """Values of several types become numbers, if that helps, else texts; others a condition."""
    values = _values_of_several_types(statement, at)
    if values:
        were_tried = any(
            statement.word(start) in ("holdall_value", "holdall_to_text") for start, _ in values
        )
        function = "holdall_to_text" if were_tried else "holdall_value"
        return statement.wrap_all(function, values)
    before = statement.previous(at)
    end = statement.term_end(at)
    if end is None:
        return _convert_condition(statement, at)
    if statement.word(before) in _BEFORE_CONDITION or statement.mark(before) == "(":
        return statement.wrap("holdall_to_flag", at, end)
    if statement.word(before) in ("select", "distinct") or statement.mark(before) == ",":
        if not statement.wrap("holdall_to_text", at, end):
            return False
        if statement.tokens[end].kind in ("word", "name"):
            statement.keep_name(at, end)
        return True
    return False


def _convert_condition(statement: _Statement, at: int) -> bool:
    """A value with operators where a condition has to be, or one of which IS TRUE is asked."""
    if statement.word(statement.previous(at)) not in _BEFORE_CONDITION:
        return False
    end = at
    for i in statement.level(at, len(statement.tokens)):
        if statement.mark(i) in (",", ")", ";") or statement.word(i) in _AFTER_CONDITION:
            break
        if statement.tokens[i].kind != "blank":
            end = statement.partners.get(i, i)
    return statement.wrap("holdall_to_flag", at, end)


def _as_text(statement: _Statement, at: int) -> bool:
    """A text that stands where another type would have to."""
    values = _values_of_several_types(statement, at)
    if values:
        return statement.wrap_all("holdall_to_text", values)
    opened = statement.around(at)
    if opened >= 0 and statement.word(statement.previous(opened)) == "holdall_to_text":
        return False
    return statement.tokens[at].kind == "text" and statement.wrap("holdall_to_text", at, at)


def _arguments_as_text(statement: _Statement, at: int) -> bool:
    """Functions of texts are given texts; JSON that is grouped or sorted by is one too."""
    opened = statement.next(at)
    if statement.word(at) in _OF_TEXT and opened in statement.partners:
        return statement.wrap_all("holdall_to_text", statement.arguments(opened))
    return _sorted_as_text(statement, at)


def _sorted_as_text(statement: _Statement, at: int) -> bool:
    """JSON that rows are told apart, grouped or sorted by, there or by its place in the SELECT."""
    before = statement.previous(at)
    if statement.mark(before) != "," and statement.word(before) not in _BEFORE_KEY:
        return False
    if statement.mark(at).isdigit():
        at = statement.items(at)[int(statement.mark(at)) - 1][0]
    end = at
    for i in statement.level(at, len(statement.tokens)):
        if statement.mark(i) in (",", ")", ";") or statement.word(i) in _AFTER_KEY:
            break
        if statement.tokens[i].kind != "blank":
            end = statement.partners.get(i, i)
    return statement.wrap("holdall_to_text", at, end)


def _written_out(statement: _Statement, at: int) -> bool:
    """A name that the SELECT gives, in its own conditions: what it stands for."""
    wanted = statement.name(at)
    for start, end in statement.items(at):
        before = statement.previous(end)
        is_named = statement.word(before) == "as" or (start < end and statement.mark(before) != ".")
        if start <= at <= end or not is_named or statement.name(end) != wanted:
            continue
        last = statement.previous(before) if statement.word(before) == "as" else before
        meant = "".join(token.text for token in statement.tokens[start : last + 1])
        statement.out[at] = f"({meant})"
        return True
    return False


_REPAIRS: dict[str, Callable[[_Statement, int], bool]] = {
    _NOT_GROUPED: _pick,
    _NO_SUCH_COLUMN: _written_out,
    _WRONG_TYPE: _convert,
    _UNREADABLE: _as_text,
    _NO_SUCH_FUNCTION: _arguments_as_text,
}
