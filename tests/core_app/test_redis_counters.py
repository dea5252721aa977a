import time
from contextlib import ExitStack

import pytest

from core_app import rate_limits
from core_app.redis_counters import RedisCounters
from core_app.shared_counters import SharedCounters
from tests.realtime.transports import RedisServer
from tests.waiting import until


@pytest.fixture
def redis_server(tmp_path):
    if reason := RedisServer.absent():
        pytest.skip(reason)
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def machine(tmp_path, redis_server):
    """Return how the counters of a machine are made; their connections are closed at the end."""
    with ExitStack() as stack:

        def make(name, **options):
            counters = RedisCounters(
                redis_server.url, "a", SharedCounters(tmp_path / name), **options
            )
            stack.callback(counters._redis.close)
            return counters

        yield make


def test_machines_count_together_and_each_for_itself_while_redis_is_away(
    machine, redis_server, caplog
):
    one, two = (machine(name, shunned_s=0) for name in ("one", "two"))
    assert [counters.add("key", 1000) for counters in (one, two, one)] == [1, 2, 3]
    assert two.add("another", 1000) == 1
    redis_server.stop()
    assert [counters.add("key", 1000) for counters in (one, one, two)] == [1, 2, 1]
    assert caplog.text.count("Redis is away") == 2, "each says it once"
    redis_server.start()
    assert [counters.add("key", 1000) for counters in (one, two)] == [1, 2]


def test_a_window_ends(machine):
    counters = machine("one")
    began = time.monotonic()
    counted = [counters.add("key", 2)]

    def begins_anew():
        counted.append(counters.add("key", 2))
        return counted[-1] == 1

    until(begins_anew)
    assert time.monotonic() - began > 1.9
    assert counted == [*range(1, len(counted)), 1]


def test_a_redis_that_is_away_is_let_alone(machine, redis_server, monkeypatch):
    counters = machine("one")
    redis_server.stop()
    assert counters.add("key", 1000) == 1
    redis_server.start()
    assert counters.add("key", 1000) == 2
    later = time.monotonic() + 6
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert counters.add("key", 1000) == 1


def test_rate_limits_count_there_if_there_is_a_redis(settings, redis_server):
    counters = rate_limits._counters.__wrapped__
    assert isinstance(counters(), SharedCounters)
    settings.REDIS_URL = redis_server.url
    assert isinstance(counters(), RedisCounters)
