"""``POST /api/sql``: SQL of a superuser, on the data itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from auth_app.guards import require_superuser
from core_app import bodies, query_string
from core_app.errors import BadRequest, FieldError, required
from core_app.responses import json_response
from ops_app import sql_console

INVALID = "An error occurred while validating the submitted data."
LONGEST_QUERY = 5000  # bytes


def run(request: HttpRequest) -> HttpResponse:
    """``POST``: run the query and answer with rows, or with how many it changed."""
    require_superuser(request)
    query = str(bodies.read_form(request, ("query",))["query"])
    error = _check(query)
    if error is not None:
        raise BadRequest(INVALID, {"query": error})
    try:
        outcome = sql_console.run(query)
    except sql_console.QueryFailed as failed:
        raise BadRequest(f"Failed to execute query. Raw error:\n{failed}") from failed
    answer = {
        "execTime": outcome.took_ms,
        "affectedRows": outcome.changed,
        "columns": [
            {"name": name, "type": kind, "nullable": True} for name, kind in outcome.columns
        ],
        "rows": outcome.rows,
    }
    return json_response(answer, fields=query_string.value(request, "fields"))


def _check(query: str) -> FieldError | None:
    if not query:
        return required()
    if len(query.encode("utf-8", "surrogatepass")) <= LONGEST_QUERY:
        return None
    return FieldError(
        "validation_length_too_long",
        f"The length must be no more than {LONGEST_QUERY}.",
        {"max": LONGEST_QUERY, "min": 0},
    )
