"""What follows the end of a transaction, whichever end it is."""

import pytest
from django.db import transaction

from core_app.transactions import on_rollback, write

pytestmark = pytest.mark.django_db(transaction=True)


def act(done, name, end):
    with write():
        on_rollback(lambda: done.append(name))
        if end == "raised":
            raise KeyError
        if end == "taken back":
            transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("end", "expected"), [("committed", []), ("raised", ["a"]), ("taken back", ["a"])]
)
def test_rollback(end, expected):
    done = []
    try:
        act(done, "a", end)
    except KeyError:
        assert end == "raised"
    assert done == expected


def test_rollback_of_a_part():
    done = []
    with write():
        on_rollback(lambda: done.append("all"))
        with pytest.raises(KeyError):
            act(done, "part", "raised")
        act(done, "other part", "committed")
    assert done == ["part"]
