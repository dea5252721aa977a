"""The request log: filter, chart, one entry."""

from __future__ import annotations

import json
from typing import Any

import orjson
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from auth_app.names import SUPERUSERS
from collections_app.query.errors import FilterError
from core_app.request_info import RequestInfo
from dashboard_app.tools import bars, page, spans
from dashboard_app.tools.spans import Span
from ops_app.logs import reading, retention

PER_PAGE = 50
HOURS = 48
#: entries of a download
MOST = 5000
_WORDS = ("message", "data.url", "data.error", "data.userIP", "data.auth")


def show_list(request: HttpRequest) -> HttpResponse:
    """Show one page of entries.

    ``?q=`` is a filter or words, ``?errors`` shows failures alone, ``?others`` what others than
    superusers did, ``?from=`` and ``?to=`` what was in a span of time.
    """
    info = page.info(request)
    at = page.number(request)
    error, found, hours, span = "", [], [], None
    try:
        span = spans.of(request.GET)
        chosen = _chosen(request, span)
        found = reading.find(info, chosen, "-created", PER_PAGE + 1, (at - 1) * PER_PAGE)
        hours = _bars(info, chosen, span)
    except (FilterError, spans.UnreadableSpan) as problem:
        error = _said(problem)
    return page.show(
        request,
        "logs",
        "Logs",
        query=request.GET.get("q", "").strip(),
        without_superusers="others" in request.GET,
        download=f"{reverse('admin:logs_json')}?{request.GET.urlencode()}",
        error=error,
        only_errors="errors" in request.GET,
        span=span.query() if span else {},
        moves=_moves(request, span) if span else [],
        bars=hours,
        entries=[_shown(entry) for entry in found[:PER_PAGE]],
        page=at,
        has_more=len(found) > PER_PAGE,
    )


def download(request: HttpRequest) -> HttpResponse:
    """Answer with the newest ``MOST`` entries that the list's filter finds, as a file."""
    try:
        chosen = _chosen(request, spans.of(request.GET))
        found = reading.find(page.info(request), chosen, "-created", MOST, 0)
    except (FilterError, spans.UnreadableSpan) as problem:
        messages.error(request, _said(problem))
        return HttpResponseRedirect(reverse("admin:logs"))
    headers = {"Content-Disposition": 'attachment; filename="logs.json"'}
    return HttpResponse(orjson.dumps(found), content_type="application/json", headers=headers)


def show_one(request: HttpRequest, entry_id: str) -> HttpResponse:
    """Show one entry as a whole."""
    found = reading.find_by_id(entry_id)
    if found is None:
        raise Http404
    entry = _shown(found)
    pretty = json.dumps(entry["data"], indent=2, ensure_ascii=False)
    return page.show(request, "log", "Log entry", entry=entry, data=pretty)


def clear(request: HttpRequest) -> HttpResponse:
    """Forget all entries, once that is confirmed."""
    if request.method == "POST":
        retention.delete_all()
        messages.success(request, "The log is empty.")
        return HttpResponseRedirect(reverse("admin:logs"))
    return page.show(
        request,
        "confirm",
        "Empty the log",
        text="All entries of the request log are deleted. This cannot be undone.",
        action="Empty the log",
        back=reverse("admin:logs"),
    )


def _shown(entry: dict[str, Any]) -> dict[str, Any]:
    data = orjson.loads(orjson.dumps(entry["data"]))
    return {**entry, "data": data, "is_error": entry["level"] >= 8}


def _said(problem: FilterError | spans.UnreadableSpan) -> str:
    if isinstance(problem, FilterError):
        return f"This filter cannot be read: {problem.reason}"
    return str(problem)


def _bars(info: RequestInfo, chosen: str, span: Span | None) -> list[bars.Bar]:
    """Return the chart: the last hours, or the span in as many steps as can be told apart."""
    bad = f"{chosen} && level >= 8" if chosen else "level >= 8"
    if span is None:
        return bars.last_hours(HOURS, reading.per_hour(info, chosen), reading.per_hour(info, bad))
    count = reading.per_hour if span.step >= bars.HOUR else reading.per_minute
    return bars.between(span.first, span.end, span.step, count(info, chosen), count(info, bad))


def _moves(request: HttpRequest, span: Span) -> list[tuple[str, str, str]]:
    """Return the ways out of a span: what they are called, where they lead, what they are."""
    kept = request.GET.copy()
    for name in ("from", "to", "p"):
        kept.pop(name, None)

    def address(other: Span | None) -> str:
        query = kept.copy()
        query.update(other.query() if other else {})
        return f"?{query.urlencode()}"

    return [
        ("Earlier", address(span.moved(-1)), "earlier"),
        ("Later", address(span.moved(1)), "later"),
        ("Zoom out", address(span.wider()), "out"),
        (f"Last {HOURS} hours", address(None), "all"),
    ]


def _chosen(request: HttpRequest, span: Span | None) -> str:
    """Return the filter that the list's form says."""
    text = request.GET.get("q", "").strip()
    parts = [_filter(text)] if text else []
    if "errors" in request.GET:
        parts.append("level >= 8")
    if "others" in request.GET:
        parts.append(f"data.auth != '{SUPERUSERS}'")
    if span is not None:
        parts.append(span.filter)
    return " && ".join(f"({part})" for part in parts)


def _filter(text: str) -> str:
    """Return ``text`` if it is a filter, else one that looks for it as words."""
    if any(sign in text for sign in ("=", "~", "<", ">")):
        return text
    literal = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return " || ".join(f"{name} ~ {literal}" for name in _WORDS)
