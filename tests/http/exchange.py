"""One request on a connection of its own, its path and headers as given, and what came back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.servers import Holdall, PocketBase

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"

#: what HTTP servers add or leave out by themselves
_OF_SERVERS = ("date", "server", "content-length", "connection", "transfer-encoding")
#: what is another each time
_CHANGING = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z"), "DATE"),
    (re.compile(r'"(id|token)":"[^"]+"'), r'"\1":"*"'),
    (re.compile(r'(\\"\w+?)_[a-z0-9]{10}\.zip'), r"\1.zip"),
    (re.compile(r"[0-9a-f]{60}"), "BOUNDARY"),
)


class Answer(NamedTuple):
    """``headers`` are sorted; ``body`` is normalised: keys sorted, what changes masked."""

    status: int
    headers: list[tuple[str, str]]
    body: str


@contextmanager
def both_servers(folder: Path) -> Iterator[tuple[PocketBase, Holdall]]:
    """Run PocketBase and two workers of ours beside each other; skip where it is not installed."""
    if PocketBase.absent():
        pytest.skip(PocketBase.absent())
    with PocketBase(folder / "pb") as theirs, Holdall(folder / "data", "--workers", "2") as ours:
        yield theirs, ours


def ask(
    server: Any,
    method: str,
    path: str,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    body: object = None,
    *,
    root: bool = False,
) -> Answer:
    """Send a request to ``server``; ``body`` is sent as it is if text or bytes, else as JSON.

    With ``Transfer-Encoding`` among the headers it is to be in chunks already.
    """
    lines = list(headers.items() if isinstance(headers, Mapping) else headers)
    if body is not None and not isinstance(body, str | bytes):
        body = json.dumps(body)
        lines.append(("Content-Type", JSON))
    content = body.encode() if isinstance(body, str) else body or b""
    if root:
        lines.append(("Authorization", server.http.headers["Authorization"]))
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in lines:
            connection.putheader(name, value.encode("latin-1"))
        is_chunked = any(name.lower() == "transfer-encoding" for name, _ in lines)
        if not is_chunked and (content or method in ("POST", "PUT", "PATCH")):
            connection.putheader("Content-Length", str(len(content)))
        connection.endheaders(content)
        response = connection.getresponse()
        return Answer(
            response.status,
            sorted(
                (name.lower(), _masked(value))
                for name, value in response.getheaders()
                if name.lower() not in _OF_SERVERS
            ),
            _shown(response.read()),
        )
    finally:
        connection.close()


def _shown(body: bytes) -> str:
    try:
        return _masked(json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")))
    except ValueError:
        return _masked(body.decode("latin-1"))


def _masked(text: str) -> str:
    for pattern, mask in _CHANGING:
        text = pattern.sub(mask, text)
    return text
