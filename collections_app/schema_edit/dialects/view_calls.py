"""A call in a view's query that was written for SQLite -> one that PostgreSQL answers alike.

Functions and casts that do something else there, or are not there, become those of
``query/dialects/postgresql_views.sql``.
"""

from __future__ import annotations

from collections_app.schema_edit.dialects.rewriting import Rewriting
from collections_app.schema_edit.dialects.translation import words
from collections_app.schema_edit.dialects.view_tokens import ViewTokens

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
            "round", "hex", "typeof", "instr", "json_extract", "json_array_length", "json_type",
            "json_valid", "json_quote", "json_set", "json_insert", "json_replace", "json_remove",
            "json_patch", "json_tree",
        )
    },
    "json": "holdall_as_json",
    "json_each": "holdall_json_items",
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


#: functions whose first argument is JSON, and where values for it begin and how far apart
_OF_JSON = {
    **dict.fromkeys(("json_tree", "json_remove", "json_patch"), None),
    **dict.fromkeys(("json_set", "json_insert", "json_replace"), slice(2, None, 2)),
}
_MAKE_TEXT = words("""
    date datetime format group_concat hex lower ltrim printf quote replace rtrim strftime substr
    substring time trim typeof upper
""")
_MADE_OF = {"json_object": slice(1, None, 2), "json_array": slice(None)}


def rewrite_call(query: ViewTokens, at: int, opened: int) -> None:
    """Rewrite the call of the function, or the cast, whose name and bracket stand there."""
    name, arguments, closed = query.word(at), query.arguments(opened), query.partners[opened]
    if name.startswith("jsonb"):  # SQLite's own bytes, which only its functions read
        name = name.replace("jsonb", "json", 1)
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
        case "json_group_array" | "json_group_object":
            _json_group(query, at, name, arguments, closed)
        case "json_extract" if len(arguments) > 2:
            query.put("holdall_read(", *arguments[0], ")")
            query.out[at] = "holdall_json_extracts"
        case "typeof" if len(arguments) == 1 and _is_extract(query, *arguments[0]):
            query.out[at] = ""
            query.out[arguments[0][0]] = "holdall_typeof_extract"
        case _:
            query.out[at] = _RENAMED.get(name, query.out[at])
            _json_arguments(query, name, arguments)


def _json_arguments(query: ViewTokens, name: str, arguments: list[tuple[int, int]]) -> None:
    if name in _MADE_OF:
        for start, stop in arguments[_MADE_OF[name]]:
            _value(query, start, stop)
    if name not in _OF_JSON:
        return
    values = _OF_JSON[name]
    for start, stop in arguments[values] if values else []:
        _value(query, start, stop)
        query.put("holdall_member(", start, stop, ")")
    for start, stop in arguments if name == "json_patch" else arguments[:1]:
        query.put("holdall_read(", start, stop, ")")


def _value(query: ViewTokens, start: int, stop: int) -> None:
    """A value that JSON is made of; one that was read from JSON has the type that it had there."""
    if _is_extract(query, start, stop):
        query.out[start] = "holdall_json_part"
    elif not query.reads_json(start, stop + 1) or _is_text(query, start, stop):
        query.put("holdall_value(", start, stop, ")")
    elif query.reads_text(start, stop + 1):
        query.put("holdall_guessed_scalar(", start, stop, ")")
    else:
        query.put("holdall_guessed(", start, stop, ")")


def _is_text(query: ViewTokens, start: int, stop: int) -> bool:
    """Return whether a text is made there, whatever it is made of."""
    if query.word(start) in _MAKE_TEXT or query.out[start] == "holdall_to_text":
        return True
    return any(query.mark(at) == "||" for at in query.level(start, stop))


def _is_extract(query: ViewTokens, start: int, stop: int) -> bool:
    """Return whether the tokens are one call that extracts one value from JSON."""
    opened = query.next(start)
    return query.out[start] == "holdall_json_extract" and query.partners.get(opened) == stop


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
    after = query.next(_end_of_aggregate(query, query.partners[opened]))
    return query.word(after) != "over" and not {"distinct", "order"} & set(inside)


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


def _json_group(
    query: ViewTokens, at: int, name: str, arguments: list[tuple[int, int]], closed: int
) -> None:
    """Groups without rows give an empty list or object, not NULL."""
    is_list = name == "json_group_array"
    if not arguments:
        return
    start, stop = arguments[0 if is_list else -1]
    is_distinct = query.word(start) == "distinct"
    if is_distinct:  # in the order in which they come
        query.out[start] = ""
        start = query.next(start)
    order = next((i for i in range(start, stop) if query.word(i) == "order"), None)
    if order is not None and is_list:
        stop = query.previous(order)
    _value(query, start, stop)
    end = _end_of_aggregate(query, closed)
    if is_distinct:
        query.out[at], query.out[end] = "COALESCE(holdall_distinct(json_agg", query.out[end] + ")"
    else:
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
