"""What every transport does: several on one folder, Redis or PostgreSQL, each like a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from concurrent import futures
from functools import partial

import pytest

from realtime.bus import Bus
from realtime.stores.postgresql import PostgresStream
from realtime.stores.redis import RedisStream
from realtime.stream_bus import StreamBus
from tests.realtime.transports import WAIT_S, Worker, eventually, note


@pytest.fixture(params=["bus", "redis", "postgres"])
def transport(request, tmp_path):
    """Return how a transport is made, as Python text too."""
    if request.param == "bus":
        folder = tmp_path / "run"
        code = f"from realtime.bus import Bus; bus = Bus(Path({str(folder)!r}))"
        return partial(Bus, folder), code
    if request.param == "redis":
        made, name = RedisStream, "redis"
        url, prefix = request.getfixturevalue("redis_keys")
    else:
        made, name = PostgresStream, "postgresql"
        url, prefix = request.getfixturevalue("postgres_database"), "test"
    code = (
        "from realtime.stream_bus import StreamBus;"
        f" from realtime.stores.{name} import {made.__name__};"
        f" bus = StreamBus({made.__name__}({url!r}, {prefix!r}))"
    )
    return lambda: StreamBus(made(url, prefix)), code


@pytest.fixture
def make(transport):
    made = []

    def make_one(join=True):
        bus = transport[0]()
        made.append(Worker(bus) if join else bus)
        return made[-1]

    yield make_one
    for one in made:
        (one.bus if isinstance(one, Worker) else one).leave()


def test_everybody_is_told_in_order(make):
    one, two, three = make(), make(), make()
    for number in range(200):
        one.bus.tell(note(number))
    assert [two.next() for _ in range(200)] == list(range(200))
    assert [three.next() for _ in range(200)] == list(range(200))
    two.bus.tell(note("back"))
    assert one.next() == three.next() == "back"
    assert two.told.empty()


def test_what_is_published_comes_to_all_in_one_order(make):
    """Publishers take turns, as the write gate makes them; messages may overtake each other."""
    workers = [make(), make(), make()]
    command = make(join=False)
    for worker in workers:
        futures.wait(worker.bus.want(frozenset({"posts"})), WAIT_S)
    for number in range(300):
        at = number % 4
        if at == 3:
            command.publish(note(number), ("posts",), None)
        else:
            me = partial(workers[at].told.put, number)
            workers[at].bus.publish(note(number), ("posts",), me)
    for worker in workers:
        assert [worker.next() for _ in range(300)] == list(range(300))


def test_questions_take_their_turn(make):
    workers = [make(), make()]
    for worker in workers:
        futures.wait(worker.bus.want(frozenset({"posts"})), WAIT_S)
    one, two = workers
    for number in range(0, 200, 2):
        two.bus.publish(note(number), ("posts",), partial(two.told.put, number))
        one.bus.ask_all(note(number + 1), ("posts",), partial(one.told.put, number + 1))
    for worker in workers:
        assert [worker.next() for _ in range(200)] == list(range(200))


def test_a_killed_process_has_told_what_it_published(make, transport):
    """Published is sent: nothing is left to do for a thread that may not come to it."""
    one = make()
    futures.wait(one.bus.want(frozenset({"posts"})), WAIT_S)
    code = f"""
        import os, signal
        from pathlib import Path
        {transport[1]}
        for number in range(100):
            bus.publish({{"kind": "note", "text": number}}, ("posts",), None)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL
    assert [one.next() for _ in range(100)] == list(range(100))


def test_who_has_no_interest_gets_no_turn(make):
    one, two = make(), make()
    eventually(lambda: not one.bus.is_wanted(("posts",)))
    one.bus.publish(note(1), ("posts",), partial(one.told.put, 1))
    one.bus.ask(two.bus.tag, {"kind": "question", "text": "have you read it"}).result(WAIT_S)
    futures.wait(two.bus.want(frozenset({"posts"})), WAIT_S)
    one.bus.publish(note(2), ("posts",), None)
    assert one.next() == 1
    assert two.next() == 2


def test_large_messages(make):
    one, two = make(), make()
    text = "é" * 3_000_000
    one.bus.tell(note(text))
    one.bus.tell(note("after"))
    assert two.next() == text
    assert two.next() == "after"


def test_interests(make):
    one, two, three = make(), make(), make()
    assert not one.bus.is_wanted(("posts",))
    futures.wait(two.bus.want(frozenset({"posts"})), WAIT_S)
    assert one.bus.is_wanted(("posts", "pbc_1"))
    assert not one.bus.is_wanted(("tags",))
    one.bus.tell(note("a"), ("posts",))
    one.bus.tell(note("b"), ("tags",))
    one.bus.tell(note("c"))
    assert [two.next(), two.next()] == ["a", "c"]
    assert three.next() == "c"
    futures.wait(two.bus.want(frozenset()), WAIT_S)
    assert not one.bus.is_wanted(("posts",))


def test_newcomers_learn_interests_at_once(make):
    one = make()
    one.bus.want(frozenset({"posts"}))
    two = make()
    assert two.bus.is_wanted(("posts",))
    assert not two.bus.is_wanted(("tags",))
    two.bus.tell(note("a"), ("posts",))
    assert one.next() == "a"


def test_questions(make):
    one, two = make(), make()
    answer = one.bus.ask(two.bus.tag, {"kind": "question", "text": "hm"}).result(WAIT_S)
    assert answer["answer"] == "hm!"
    assert one.bus.ask("nobody42", {"kind": "question", "text": "hm"}).result(WAIT_S) is None
    answers = one.bus.ask_all({"kind": "question", "text": "all"}, (), None)
    assert [answer.result(WAIT_S)["answer"] for answer in answers] == ["all!"]


def test_a_question_to_who_goes_away_is_answered_with_none(make):
    one, two = make(), make()
    answer = one.bus.ask(two.bus.tag, {"kind": "unanswered"})
    assert not answer.done()
    two.bus.leave()
    assert answer.result(WAIT_S) is None
    eventually(lambda: not one.bus.is_wanted(()))


def test_who_is_no_worker_tells_and_is_told_nothing(make):
    one = make()
    one.bus.want(frozenset({"posts"}))
    command = make(join=False)
    command.tell(note("a"), ("posts",))
    assert one.next() == "a"
    assert not one.bus.is_wanted(())
    command.flush()
    futures.wait(one.bus.want(frozenset({"tags"})), WAIT_S)
    assert not command.is_wanted(("posts",))


def test_a_command_finds_workers_that_come_later(make):
    command = make(join=False)
    assert not command.is_wanted(("posts",))
    one = make()
    one.bus.want(frozenset({"posts"}))
    eventually(lambda: command.is_wanted(("posts",)))
    command.tell(note("a"))
    assert one.next() == "a"
