"""A hub of the test's own and a harness that holds realtime connections open in its own loop."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import queue
import threading

import pytest
import redis

from collections_app.schema import lookup, snapshot
from realtime import hub as hubs
from realtime import stream as streams
from realtime.bus import Bus
from realtime.hub import Hub
from tests import makers
from tests.postgres import empty_database
from tests.realtime.transports import RedisServer

WAIT_S = 60.0


def pytest_collection_modifyitems(items):
    """Tests commit, since other threads must see what they write."""
    for item in items:
        if "tests/realtime/" in item.path.as_posix() and "db" in item.fixturenames:
            item.add_marker(pytest.mark.django_db(transaction=True))


class Stream:
    """One open ``GET /api/realtime``: ``next()`` is the next event as ``(id, name, data)``."""

    def __init__(self, loop, headers=(), client=("127.0.0.1", 5000), is_reading=True):
        self.loop = loop
        self.start = None
        self.ended = threading.Event()
        self.body_ended = False
        self._events = queue.Queue()
        self._rest = b""
        self._reads = asyncio.Event()
        if is_reading:
            self._reads.set()
        self._requests = asyncio.Queue()
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": "/api/realtime",
            "raw_path": b"/api/realtime",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers],
            "client": client,
            "server": ("testserver", 80),
            "scheme": "http",
            "http_version": "1.1",
        }
        self._future = asyncio.run_coroutine_threadsafe(self._run(), loop)

    async def _run(self):
        await self._requests.put({"type": "http.request", "body": b"", "more_body": False})
        try:
            await streams.application(self.scope, self._requests.get, self._send)
        finally:
            self.ended.set()
            self._events.put(None)

    async def _send(self, message):
        if message["type"] == "http.response.start":
            self.start = message
            return
        await self._reads.wait()
        self._rest += message["body"]
        *whole, self._rest = self._rest.split(b"\n\n")
        for event in whole:
            lines = event.decode().split("\n")
            assert [line.split(":", 1)[0] for line in lines] == ["id", "event", "data"]
            self._events.put(tuple(line.split(":", 1)[1] for line in lines))
        if not message.get("more_body"):
            self.body_ended = True

    def next(self):
        """Return the next event; ``None`` at the end."""
        return self._events.get(timeout=WAIT_S)

    def connected(self):
        """Take the first event and remember the client's id."""
        self.id, name, data = self.next()
        assert name == "PB_CONNECT"
        assert json.loads(data) == {"clientId": self.id}
        return self

    def record(self):
        """Return the next event as ``(name, action, record)``."""
        event = self.next()
        assert event is not None, "the stream has ended"
        data = json.loads(event[2])
        return event[1], data["action"], data["record"]

    def read(self):
        """Start reading what was held back."""
        self.loop.call_soon_threadsafe(self._reads.set)

    def leave(self):
        """Close the connection from the client's side, and wait for the end of it."""
        gone = self._requests.put({"type": "http.disconnect"})
        asyncio.run_coroutine_threadsafe(gone, self.loop)
        self.wait_for_end()

    def wait_for_end(self):
        assert self.ended.wait(WAIT_S)
        self._future.result(WAIT_S)


@pytest.fixture
def hub(db, tmp_path, monkeypatch):
    """The hub of this process, started; its bus has a folder of its own."""
    made = Hub(Bus(tmp_path / "run"))
    monkeypatch.setattr(hubs, "_current", made)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def loop():
    """An event loop in a thread of its own."""
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=made.run_forever)
    thread.start()
    yield made
    made.call_soon_threadsafe(made.stop)
    thread.join(WAIT_S)
    made.close()


@pytest.fixture
def connect(hub, loop):
    """Open connections: ``connect("posts/*", as_=user)``."""
    opened = []

    def open_one(*topics, as_=None, **options):
        stream = Stream(loop, **options)
        opened.append(stream)
        if options.get("is_reading", True):
            stream.connected()
            if topics:
                subscribe(stream, *topics, as_=as_)
        return stream

    yield open_one
    for stream in opened:
        if not stream.ended.is_set():
            stream.read()
            stream.leave()


def subscribe(stream, *topics, as_=None, status=204):
    """Post the topics of a stream; ``as_``: an auth record or a token."""
    api = makers.Api()
    if as_ is not None:
        api = api.as_(as_)
    response = api.post("/api/realtime", {"clientId": stream.id, "subscriptions": list(topics)})
    assert response.status_code == status, response.content
    return response


@pytest.fixture
def postgres_database():
    """The address of an empty PostgreSQL database."""
    with empty_database() as url:
        yield url


@pytest.fixture
def redis_keys():
    """Return the URL of a Redis and a prefix of the test's own; what is there is removed after."""
    url = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
    client = redis.Redis.from_url(url, socket_connect_timeout=2)
    try:
        client.ping()
    except redis.RedisError as error:
        pytest.skip(f"no Redis at {url} (TEST_REDIS_URL): {error}")
    prefix = f"holdall-test-{os.getpid()}-{next(_numbers)}"
    yield url, prefix
    for key in client.scan_iter(f"{prefix}:*"):
        client.delete(key)
    client.close()


@pytest.fixture
def redis_server(tmp_path):
    """A Redis of the test's own that may be stopped."""
    reason = RedisServer.absent()
    if reason:
        pytest.skip(reason)
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


_numbers = itertools.count()


@pytest.fixture
def collection(hub):
    """Make a collection with a name of its own."""

    def make(*fields, **options):
        name = options.pop("name", f"rt{next(_numbers)}")
        return makers.make_collection(name, *fields, **options)

    return make


@pytest.fixture(params=["as requests do", "as commands do"])
def act(request):
    """Service calls by collection, past all rules.

    What a request commits goes by a schema that it has made sure of, so workers that hold it too
    may tell of it without a look at the database.
    """
    return Act(is_request=request.param == "as requests do")


class Act:
    def __init__(self, is_request):
        self._is_request = is_request

    def create(self, collection, **values):
        return self._do(lambda: makers.make_record(collection, **values))

    def update(self, record, **values):
        from collections_app.records import service

        return self._do(lambda: service.update(lookup.get(record.collection_id), record.id, values))

    def delete(self, record):
        from collections_app.records import service

        self._do(lambda: service.delete(lookup.get(record.collection_id), record.id))

    def _do(self, work):
        if not self._is_request:
            return work()
        with snapshot.pinned():
            return snapshot.by_newest(work)
