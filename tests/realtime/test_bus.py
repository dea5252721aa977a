"""Several buses on one folder: each has its own thread and sockets, as in as many processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import threading
from concurrent import futures
from functools import partial

import pytest

from realtime import wire
from realtime.bus import Bus
from realtime.turns import Counter
from tests.realtime.transports import WAIT_S, Worker, eventually, note


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


@pytest.fixture
def make(folder):
    made = []

    def make_one(join=True):
        made.append(Worker(Bus(folder)) if join else Bus(folder))
        return made[-1]

    yield make_one
    for one in made:
        (one.bus if isinstance(one, Worker) else one).leave()


def test_a_turn_that_is_never_used_holds_up_nothing(make, folder):
    one, two = make(), make()
    for worker in (one, two):
        futures.wait(worker.bus.want(frozenset({"posts"})), WAIT_S)
    lost = Counter(folder / f"{one.bus.tag}.turn")
    two.bus.publish(note(1), ("posts",), None)
    assert lost.next() == 2  # somebody dies here
    lost.close()
    two.bus.publish(note(3), ("posts",), None)
    one.bus.publish(note(4), ("posts",), partial(one.told.put, 4))
    assert [one.next() for _ in range(3)] == [1, 3, 4]


def test_without_turns_messages_still_arrive(make, folder):
    one, two = make(), make()
    futures.wait(one.bus.want(frozenset({"posts"})), WAIT_S)
    (folder / f"{two.bus.tag}.turn").unlink()
    two.bus._counters.clear()
    two.bus.publish(note(1), ("posts",), partial(two.told.put, 1))
    assert one.next() == two.next() == 1


def test_who_does_not_read_is_given_up(make, monkeypatch):
    monkeypatch.setattr(wire, "MOST_WAITING", 1_000_000)
    one = make()
    two = make()
    stuck = threading.Event()
    take = two.take
    two.bus._inbox = lambda message, reply: stuck.wait(WAIT_S) and take(message, reply)
    eventually(lambda: not one.bus.is_wanted(("posts",)))
    for _ in range(40):
        one.bus.tell(note("x" * 100_000))
    eventually(lambda: not one.bus.is_wanted(()))
    stuck.set()
    # it is told so when it can be reached again
    two.missed.get(timeout=WAIT_S)
    eventually(lambda: one.bus.is_wanted(()))
    one.bus.tell(note("again"))
    while two.next() != "again":
        pass


def test_folder_and_sockets_are_their_owners_alone(make, folder):
    one = make()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sorted((path.name, path.stat().st_mode & 0o777) for path in folder.iterdir()) == [
        (f"{one.bus.tag}.sock", 0o600),
        (f"{one.bus.tag}.turn", 0o600),
    ]


def test_alone_nothing_is_wanted(make):
    assert not make().bus.is_wanted(("posts",))


def test_without_workers_a_command_starts_no_thread(make, folder):
    command = make(join=False)
    command.tell(note("a"))
    assert not command.is_wanted(("posts",))
    assert command._loop is None
    assert not folder.exists()


def test_sockets_of_the_dead_are_removed(make, folder):
    folder.mkdir(mode=0o700)
    path = folder / "deadbeef.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    make()
    assert not path.exists()


def test_long_paths(make, folder, tmp_path):
    deep = tmp_path / ("x" * 100) / "run"
    one, two = Worker(Bus(deep)), Worker(Bus(deep))
    one.bus.tell(note("a"))
    assert two.next() == "a"
    one.bus.leave()
    two.bus.leave()


def test_another_process(make, folder):
    """A real process tells, is told, and leaves without a goodbye."""
    one = make()
    code = f"""
        import queue, sys
        from pathlib import Path
        from realtime.bus import Bus
        told = queue.Queue()
        bus = Bus(Path({str(folder)!r}))
        bus.join(lambda message, reply: told.put(message["text"]))
        bus.tell({{"kind": "note", "text": "hello"}})
        print(told.get(timeout={WAIT_S}), flush=True)
        sys.stdin.read()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    try:
        assert one.next() == "hello"
        one.bus.tell(note("welcome"))
        assert process.stdout.readline() == "welcome\n"
        process.kill()
        process.wait(WAIT_S)
        eventually(lambda: not one.bus.is_wanted(()))
        # its socket is still there until somebody tries it
        eventually(lambda: len(list(folder.iterdir())) == 2)
    finally:
        process.kill()
        process.wait(WAIT_S)
        process.stdin.close()
        process.stdout.close()
