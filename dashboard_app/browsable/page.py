"""An answer of the API -> REST framework's page around it, with forms for what the path takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from rest_framework.renderers import BrowsableAPIRenderer

from core_app.settings_store import store
from dashboard_app.browsable import fields, operations
from dashboard_app.openapi.parts import Schema

_FORMS = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, slots=True)
class Form:
    """How one method can be sent: as JSON (``raw``), and for records by an input for each field."""

    method: str
    title: str
    raw: str
    inputs: str = ""
    #: fields whose input takes several files
    several: str = ""


class ApiRenderer(BrowsableAPIRenderer):
    """REST framework's renderer, told what there is: our endpoints are no views of its own."""

    template = "dashboard/browsable/api.html"

    def get_context(
        self, data: Any, accepted_media_type: str | None, renderer_context: Any
    ) -> dict[str, Any]:
        request, response = renderer_context["request"], renderer_context["response"]
        found = operations.of(request.path_info)
        # of DELETE and the like the page shows what came of it, and the forms of what is there
        own = found.get(request.method) or found.get("GET") or {}
        return {
            "app_name": store.current().meta.app_name,
            "breadcrumblist": _breadcrumbs(request.path_info),
            "content": "" if data is None else json.dumps(data, indent=4, ensure_ascii=False),
            "csrf_header_name": "X-CSRFToken",
            "description": own.get("description", "").replace("`", ""),
            "forms": _forms(request, response, found, data),
            "has_delete": "DELETE" in found,
            "has_get": "GET" in found,
            "name": own.get("summary") or request.path_info,
            "parameters": [item for item in own.get("parameters", ()) if item.get("in") == "query"],
            "request": request,
            "response": response,
            "response_headers": dict(sorted(response.items())),
            "status_text": response.reason_phrase,
        }


def show(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the page; its status is the answer's, as far as a page can have it."""
    data = orjson.loads(response.content) if response.content else None
    html = ApiRenderer().render(data, "text/html", {"request": request, "response": response})
    shown = HttpResponse(html, status=response.status_code, content_type="text/html; charset=utf-8")
    shown.headers["Cache-Control"] = "no-store"
    return shown


def _breadcrumbs(path: str) -> list[tuple[str, str]]:
    """Return each step to ``path`` that is an address of its own."""
    parts = path.strip("/").split("/")
    steps = [(parts[at], "/" + "/".join(parts[: at + 1])) for at in range(1, len(parts))]
    return [(name, url) for name, url in steps if "GET" in operations.of(url)]


def _forms(
    request: HttpRequest, response: HttpResponse, found: dict[str, Schema], data: Any
) -> list[Form]:
    return [
        _form(request, method, found[method], data if response.status_code == 200 else None)
        for method in _FORMS
        if method in found
    ]


def _form(request: HttpRequest, method: str, operation: Schema, data: Any) -> Form:
    records = operations.records_of(request.path_info)
    title = operation["summary"]
    if records is None or operation["operationId"].startswith("restore"):
        is_change = method == "PATCH" and isinstance(data, dict)
        return Form(method, title, _text(data if is_change else operations.sample_body(operation)))
    collection, _record_id = records
    if method == "POST":
        body = operations.sample_body(operation)
        inputs = fields.form(collection, None)
        return Form(method, title, _text(body), inputs, fields.several_files(collection))
    values = data if isinstance(data, dict) else {}
    inputs, several = fields.form(collection, values), fields.several_files(collection)
    return Form(method, title, _text(_changeable(values)), inputs, several)


def _changeable(record: dict[str, Any]) -> dict[str, Any]:
    """Return what of a record a body may have."""
    ours = ("id", "collectionId", "collectionName", "expand")
    return {name: value for name, value in record.items() if name not in ours}


def _text(body: Any) -> str:
    return "" if body is None else json.dumps(body, indent=4, ensure_ascii=False)
