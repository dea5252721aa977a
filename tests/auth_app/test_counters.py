from __future__ import annotations

import pytest

from auth_app import counters
from auth_app.models import Counter


@pytest.fixture
def clock(monkeypatch):
    """Set the time: ``clock(5)``."""
    now = [1000.0]
    monkeypatch.setattr(counters.time, "time", lambda: now[0])

    def set_to(moment):
        now[0] = 1000.0 + moment

    return set_to


@pytest.mark.django_db
def test_window_begins_with_the_first_hit(clock):
    assert [counters.hit("a", 10), counters.hit("a", 10)] == [1, 2]
    clock(9.9)
    assert counters.hit("a", 10) == 3
    clock(10)
    assert counters.hit("a", 10) == 1
    clock(19)
    assert counters.hit("a", 10) == 2


@pytest.mark.django_db
def test_keys_are_counted_apart(clock):
    assert [counters.hit("a", 10), counters.hit("b", 10), counters.hit("a", 10)] == [1, 1, 2]


@pytest.mark.django_db
def test_forget(clock):
    counters.hit("a", 10)
    counters.forget("a")
    assert counters.hit("a", 10) == 1


@pytest.mark.django_db
def test_clean_removes_what_has_ended(clock):
    counters.hit("a", 10)
    counters.hit("b", 20)
    clock(15)
    counters.clean()
    assert list(Counter.objects.values_list("key", flat=True)) == ["b"]
