"""A batch's body -> ``Item``s: JSON, or a form with ``@jsonPayload`` and files beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.http import HttpRequest

from core_app import bodies, multipart, strict_json
from core_app.errors import BadRequest, FieldError, PayloadTooLarge, required

UNREADABLE = "Failed to read the submitted batch data."
INVALID = "Invalid batch request data."
DEFAULT_LIMIT = 128 << 20
MAX_URL_LENGTH = 2000
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

#: ``requests.0.photo``, then ``requests[0].photo``, modifiers of the field's name included
_FILE_KEYS = (
    re.compile(r"requests\.(0|[1-9][0-9]*)\.(.+)"),
    re.compile(r"requests\[(0|[1-9][0-9]*)\]\.(.+)"),
)


class BatchSettings(Protocol):
    @property
    def max_requests(self) -> int: ...
    @property
    def max_body_size(self) -> int: ...


@dataclass(slots=True)
class Item:
    """One write of a batch, as submitted. ``body`` is ``None`` where none was given."""

    method: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    files: multipart.Files = field(default_factory=dict)


def limit(settings: BatchSettings) -> int:
    """Return how many bytes a batch's body may have."""
    return settings.max_body_size if settings.max_body_size > 0 else DEFAULT_LIMIT


def read(request: HttpRequest, settings: BatchSettings) -> list[Item]:
    """Return the submitted items. Raise ``BadRequest`` if they cannot be read or are not valid."""
    body = _body(request, settings)
    sent = _expected(body.values, "requests").get("requests")
    items = [_item(raw) for raw in _typed(sent, list)]
    _check(items, settings.max_requests)
    _give_files(items, body.files)
    return items


def _body(request: HttpRequest, settings: BatchSettings) -> bodies.Body:
    """Return the body. Numbers too large matter only in the keys that are read."""
    try:
        return bodies.read(request, limit=limit(settings))
    except PayloadTooLarge:
        raise
    except BadRequest as error:
        values = bodies.overflowing_object(request)
        if values is None:
            raise BadRequest(UNREADABLE, reason=error.reason) from error
        return bodies.Body(values, sent=True)


def _item(raw: Any) -> Item:
    values = _expected(_typed(raw, dict), "method", "url", "headers", "body")
    headers = _typed(values.get("headers"), dict)
    if not all(isinstance(value, str) for value in headers.values()):
        raise BadRequest(UNREADABLE, reason="a header is no text")
    body = values.get("body")
    if strict_json.has_overflow(body):
        raise BadRequest(UNREADABLE, reason="a number is too large")
    return Item(
        _typed(values.get("method"), str),
        _typed(values.get("url"), str),
        headers,
        None if body is None else _typed(body, dict),
    )


def _expected(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    try:
        return strict_json.expected(values, names)
    except strict_json.DuplicateKey as error:
        raise BadRequest(UNREADABLE, reason=str(error)) from error


def _typed(value: Any, kind: type) -> Any:
    """Return ``value``, an empty one for null. Raise ``BadRequest`` if it is of another type."""
    if value is None:
        return kind()
    if type(value) is not kind:
        raise BadRequest(UNREADABLE, reason=f"{kind.__name__} expected, got {value!r:.50}")
    return value


def _check(items: list[Item], most: int) -> None:
    errors: dict[str, Any] = {}
    if not items:
        raise BadRequest(INVALID, {"requests": required()})
    if len(items) > most:
        raise BadRequest(INVALID, {"requests": _too_long(most)})
    for at, item in enumerate(items):
        found: dict[str, FieldError] = {}
        if not item.method:
            found["method"] = required()
        elif item.method not in METHODS:
            found["method"] = FieldError("validation_in_invalid", "Must be a valid value.")
        if not item.url:
            found["url"] = required()
        elif len(item.url) > MAX_URL_LENGTH:
            found["url"] = _too_long(MAX_URL_LENGTH)
        if found:
            errors[str(at)] = found
    if errors:
        raise BadRequest(INVALID, {"requests": errors})


def _too_long(most: int) -> FieldError:
    return FieldError(
        "validation_length_too_long",
        f"The length must be no more than {most}.",
        {"max": most, "min": 0},
    )


def _give_files(items: list[Item], files: multipart.Files) -> None:
    """Hand the files named ``requests.N.field`` to the items they belong to.

    They stand in place of what the item's own JSON says under that key.
    """
    for form in _FILE_KEYS:
        for key, uploads in files.items():
            named = form.fullmatch(key)
            at = int(named[1]) if named else len(items)
            if named is None or at >= len(items):
                continue
            item, name = items[at], named[2]
            item.files.setdefault(name, []).extend(uploads)
            if item.body and name in item.body:
                del item.body[name]
