"""A call in a view's query that was written for SQLite -> one that PostgreSQL answers alike.

Functions and casts that do something else there, or are not there, become those of
``query/dialects/postgresql_views.sql``. Of JSON: ``view_json_calls``.
"""

from __future__ import annotations

from collections_app.schema_edit.dialects.rewriting import Rewriting
from collections_app.schema_edit.dialects.view_json_calls import is_extract, rewrite_json_call
from collections_app.schema_edit.dialects.view_tokens import ViewTokens

_RENAMED = {
    "ifnull": "COALESCE",
    "char": "chr",
    "unicode": "ascii",
    **{
        name: f"holdall_{name}"
        for name in (
            "date", "time", "datetime", "julianday", "unixepoch", "strftime", "substr", "length",
            "round", "hex", "typeof", "instr",
        )
    },
    "substring": "holdall_substr",
}  # fmt: skip
#: what a type's name holds -> what casts to it
_CASTS = (
    ("int", "holdall_to_integer"),
    ("char", "holdall_to_text"),
    ("clob", "holdall_to_text"),
    ("text", "holdall_to_text"),
    ("real", "holdall_to_real"),
    ("floa", "holdall_to_real"),
    ("doub", "holdall_to_real"),
    ("bool", "holdall_is_one"),
    ("num", "holdall_numeral"),
    ("dec", "holdall_numeral"),
)


def rewrite_call(query: ViewTokens, at: int, opened: int) -> None:
    """Rewrite the call of the function, or the cast, whose name and bracket stand there."""
    name, arguments, closed = query.word(at), query.arguments(opened), query.partners[opened]
    match name:
        case "cast":
            _cast(query, at, opened, closed)
        case "count" if not arguments:
            query.out[opened] += "*"
        case "iif" | "if":
            _case(query, at, opened, closed)
        case "max" | "min" if len(arguments) > 1:
            _extreme(query, at, opened, closed)
        case "max" | "min" if arguments and query.reads_json(opened, closed):
            query.out[at] = f"holdall_{name}"
        case "abs" | "sign" if len(arguments) == 1 and query.reads_json(opened, closed):
            query.put("holdall_numeral(", *arguments[0], ")")
        case "likely" | "unlikely" | "likelihood":
            _hint(query, at, opened, closed)
        case "printf" | "format":
            _printf(query, at, arguments)
        case "sum" | "avg" | "total" if len(arguments) == 1:
            _sum(query, at, arguments[0], closed)
        case "typeof" if len(arguments) == 1 and is_extract(query, *arguments[0]):
            query.out[at] = ""
            query.out[arguments[0][0]] = "holdall_typeof_extract"
        case _ if name.startswith("json"):
            rewrite_json_call(query, at, arguments, closed)
        case _:
            query.out[at] = _RENAMED.get(name, query.out[at])


def _extreme(query: Rewriting, at: int, opened: int, closed: int) -> None:
    """The largest or least of values is NULL if one of them is."""
    values = "".join(query.out[opened + 1 : closed])
    function = "GREATEST" if query.word(at) == "max" else "LEAST"
    query.out[at] = f"(CASE WHEN num_nulls({values}) = 0 THEN {function}"
    query.out[closed] += " END)"


def _hint(query: ViewTokens, at: int, opened: int, closed: int) -> None:
    """What SQLite is told of how often a condition holds is left out."""
    query.out[at] = ""
    for comma in query.commas(opened)[:1]:
        query.out[comma:closed] = [""] * (closed - comma)


def is_unordered_call(query: Rewriting, opened: int) -> bool:
    """Return whether an aggregate goes over rows that it may be told an order for."""
    inside = (query.word(at) for at in query.level(opened + 1, query.partners[opened]))
    after = query.next(query.end_of_aggregate(query.partners[opened]))
    return query.word(after) != "over" and not {"distinct", "order"} & set(inside)


def _sum(query: Rewriting, at: int, argument: tuple[int, int], closed: int) -> None:
    """Whatever is summed up is a number; ``total`` is one, and real, without rows too."""
    start, stop = argument
    if query.word(start) == "distinct":
        start = query.next(start)
    query.put("holdall_numeral(", start, stop, ")")
    if query.word(at) == "total":
        query.out[at] = "(COALESCE(sum"
        query.out[query.end_of_aggregate(closed)] += ", 0) + 0.0)"


def _cast(query: Rewriting, at: int, opened: int, closed: int) -> None:
    """``CAST(x AS TYPE)`` -> a function, for the types that SQLite knows."""
    place = next((i for i in query.level(opened + 1, closed) if query.word(i) == "as"), None)
    if place is None:
        return
    kind = "".join(token.text for token in query.tokens[place + 1 : closed]).strip().lower()
    for part, function in _CASTS:
        if part in kind:
            query.out[at] = function
            for i in range(place, closed):
                query.out[i] = ""
            return


def _case(query: Rewriting, at: int, opened: int, closed: int) -> None:
    query.out[at], query.out[opened] = "", "(CASE WHEN "
    for comma, word in zip(query.commas(opened), (" THEN ", " ELSE "), strict=False):
        query.out[comma] = word
    query.out[closed] = " END)"


def _printf(query: Rewriting, at: int, arguments: list[tuple[int, int]]) -> None:
    query.out[at] = "holdall_printf"
    for start, stop in arguments[1:]:
        query.put("holdall_printed(", start, stop, ")")
