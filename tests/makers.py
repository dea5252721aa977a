"""Makers: JSON of fields, and functions that make what a test needs in one line.

``from tests.makers import text, number, relation``; the functions below come as fixtures of the
same name (see ``conftest``), which bring the database with them.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

PASSWORD = "1234567890"

Field = dict[str, Any]


def field(type_name: str, name: str, **options: Any) -> Field:
    """Return the JSON of a field: ``field("text", "title", required=True)``."""
    return {"type": type_name, "name": name, **options}


def _maker(type_name: str):
    def make(name: str, **options: Any) -> Field:
        return field(type_name, name, **options)

    make.__doc__ = f"Return the JSON of a ``{type_name}`` field."
    return make


text = _maker("text")
number = _maker("number")
boolean = _maker("bool")
email = _maker("email")
url = _maker("url")
editor = _maker("editor")
date = _maker("date")
autodate = _maker("autodate")
json_field = _maker("json")
file = _maker("file")
password = _maker("password")
geo_point = _maker("geoPoint")


def select(name: str, *values: str, **options: Any) -> Field:
    """Return the JSON of a ``select`` field; several values need ``maxSelect``."""
    return field("select", name, values=list(values), **options)


def relation(name: str, target: Any, **options: Any) -> Field:
    """Return the JSON of a ``relation`` to ``target``, a collection or its id."""
    return field("relation", name, collectionId=getattr(target, "id", target), **options)


def make_collection(name: str, *fields: Field, **options: Any) -> Any:
    """Create a collection and return its definition.

    Rules are ``list_rule=…`` and so on (default: superusers only); ``indexes``, ``type``, ``id``
    and options of the type go by their JSON names.
    """
    from collections_app.schema_edit import service

    data: dict[str, Any] = {"name": name, "type": "base", "fields": list(fields)}
    for key, value in options.items():
        data[_rule_key(key)] = value
    return service.create(data)


def make_record(collection: Any, **values: Any) -> Any:
    """Create a record past all rules and return it."""
    from collections_app.records import service

    return service.create(_definition(collection), values)


def make_user(email: str = "user@example.com", collection: Any = "users", **values: Any) -> Any:
    """Create a verified auth record with ``PASSWORD`` and return it."""
    values = {"verified": True, **values}
    return make_record(
        collection, email=email, password=PASSWORD, passwordConfirm=PASSWORD, **values
    )


def make_superuser(email: str = "root@example.com", **values: Any) -> Any:
    """Create a superuser with ``PASSWORD`` and return the record."""
    return make_user(email, "_superusers", **values)


def upload(name: str, content: bytes = b"content", content_type: str = "") -> SimpleUploadedFile:
    """Return a file to send with ``api.upload``."""
    return SimpleUploadedFile(name, content, content_type or "application/octet-stream")


class Api:
    """A client of the API: thin over Django's, JSON in and out, signed in with ``as_``."""

    def __init__(self, token: str = "", **headers: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.token = token
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def as_(self, record: Any) -> Api:
        """Return a client signed in as an auth record (or with a token given as text)."""
        return Api(record if isinstance(record, str) else token_of(record), **self.headers)

    def using(self, **headers: str) -> Api:
        """Return a client that sends ``headers`` too (``X_Name="value"``)."""
        return Api(self.token, **self.headers, **headers)

    def get(self, path: str, **query: Any) -> Any:
        return self.request("GET", path, query=query)

    def head(self, path: str, **query: Any) -> Any:
        return self.request("HEAD", path, query=query)

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        return self.request("POST", path, body, query=query)

    def patch(self, path: str, body: Any = None, **query: Any) -> Any:
        return self.request("PATCH", path, body, query=query)

    def put(self, path: str, body: Any = None, **query: Any) -> Any:
        return self.request("PUT", path, body, query=query)

    def delete(self, path: str, body: Any = None, **query: Any) -> Any:
        return self.request("DELETE", path, body, query=query)

    def upload(self, path: str, data: dict[str, Any], method: str = "POST") -> Any:
        """Send ``data`` (texts, ``upload(…)`` files, lists of them) as a multipart form."""
        from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

        return self.request(method, path, encode_multipart(BOUNDARY, data), MULTIPART_CONTENT)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        content_type: str = "application/json",
        query: dict[str, Any] | None = None,
    ) -> Any:
        """Send anything; ``body`` is sent as JSON unless it is bytes or text already."""
        if body is not None and not isinstance(body, bytes | str):
            body = json.dumps(body)
        headers = dict(self.headers)
        if self.token:
            headers["Authorization"] = self.token
        return self.client.generic(
            method,
            path,
            body or b"",
            content_type if body is not None else "",
            headers=headers,
            query_params=query or None,
        )


def token_of(record: Any) -> str:
    """Return a token that signs ``record`` in."""
    from auth_app.tokens import sign
    from auth_app.tokens.kinds import TokenKind

    return sign.issue(record, TokenKind.AUTH)


def _definition(collection: Any) -> Any:
    from collections_app.schema import lookup

    # a definition may be older than the schema: go by its id
    return lookup.get(collection if isinstance(collection, str) else collection.id)


def _rule_key(key: str) -> str:
    first, _, second = key.partition("_")
    return f"{first}Rule" if second == "rule" else key
