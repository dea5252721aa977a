"""The SQL console: what is typed runs on the data itself, as at ``/api/sql``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse

from collections_app.schema import snapshot
from dashboard_app.records import cells
from dashboard_app.tools import page
from ops_app import sql_console
from ops_app.sql_console import Outcome

LONGEST = 5000  # bytes
_NUMBER = re.compile(r"-?[0-9.]+(e[+-]?[0-9]+)?")


def console(request: HttpRequest) -> HttpResponse:
    """Show the form; ``POST`` runs the query. What does not only read asks to be confirmed.

    ``as=csv`` answers with what a query reads as a file.
    """
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
    if outcome is not None and outcome.columns and request.POST.get("as") == "csv":
        headers = {"Content-Disposition": 'attachment; filename="query.csv"'}
        return HttpResponse(_csv(outcome), content_type="text/csv; charset=utf-8", headers=headers)
    return page.show(
        request,
        "sql",
        "SQL",
        query=query,
        outcome=outcome,
        labelled_rows=_labelled(outcome),
        error=error,
        asks=asks,
        only_reads=_only_reads(query),
        most_rows=sql_console.MOST_ROWS,
        tables=_tables(),
    )


def _tables() -> list[dict[str, Any]]:
    """Return what is completed: the database's tables; views have their collections' fields."""
    found = sql_console.tables()
    by_name = snapshot.current().by_lower_name
    for name, columns in found.items():
        collection = by_name.get(name.lower())
        if collection is not None and not columns:
            columns.extend(field.name for field in collection.fields)
    return [{"name": name, "columns": columns} for name, columns in found.items()]


def _labelled(outcome: Outcome | None) -> Iterator[list[tuple[str, str | None]]]:
    """Yield the rows with the name of its column before each value: on a phone both are shown."""
    if outcome is not None:
        names = [name for name, _ in outcome.columns]
        for row in outcome.rows:
            yield list(zip(names, row, strict=True))


def _only_reads(query: str) -> bool:
    text = query.strip().upper()
    return text.startswith(("SELECT", "EXPLAIN", "VALUES")) and ";" not in text.rstrip("; \n\t")


def _csv(outcome: Outcome) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([cells.written(name) for name, _ in outcome.columns])
    writer.writerows([_cell(value) for value in row] for row in outcome.rows)
    return file.getvalue()


def _cell(value: str | None) -> str:
    """Return the text as it is if it is a number, so that no minus is taken for a formula."""
    text = value or ""
    return text if _NUMBER.fullmatch(text) else str(cells.written(text))
