"""Two ``serve`` processes that only Redis connects: what one commits the other's clients hear."""

from __future__ import annotations

import itertools

import pytest

from tests.realtime.sse import Sse
from tests.realtime.test_workers import TITLE, create, subscribe
from tests.servers import Holdall

pytestmark = pytest.mark.server

_numbers = itertools.count()


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Return how a server of one installation is started; ``url`` is its Redis."""
    data = tmp_path_factory.mktemp("machines") / "data"

    def make(url, prefix, *, first=False):
        server = Holdall(data, "--workers", "1", REDIS_URL=url, HOLDALL_REDIS_PREFIX=prefix)
        server.has_superuser = not first
        server.wait_s = 120.0
        return server

    return make


@pytest.fixture
def servers(start, redis_server):
    with (
        start(redis_server.url, "a", first=True) as one,
        start(redis_server.url, "a") as two,
    ):
        yield one, two
        assert not list((one.data / "run").glob("*.sock")), "they do not talk past Redis"


@pytest.fixture
def posts(servers):
    name = f"posts{next(_numbers)}"
    body = {"name": name, "fields": [TITLE], "listRule": ""}
    servers[0].http.post("/api/collections", json=body).raise_for_status()
    return name


def titles(stream, count):
    return [record["title"] for _, _, record in stream.records(count)]


def test_one_order_for_both_and_what_redis_does_not_survive(servers, posts, redis_server):
    one, two = servers
    streams = [Sse(server) for server in servers]
    for stream in streams:
        # the other server answers for it
        subscribe(stream, two.guest if stream.server is one else one.guest, posts, "news")
    for number in range(20):
        create(servers[number % 2].http, posts, title=str(number))
    for stream in streams:
        assert titles(stream, 20) == [str(number) for number in range(20)]
    code = (
        "from collections_app import records; from realtime import custom;"
        f"records.create('{posts}', title='command'); custom.send('news', 1)"
    )
    done = one.manage("shell", "-c", code)
    assert done.returncode == 0, done.stderr
    for stream in streams:
        assert titles(stream, 1) == ["command"]
        assert stream.next()[1:] == ("news", "1")

    redis_server.stop()
    create(one.http, posts, title="away")
    assert titles(streams[0], 1) == ["away"]
    redis_server.start()
    assert titles(streams[1], 1) == ["away"]
    create(two.http, posts, title="back")
    for stream in streams:
        assert titles(stream, 1) == ["back"]
    for stream in streams:
        stream.close()
