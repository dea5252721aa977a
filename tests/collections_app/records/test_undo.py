from __future__ import annotations

import pytest

from collections_app.records.undo import on_failure, undoing


def fail(*steps):
    """A block that registers ``steps`` and fails."""
    with undoing():
        for step in steps:
            on_failure(step)
        raise ValueError("x")


def test_success_forgets():
    done = []
    with undoing():
        on_failure(lambda: done.append(1))
    with pytest.raises(ValueError, match="x"):
        fail()
    assert done == []


def test_failure_undoes_last_first():
    done = []
    with pytest.raises(ValueError, match="x"):
        fail(lambda: done.append(1), lambda: done.append(2))
    assert done == [2, 1]


def test_inner_failure_undoes_its_own():
    done = []
    with undoing():
        on_failure(lambda: done.append("outer"))
        with pytest.raises(ValueError, match="x"):
            fail(lambda: done.append("inner"))
    assert done == ["inner"]


def test_outer_failure_undoes_finished_blocks():
    done = []

    def finish_then_fail():
        with undoing():
            with undoing():
                on_failure(lambda: done.append("inner"))
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        finish_then_fail()
    assert done == ["inner"]
