"""A call in a view's query that was written for SQLite -> one that PostgreSQL answers alike.

Functions and casts that do something else there, or are not there, become those of
``query/dialects/postgresql_views.sql``.
"""

from __future__ import annotations

from collections_app.schema_edit.dialects.rewriting import Rewriting

_RENAMED = {
    "ifnull": "COALESCE",
    "char": "chr",
    "unicode": "ascii",
    "json_array": "json_build_array",
    "json_object": "json_build_object",
    **{
        name: f"holdall_{name}"
        for name in (
            "date", "time", "datetime", "julianday", "unixepoch", "strftime", "substr", "length",
            "round", "hex", "typeof", "instr", "json_each", "json_extract", "json_array_length",
            "json_type", "json_valid", "json_quote",
        )
    },
    "json": "holdall_as_json",
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


def rewrite_call(query: Rewriting, at: int, opened: int) -> None:
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
            query.out[at] = "GREATEST" if name == "max" else "LEAST"
        case "printf" | "format":
            _printf(query, at, arguments)
        case "sum" | "avg" | "total" if len(arguments) == 1:
            _sum(query, at, arguments[0], closed)
        case "json_group_array" | "json_group_object":
            _json_group(query, at, arguments, closed)
        case _:
            query.out[at] = _RENAMED.get(name, query.out[at])
            values = {"json_object": arguments[1::2], "json_array": arguments}.get(name, [])
            for start, stop in values:
                query.put("holdall_value(", start, stop, ")")


def _sum(query: Rewriting, at: int, argument: tuple[int, int], closed: int) -> None:
    """Whatever is summed up is a number; ``total`` is one, and real, without rows too."""
    start, stop = argument
    if query.word(start) == "distinct":
        start = query.next(start)
    query.put("holdall_numeral(", start, stop, ")")
    if query.word(at) == "total":
        query.out[at] = "(COALESCE(sum"
        query.out[_end_of_aggregate(query, closed)] += ", 0) + 0.0)"


def _end_of_aggregate(query: Rewriting, closed: int) -> int:
    """Return the last token of an aggregate, which may have a FILTER."""
    after = query.next(closed)
    if query.word(after) == "filter":
        return query.partners.get(query.next(after), closed)
    return closed


def _json_group(query: Rewriting, at: int, arguments: list[tuple[int, int]], closed: int) -> None:
    """Groups without rows give an empty list or object, not NULL."""
    is_list = query.word(at) == "json_group_array"
    if not arguments:
        return
    start, stop = arguments[0 if is_list else -1]
    if query.word(start) == "distinct":
        start = query.next(start)
    order = next((i for i in range(start, stop) if query.word(i) == "order"), None)
    if order is not None and is_list:
        stop = query.previous(order)
    query.put("holdall_value(", start, stop, ")")
    end = _end_of_aggregate(query, closed)
    query.out[at] = f"COALESCE(json_{'agg' if is_list else 'object_agg'}"
    query.out[end] += ", '[]')" if is_list else ", '{}')"


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
