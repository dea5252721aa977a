import asyncio
import threading
import time

import pytest

from config import thread_pool
from config.thread_pool import Failed, ThreadPool, Unsettled


@pytest.fixture
async def pool():
    pool = ThreadPool(3)
    pool.start(asyncio.get_running_loop())
    yield pool
    await asyncio.to_thread(pool.stop)


async def test_results_and_errors(pool):
    async def divided(number):
        return await pool.run(lambda by: 12 // by, number)

    outcomes = await asyncio.gather(*map(divided, range(200)), return_exceptions=True)
    assert isinstance(outcomes[0], ZeroDivisionError)
    assert outcomes[1:] == [12 // number for number in range(1, 200)]


def name(_):
    return threading.current_thread().name


async def test_short_jobs_run_one_after_the_other_in_the_same_thread(pool, monkeypatch):
    monkeypatch.setattr(thread_pool, "PATIENCE_S", 60)  # on a busy machine, short jobs may be long
    names = await asyncio.gather(*(pool.run(name, None) for _ in range(60)))
    assert set(names) == {"django-0"}


async def test_long_jobs_are_overtaken(pool, monkeypatch):
    gate = threading.Event()
    long = pool.run(lambda _: gate.wait(60), None)
    assert await pool.run(name, None) == "django-1"
    longer = pool.run(lambda _: gate.wait(60), None)
    assert await pool.run(name, None) == "django-2"
    monkeypatch.setattr(thread_pool, "PATIENCE_S", 60)
    gate.set()
    assert await asyncio.gather(long, longer) == [True, True]
    names = await asyncio.gather(*(pool.run(name, None) for _ in range(60)))
    assert len(set(names)) == 1, "one lane again"


async def test_a_result_does_not_wait_for_the_job_after_it(pool):
    gate = threading.Event()
    short, long = pool.run(name, None), pool.run(lambda _: gate.wait(60), None)
    assert await short == "django-0"
    assert not long.done()
    gate.set()
    assert await long


async def test_as_many_run_at_the_same_time_as_there_are_threads(pool):
    barrier = threading.Barrier(3, timeout=60)
    await asyncio.gather(*(pool.run(lambda _: barrier.wait(), None) for _ in range(9)))


async def test_lanes():
    pool = ThreadPool(3, lanes=2)
    pool.start(asyncio.get_running_loop())
    first, second = threading.Event(), threading.Event()

    def hand_over(_):
        first.set()
        return second.wait(60)

    def answer(_):
        second.set()
        return first.wait(60)

    assert await asyncio.gather(pool.run(hand_over, None), pool.run(answer, None)) == [True, True]
    await asyncio.to_thread(pool.stop)


async def test_cancelled_caller_disturbs_nobody(pool):
    gate = threading.Event()
    blocked = [asyncio.ensure_future(pool.run(lambda _: gate.wait(10), None)) for _ in range(3)]
    blocked[0].cancel()
    gate.set()
    await asyncio.gather(*blocked, return_exceptions=True)
    assert await pool.run(lambda value: value, "fine") == "fine"


async def test_stop_finishes_what_was_taken():
    pool = ThreadPool(2)
    pool.start(asyncio.get_running_loop())
    done = []

    def work(number):
        time.sleep(0.01)
        done.append(number)

    futures = [pool.run(work, number) for number in range(10)]
    await asyncio.to_thread(pool.stop)
    await asyncio.gather(*futures)
    assert sorted(done) == list(range(10))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("django-")]


@pytest.fixture
async def settling():
    """A pool that notes what it makes final at once: ``settled``."""
    settled = []

    def settle(waiting):
        settled.append(list(waiting))
        if "wrong" in waiting:
            raise LookupError("all of them")
        return [Failed(KeyError(about)) if about == "failed" else about * 2 for about in waiting]

    pool = ThreadPool(3, settle=settle)
    pool.settled = settled
    pool.start(asyncio.get_running_loop())
    yield pool
    await asyncio.to_thread(pool.stop)


async def test_what_comes_at_once_is_settled_at_once(settling, monkeypatch):
    monkeypatch.setattr(thread_pool, "PATIENCE_S", 60)
    gate = threading.Event()
    first = settling.run(lambda _: gate.wait(60), None)
    jobs = [settling.run(Unsettled, about) for about in ("a", "failed", "c")]
    final = settling.run(str.upper, "d")
    gate.set()
    assert await first is True
    assert await final == "D"
    outcomes = await asyncio.gather(*jobs, return_exceptions=True)
    assert outcomes[0::2] == ["aa", "cc"]
    assert isinstance(outcomes[1], KeyError)
    assert settling.settled == [["a", "failed", "c"]]


async def test_not_too_many_are_settled_at_once(settling, monkeypatch):
    monkeypatch.setattr(thread_pool, "PATIENCE_S", 60)
    gate = threading.Event()
    first = settling.run(lambda _: gate.wait(60), None)
    jobs = [settling.run(Unsettled, "a") for _ in range(40)]
    gate.set()
    assert await asyncio.gather(*jobs) == ["aa"] * 40
    assert [len(waiting) for waiting in settling.settled] == [16, 16, 8]
    await first


async def test_a_job_that_takes_long_holds_up_nothing_that_is_to_be_settled(settling):
    first, last = threading.Event(), threading.Event()
    before = settling.run(lambda _: first.wait(60), None)
    unsettled = settling.run(Unsettled, "a")
    long = settling.run(lambda _: last.wait(60), None)
    first.set()
    assert await before is True
    assert await unsettled == "aa"
    assert not long.done()
    last.set()
    assert await long is True


async def test_what_cannot_be_settled(settling):
    with pytest.raises(LookupError, match="all of them"):
        await settling.run(Unsettled, "wrong")
    assert await settling.run(Unsettled, "a") == "aa"
