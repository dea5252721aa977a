"""What happens when Redis goes away, comes back, forgets, or is read too slowly."""

from __future__ import annotations

import logging
import queue
from concurrent import futures
from functools import partial

import pytest
import redis

from realtime import stream_bus
from realtime.stores.redis import RedisStream
from realtime.stream_bus import StreamBus
from tests.realtime.transports import WAIT_S, Worker, eventually, note

POSTS = frozenset({"posts"})


@pytest.fixture
def make(redis_server):
    made = []

    def make_one(join=True):
        bus = StreamBus(RedisStream(redis_server.url, "test"))
        made.append(bus)
        return Worker(bus) if join else bus

    yield make_one
    for bus in made:
        bus.leave()


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(stream_bus, "BEAT_EVERY_S", 0.2)
    monkeypatch.setattr(stream_bus, "READ_S", 0.1)
    monkeypatch.setattr(stream_bus, "RETRY_S", 0.05)


def both_want_posts(*workers):
    for worker in workers:
        futures.wait(worker.bus.want(POSTS), WAIT_S)


def publish(worker, number):
    worker.bus.publish(note(number), ("posts",), partial(worker.told.put, number))


def away(worker):
    eventually(lambda: worker.bus._is_away)


def back(*workers):
    for worker in workers:
        eventually(lambda worker=worker: not worker.bus._is_away)


def test_while_it_is_away_each_has_its_own_and_later_all(make, redis_server):
    one, two = make(), make()
    both_want_posts(one, two)
    publish(one, 1)
    assert one.next() == two.next() == 1
    redis_server.stop()
    away(one)
    away(two)
    publish(one, 2)
    publish(one, 3)
    publish(two, 4)
    assert [one.next(), one.next()] == [2, 3]
    assert two.next() == 4
    asked = one.bus.ask(two.bus.tag, {"kind": "question", "text": "?"})
    assert asked.result(WAIT_S) is None
    redis_server.start()
    back(one, two)
    assert [two.next(), two.next()] == [2, 3]
    assert one.next() == 4
    publish(two, 5)
    assert one.next() == two.next() == 5
    eventually(lambda: one.bus.ask(two.bus.tag, {"kind": "question", "text": "?"}).result(WAIT_S))
    assert one.missed.empty()
    assert two.missed.empty()


def test_who_was_subscribed_while_it_was_away_has_missed_something(make, redis_server):
    one, two = make(), make()
    both_want_posts(one)
    redis_server.stop()
    away(two)
    assert two.bus.want(POSTS) == []
    redis_server.start()
    two.missed.get(timeout=WAIT_S)
    assert one.missed.empty()
    eventually(lambda: one.bus.is_wanted(("posts",)))
    publish(one, 1)
    assert two.next() == 1


def test_workers_that_start_without_it(make, redis_server):
    redis_server.stop()
    one, two = make(), make()
    both_want_posts(one, two)
    publish(one, 1)
    assert one.next() == 1
    redis_server.start()
    back(one, two)
    eventually(lambda: one.bus.is_wanted(("posts",)))
    publish(one, 2)
    assert one.next() == 2
    while two.next() != 2:
        pass


def test_commands_keep_what_they_tell(make, redis_server):
    one = make()
    both_want_posts(one)
    redis_server.stop()
    away(one)
    command = make(join=False)
    assert command.is_wanted(("posts",)), "nobody knows"
    command.publish(note(1), ("posts",), None)
    redis_server.start()
    back(one)
    command.flush()
    assert one.next() == 1


def test_what_is_lost_shows_with_the_next_message(make, redis_server):
    one, two = make(), make()
    both_want_posts(one, two)
    publish(one, 1)
    assert two.next() == 1
    one.bus._told += 1
    publish(one, 2)
    two.missed.get(timeout=WAIT_S)
    assert two.next() == 2
    publish(one, 3)
    assert two.next() == 3
    assert two.missed.empty()


def test_what_is_lost_shows_without_another_message(make, redis_server):
    one, two = make(), make()
    both_want_posts(one, two)
    publish(one, 1)
    assert two.next() == 1
    one.bus._told += 1
    two.missed.get(timeout=WAIT_S)
    publish(one, 2)
    assert two.next() == 2
    with pytest.raises(queue.Empty):
        two.missed.get(timeout=0.6)


def test_what_comes_twice_is_taken_once(make, redis_server):
    one, two = make(), make()
    both_want_posts(one, two)
    publish(one, 1)
    assert two.next() == 1
    client = redis.Redis.from_url(redis_server.url)
    for _, entry in client.xrange("test:told"):
        client.xadd("test:told", entry)
    client.close()
    publish(one, 2)
    assert two.next() == 2
    assert one.next() == 1
    assert one.next() == 2
    assert one.told.empty()
    assert one.missed.empty()
    assert two.missed.empty()


def test_the_stream_is_kept_short(make, redis_server, monkeypatch):
    monkeypatch.setattr(stream_bus, "MOST_TOLD", 200)
    monkeypatch.setattr(stream_bus, "MOST_KEPT", 50)
    one, two = make(), make()
    both_want_posts(one, two)
    for number in range(1500):
        publish(one, number)
    assert [one.next() for _ in range(1500)] == list(range(1500))
    client = redis.Redis.from_url(redis_server.url)
    assert client.xlen("test:told") < 400
    monkeypatch.setattr(stream_bus, "TOLD_FOR_S", -1)
    eventually(lambda: client.xlen("test:told") < 110)  # whole nodes of a hundred go
    client.close()
    redis_server.stop()
    away(one)
    for number in range(200):
        publish(one, number)
    assert len(one.bus._kept) == 50


def test_a_killed_worker_is_missed_by_nobody_for_long(make, redis_server, monkeypatch):
    monkeypatch.setattr(stream_bus, "GONE_AFTER_S", 0.5)
    one, two = make(), make()
    both_want_posts(one, two)
    eventually(lambda: one.bus.is_wanted(("posts",)))
    # it stops without a word, as if killed
    two.bus._is_leaving.set()
    two.bus._thread.join(WAIT_S)
    answer = one.bus.ask(two.bus.tag, {"kind": "question", "text": "?"})
    eventually(lambda: not one.bus.is_wanted(("posts",)))
    assert answer.result(WAIT_S) is None
    publish(one, 1)
    assert one.next() == 1


def test_an_unreadable_message_stops_nothing(make, redis_server, caplog):
    one = make()
    both_want_posts(one)
    client = redis.Redis.from_url(redis_server.url)
    with caplog.at_level(logging.ERROR):
        client.xadd("test:told", {"f": "x", "n": 1, "m": "nonsense"})
        client.xadd("test:told", {"nothing": "known"})
        client.close()
        command = make(join=False)
        command.publish(note(1), ("posts",), None)
        assert one.next() == 1
    assert "cannot be taken" in caplog.text
