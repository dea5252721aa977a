"""Steps of ``on_commit_in_turn``: in the order of the commits, and none for what is undone."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from core_app.transactions import gate, on_commit_in_turn, write

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.sqlite
def test_steps_run_while_the_gate_is_closed():
    ran = []

    def is_held():
        other = threading.Thread(target=lambda: ran.append(gate._lock.acquire(blocking=False)))
        other.start()
        other.join()

    with write():
        transaction.on_commit(lambda: ran.append("plain"))
        on_commit_in_turn(is_held)
        on_commit_in_turn(lambda: ran.append("second"))
    assert ran == [False, "second", "plain"]


def test_steps_of_undone_savepoints_do_not_run():
    ran = []

    def fail():
        with write():
            on_commit_in_turn(lambda: ran.append("undone"))
            on_commit_in_turn(lambda: ran.append("undone too"))
            raise RuntimeError

    with write():
        on_commit_in_turn(lambda: ran.append(1))
        transaction.on_commit(lambda: ran.append("plain"))
        with pytest.raises(RuntimeError):
            fail()
        on_commit_in_turn(lambda: ran.append(2))
        with write():
            on_commit_in_turn(lambda: ran.append(3))
    assert ran == [1, 2, 3, "plain"]


def test_steps_of_a_rolled_back_transaction_do_not_run():
    ran = []

    def fail():
        with write():
            on_commit_in_turn(lambda: ran.append("undone"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with write():
        on_commit_in_turn(lambda: ran.append(1))
    assert ran == [1]


def test_outside_a_write_they_run_like_any_other():
    ran = []
    on_commit_in_turn(lambda: ran.append("at once"))
    with transaction.atomic():
        on_commit_in_turn(lambda: ran.append("after"))
        assert ran == ["at once"]
    assert ran == ["at once", "after"]
    assert not connection.in_atomic_block


def test_a_step_that_fails_stops_nothing(caplog):
    ran = []
    with write():
        on_commit_in_turn(lambda: 1 / 0)
        on_commit_in_turn(lambda: ran.append(1))
    assert ran == [1]
    assert "ZeroDivisionError" in caplog.text or "division" in caplog.text
    with write():
        pass
