"""More streams than a worker may hold are refused; ordinary requests go on."""

from __future__ import annotations

import time

import pytest

from tests.realtime.sse import Sse
from tests.servers import Holdall

#: of 40 connections 35 may be streams
CONNECTIONS, STREAMS = 40, 35


@pytest.fixture
def server(tmp_path):
    options = {"HOLDALL_MAX_CONNECTIONS": str(CONNECTIONS)}
    with Holdall(tmp_path / "data", "--workers", "1", **options) as running:
        yield running


def test_streams_leave_room_for_requests(server):
    streams = [Sse(server) for _ in range(STREAMS)]
    refused = server.guest.get("/api/realtime")
    assert (refused.status_code, refused.json()) == (
        503,
        {"data": {}, "message": "Too many connections, please try again later.", "status": 503},
    )
    assert refused.headers["connection"] == "close"
    # whoever has no connection yet gets one, and events go on
    http = server.http
    assert http.post(
        "/api/collections", json={"name": "posts", "type": "base", "listRule": ""}
    ).is_success
    for stream in streams:
        assert stream.subscribe(http, "posts/*").status_code == 204
    assert http.post("/api/collections/posts/records", json={}).is_success
    for stream in streams:
        [(name, action, _)] = stream.records(1)
        assert (name, action) == ("posts/*", "create")
    # who leaves makes room
    streams.pop().close()
    deadline = time.monotonic() + 60
    while not _is_taken(server):
        assert time.monotonic() < deadline
    for stream in streams:
        stream.close()


def _is_taken(server):
    with server.guest.stream("GET", "/api/realtime") as response:
        return response.status_code == 200
