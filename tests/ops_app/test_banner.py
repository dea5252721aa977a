import logging

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
