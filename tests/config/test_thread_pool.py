import asyncio
import threading
import time

import pytest

from config import thread_pool
from config.thread_pool import ThreadPool


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
