"""The SQL console: what is typed runs on the data itself, as at ``/api/sql``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from dashboard_app.tools import page
from ops_app import sql_console

LONGEST = 5000  # bytes


def console(request: HttpRequest) -> HttpResponse:
    """Show the form; ``POST`` runs the query. What does not only read asks to be confirmed."""
    query = request.POST.get("query", "").replace("\r\n", "\n")
    outcome, error, asks = None, "", False
    if request.method == "POST":
        if not query.strip():
            error = "Type a query first."
        elif len(query.encode()) > LONGEST:
            error = f"A query may have {LONGEST} bytes."
        elif not _only_reads(query) and request.POST.get("confirmed") != query:
            asks = True
        else:
            try:
                outcome = sql_console.run(query)
            except sql_console.QueryFailed as failed:
                error = str(failed)
    return page.show(
        request,
        "sql",
        "SQL",
        query=query,
        outcome=outcome,
        error=error,
        asks=asks,
        most_rows=sql_console.MOST_ROWS,
    )


def _only_reads(query: str) -> bool:
    text = query.strip().upper()
    return text.startswith(("SELECT", "EXPLAIN", "VALUES")) and ";" not in text.rstrip("; \n\t")
