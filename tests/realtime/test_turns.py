from concurrent.futures import ThreadPoolExecutor

import pytest

from realtime import turns
from realtime.turns import Counter, Sequence


def test_a_counter_is_one_for_all_who_open_it(tmp_path):
    path = tmp_path / "turns"
    one = Counter(path, create=True)
    two = Counter(path)
    assert [one.next(), two.next(), one.next()] == [1, 2, 3]

    def draw(counter):
        return [counter.next() for _ in range(200)]

    with ThreadPoolExecutor(2) as pool:
        drawn = [number for numbers in pool.map(draw, (one, two)) for number in numbers]
    assert sorted(drawn) == list(range(4, 404))
    one.close()
    two.close()


def test_a_counter_of_nobody(tmp_path):
    with pytest.raises(FileNotFoundError):
        Counter(tmp_path / "turns")


def test_steps_are_made_in_order():
    made, sequence = [], Sequence()
    for number in (3, 1, 2, 5, 4):
        sequence.take(number, lambda number=number: made.append(number))
    assert made == [1, 2, 3, 4, 5]


def test_what_never_comes_is_skipped(monkeypatch):
    made, sequence = [], Sequence()
    for number in (1, 3, 4, 6):
        sequence.take(number, lambda number=number: made.append(number))
    assert not sequence.skip_lost()
    assert made == [1]
    monkeypatch.setattr(turns, "LOST_AFTER_S", 0)
    assert sequence.skip_lost()
    assert made == [1, 3, 4]
    # late is better than never
    sequence.take(2, lambda: made.append(2))
    assert sequence.skip_lost()
    assert not sequence.skip_lost()
    assert made == [1, 3, 4, 2, 6]


def test_a_step_that_fails_stops_no_other(caplog):
    made, sequence = [], Sequence()
    sequence.take(2, lambda: made.append(2))
    sequence.take(1, lambda: 1 / 0)
    assert made == [2]
    assert "an event is lost" in caplog.text
    assert not sequence.is_waiting
