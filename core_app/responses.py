"""JSON answers, made as cheaply as Django allows. Knows no endpoint.

``HttpResponse.__init__`` computes what is the same for every JSON answer; ``JsonResponse`` is a
real ``HttpResponse`` in every other way (``tests/core_app/test_responses.py`` compares the two).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http.cookies import SimpleCookie
from typing import Any

import orjson
from django.http import HttpResponse
from django.http.response import ResponseHeaders
from django.utils.functional import cached_property

_JSON = ("Content-Type", "application/json")

#: ready-made headers: lower-case name -> (name, value)
Prepared = dict[str, tuple[str, str]]


class JsonResponse(HttpResponse):
    """A response whose content is JSON bytes already; its ``cookies`` are made on first need."""

    def __init__(self, content: bytes, status: int = 200) -> None:
        headers = ResponseHeaders.__new__(ResponseHeaders)
        headers._store = {"content-type": _JSON}
        self.headers = headers
        self._charset = None
        self._resource_closers: list[Callable[[], Any]] = []
        self._handler_class = None
        self.closed = False
        self.status_code = status
        self._reason_phrase = None
        self._container = [content]

    @cached_property
    def cookies(self) -> SimpleCookie:  # type: ignore[override]
        return SimpleCookie()


def json_response(data: Any, status: int = 200, fields: str = "") -> HttpResponse:
    """Return ``data`` as JSON; ``fields`` is the client's ``?fields=`` and picks keys on 2xx.

    Raise ``BadRequest`` for a modifier in ``fields`` that cannot be read.
    """
    if fields and 200 <= status < 300:
        from core_app import field_picker

        data = field_picker.pick(data, fields)
    return JsonResponse(encode(data), status)


def bytes_response(content: bytes, content_type: str) -> HttpResponse:
    """Return ``content`` as it is."""
    response = JsonResponse(content)
    response.headers._store["content-type"] = ("Content-Type", content_type)
    return response


def no_content() -> HttpResponse:
    """Return 204: no body and no ``Content-Type``."""
    response = JsonResponse(b"", 204)
    del response.headers["Content-Type"]
    return response


def encode(data: Any) -> bytes:
    """Return ``data`` as JSON bytes. Numbers are the caller's to bring in form (``numbers``)."""
    return orjson.dumps(data)


def prepare_headers(headers: Mapping[str, str]) -> Prepared:
    """Return ``headers`` in the form that ``put_headers`` takes."""
    return {name.lower(): (name, value) for name, value in headers.items()}


def put_headers(response: Any, prepared: Prepared) -> None:
    """Set ready-made headers on any Django response, without converting each again."""
    response.headers._store.update(prepared)
