import multiprocessing

import pytest

from core_app.shared_counters import SharedCounters


@pytest.fixture
def counters(tmp_path):
    return SharedCounters(tmp_path / "counters")


def test_window_begins_with_the_first_count(counters):
    counts = [counters.add("a", 10, now) for now in (100.9, 101, 109.9, 110.0, 111)]
    assert counts == [1, 2, 3, 1, 2]


def test_keys_are_apart(counters):
    assert [counters.add(key, 10, 1) for key in ("a", "b", "a", "b", "c")] == [1, 1, 2, 2, 1]


def test_full_table_gives_up_the_oldest(tmp_path):
    counters = SharedCounters(tmp_path / "counters", slots=8)
    for number in range(8):
        counters.add(f"key {number}", 1000, 100 + number)
    counters.add("new", 1000, 200)
    counts = [counters.add(f"key {number}", 1000, 201) for number in range(7, 0, -1)]
    assert counts == [2] * 7


def test_processes_share(tmp_path):
    path = tmp_path / "counters"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=count, args=(path, 500)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert SharedCounters(path).add("key", 10_000, 100) == 1501


def count(path, times):
    counters = SharedCounters(path)
    for _ in range(times):
        counters.add("key", 10_000, 100)
