"""An operator or a name in a view's query that was written for SQLite -> PostgreSQL's.

``last`` is the place of the token before, ``at`` the place of the word itself.
"""

from __future__ import annotations

from collections_app.schema_edit.dialects.translation import words
from collections_app.schema_edit.dialects.view_tokens import ViewTokens

_IS_OF_ITS_OWN = words("null true false distinct unknown document json normalized")
_ENDS_COMPARISON = words("and or when then else end as from where group having order limit on")
_COMPARISONS = frozenset(("=", "==", "!=", "<>", "<", ">", "<=", ">="))
_ORDERED = frozenset(("<", "<=", ">", ">="))
_ARITHMETIC = frozenset(("+", "-", "*", "/", "%", "||"))
_BEFORE_SIGN = _COMPARISONS | {"(", ",", "||"}
_BEFORE_VALUE = words("select distinct where and or not on by having when then else between")
_ROW_NUMBER = words("rowid oid _rowid_")
_NOW = {
    "current_timestamp": "holdall_datetime('now')",
    "current_date": "holdall_date('now')",
    "current_time": "holdall_time('now')",
}


def rewrite_word(query: ViewTokens, at: int, last: int, stop: int) -> None:
    """Rewrite a word that begins no clause; what it belongs to ends before ``stop``."""
    match query.word(at):
        case "is":
            _is(query, at)
        case "like" if _has_escape(query, at, stop):
            query.out[at] = "ILIKE"
        case "glob":
            _glob(query, at, last)
        case "collate":
            _collate(query, at, last, stop)
        case word if word in _NOW:
            query.out[at] = _NOW[word]
        case word if word in _ROW_NUMBER and not query.is_made(word):
            query.out[at] = "_rowid_"


def rewrite_quoted(query: ViewTokens, at: int, last: int) -> None:
    """What stands in double quotes is a text where it is the name of nothing."""
    name = query.tokens[at].name
    if query.is_made(name.lower()):
        return
    if query.ends_value(last) or query.word(last) in ("as", "from", "join", "with", "collate"):
        return
    if "." in (query.mark(last), query.mark(query.next(at))):
        return
    query.out[at] = "'" + name.replace("'", "''") + "'"


def rewrite_sign(query: ViewTokens, at: int, last: int) -> None:
    """A plus before a value changes nothing; SQLite takes it for the wish to use no index."""
    before = query.mark(last)
    if last < 0 or before in _BEFORE_SIGN or query.word(last) in _BEFORE_VALUE:
        query.out[at] = ""


def compared_from_json(query: ViewTokens, at: int, last: int) -> list[tuple[int, int]]:
    """Return first and last token of both sides of a comparison of two values from JSON."""
    if query.mark(at) not in _ORDERED:
        return []
    start = query.operand_start(last)
    end = query.operand_end(query.next(at))
    sides = [(start, last), (query.next(at), end)]
    is_more = query.mark(query.previous(start)) in _ARITHMETIC or query.mark(query.next(end)) in (
        _ARITHMETIC
    )
    if is_more or not all(query.reads_json(first, stop + 1) for first, stop in sides):
        return []
    return sides


def _is(query: ViewTokens, at: int) -> None:
    right = query.next(at)
    negation = right if query.word(right) == "not" else None
    if negation is not None:
        right = query.next(right)
    if query.word(right) in _IS_OF_ITS_OWN:
        return
    if negation is None:
        query.out[at] = "IS NOT DISTINCT FROM"
    else:
        query.out[at], query.out[negation] = "IS DISTINCT FROM", ""


def _collate(query: ViewTokens, at: int, last: int, stop: int) -> None:
    """NOCASE is lower case, on the other side of a comparison too."""
    name = query.next(at)
    how = query.name(name) if name < stop else ""
    if how == "binary":
        query.out[name] = 'U&"C"'  # whatever column is called like it
    if how not in ("nocase", "rtrim"):
        return
    function = "lower" if how == "nocase" else "rtrim"
    query.out[at] = query.out[name] = ""
    start = query.term_start(last)
    query.put(f"{function}(", start, last, ' COLLATE "C")')
    before, after = query.previous(start), query.next(name)
    if query.mark(before) in _COMPARISONS:
        other = query.previous(before)
        query.put(f"{function}(", query.term_start(other), other, ' COLLATE "C")')
    elif query.mark(after) in _COMPARISONS:
        other = query.next(after)
        if query.tokens[other].kind == "text":
            query.put(f"{function}(", other, other, ' COLLATE "C")')


def _glob(query: ViewTokens, at: int, last: int) -> None:
    query.out[at] = "<~>"
    if query.word(last) == "not":
        query.out[last], query.out[at] = "", "!<~>"


def _has_escape(query: ViewTokens, at: int, stop: int) -> bool:
    while at < stop:
        at = query.next(max(query.partners.get(at, at), at))
        if query.word(at) == "escape":
            return True
        if query.word(at) in _ENDS_COMPARISON or query.mark(at) in (",", ")"):
            return False
    return False
