import logging
import sys

import pytest

from core_app.hooks import HookSignal
from ops_app.serving import banner


def told(caplog):
    caplog.clear()
    with caplog.at_level(logging.WARNING, "holdall.hooks"):
        banner.warn_of_hooks_without_collection()
    return [record.getMessage() for record in caplog.records]


def test_hooks_of_no_collection(make_collection, caplog):
    posts = make_collection("walked_posts")
    before = told(caplog)
    signal = HookSignal("example")
    for name in (posts.name, "Walked_post", "qqq"):
        signal.connect(lambda **_: None, sender=name, weak=False)
    assert [line for line in told(caplog) if line not in before] == [
        "hooks are for a collection 'Walked_post', which is not there; "
        f"did you mean {posts.name!r}?",
        "hooks are for a collection 'qqq', which is not there",
    ]


@pytest.mark.parametrize(
    ("called", "python", "typed"),
    [
        ("manage.py", "{here}/.venv/bin/python", ".venv/bin/python manage.py createsuperuser"),
        ("manage.py", "/usr/bin/python3", "/usr/bin/python3 manage.py createsuperuser"),
        ("/opt/holdall/bin/holdall", "/opt/holdall/bin/python", "holdall createsuperuser"),
    ],
)
def test_the_way_to_a_superuser_can_be_typed(monkeypatch, tmp_path, called, python, typed):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [called, "serve"])
    monkeypatch.setattr(sys, "executable", python.format(here=tmp_path))
    assert f"{banner._as_typed()} createsuperuser" == typed
