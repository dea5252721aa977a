"""A call of a JSON function in a view's query that was written for SQLite -> PostgreSQL's.

What they become is in ``query/dialects/postgresql_json.sql``.
"""

from __future__ import annotations

from collections_app.schema_edit.dialects.translation import words
from collections_app.schema_edit.dialects.view_tokens import ViewTokens

_RENAMED = {
    "json": "holdall_as_json",
    "json_array": "json_build_array",
    "json_each": "holdall_json_items",
    "json_object": "json_build_object",
    **{
        name: f"holdall_{name}"
        for name in words("""
            json_array_length json_extract json_insert json_patch json_quote json_remove
            json_replace json_set json_tree json_type json_valid
        """)
    },
}
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


def rewrite_json_call(
    query: ViewTokens, at: int, arguments: list[tuple[int, int]], closed: int
) -> None:
    """Rewrite the call of the function whose name stands there."""
    # jsonb are SQLite's own bytes, which only its functions read
    name = query.word(at).replace("jsonb", "json", 1)
    if name in ("json_group_array", "json_group_object"):
        _group(query, at, name, arguments, closed)
    elif name == "json_extract" and len(arguments) > 2:
        query.put("holdall_read(", *arguments[0], ")")
        query.out[at] = "holdall_json_extracts"
    else:
        query.out[at] = _RENAMED.get(name, query.out[at])
        _values_and_json(query, name, arguments)


def is_extract(query: ViewTokens, start: int, stop: int) -> bool:
    """Return whether the tokens are one call that extracts one value from JSON."""
    opened = query.next(start)
    return query.out[start] == "holdall_json_extract" and query.partners.get(opened) == stop


def _values_and_json(query: ViewTokens, name: str, arguments: list[tuple[int, int]]) -> None:
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
    if is_extract(query, start, stop):
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


def _group(
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
    end = query.end_of_aggregate(closed)
    if is_distinct:
        query.out[at], query.out[end] = "COALESCE(holdall_distinct(json_agg", query.out[end] + ")"
    else:
        query.out[at] = f"COALESCE(json_{'agg' if is_list else 'object_agg'}"
    query.out[end] += ", '[]')" if is_list else ", '{}')"
