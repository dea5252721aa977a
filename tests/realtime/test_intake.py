"""Jobs in the order they came: in the loop where that is possible, in the thread behind others."""

from __future__ import annotations

import threading

import pytest

from realtime.intake import Intake
from realtime.outlet import Outlet
from realtime.worker_thread import WorkerThread
from tests.realtime.conftest import WAIT_S


class Work:
    """What was done, and whether by an attempt or by the thread."""

    def __init__(self):
        self.done = []
        self.finished = threading.Semaphore(0)

    def job(self, name):
        return lambda: self.note(name, "thread")

    def attempt(self, name):
        return lambda: self.note(name, "loop")

    def note(self, name, where):
        self.done.append((name, where))
        self.finished.release()
        return True

    def wait(self, count):
        for _ in range(count):
            assert self.finished.acquire(timeout=WAIT_S)
        return self.done


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def thread():
    made = WorkerThread("intake-test")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def outlet(loop):
    made = Outlet()
    made.attach(loop)
    return made


def fail():
    return False


def test_what_can_be_done_at_once_is(work, thread, outlet):
    intake = Intake(outlet, thread)
    for name in range(100):
        intake.do(work.job(name), work.attempt(name))
    assert work.wait(100) == [(name, "loop") for name in range(100)]


def test_what_cannot_is_the_thread_s_and_the_next_wait_for_it(work, thread, outlet, loop):
    intake = Intake(outlet, thread)
    may_go_on, came_to_it = threading.Event(), threading.Event()

    def slow():
        came_to_it.set()
        assert may_go_on.wait(WAIT_S)
        work.note("slow", "thread")

    intake.do(slow, fail)
    assert came_to_it.wait(WAIT_S)
    intake.do(work.job("next"), work.attempt("next"))
    passed = threading.Event()
    loop.call_soon_threadsafe(passed.set)  # the loop has been through what came before
    assert passed.wait(WAIT_S)
    assert work.done == []
    may_go_on.set()
    assert work.wait(2) == [("slow", "thread"), ("next", "thread")]


def test_an_attempt_that_fails_is_made_good_by_the_thread(work, thread, outlet, caplog):
    intake = Intake(outlet, thread)
    intake.do(work.job("a"), lambda: 1 / 0)
    assert work.wait(1) == [("a", "thread")]
    assert "ZeroDivisionError" in caplog.text


def test_without_a_loop_the_thread_does_everything(work, thread):
    intake = Intake(Outlet(), thread)
    for name in range(100):
        intake.do(work.job(name), work.attempt(name))
    assert work.wait(100) == [(name, "thread") for name in range(100)]


def test_what_is_not_begun_can_be_dropped(work, thread, outlet):
    intake = Intake(outlet, thread)
    may_go_on, came_to_it = threading.Event(), threading.Event()

    def slow():
        came_to_it.set()
        assert may_go_on.wait(WAIT_S)

    intake.do(slow)
    assert came_to_it.wait(WAIT_S)
    for name in range(100):
        intake.do(work.job(name))
    assert len(intake) == 100
    intake.forget()
    assert len(intake) == 0
    may_go_on.set()
    intake.do(work.job("after"))
    assert work.wait(1) == [("after", "thread")]
