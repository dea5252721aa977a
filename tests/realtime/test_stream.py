"""One worker: connections, subscriptions and what reaches whom."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from collections_app.schema import snapshot
from core_app import sql, versions
from core_app.errors import Forbidden
from core_app.transactions import write
from realtime import custom, hooks
from realtime.changes import Change
from tests.makers import make_superuser, make_user, number, text
from tests.realtime.conftest import subscribe


@pytest.fixture
def posts(collection):
    return collection(
        text("title"),
        number("n"),
        text("secret", hidden=True),
        list_rule="",
        view_rule="",
    )


def test_headers_and_first_event(connect):
    stream = connect(headers=[("origin", "https://app.example")])
    headers = dict(stream.start["headers"])
    assert stream.start["status"] == 200
    assert headers == {
        b"content-type": b"text/event-stream",
        b"cache-control": b"no-store",
        b"x-accel-buffering": b"no",
        b"vary": b"Origin",
        b"access-control-allow-origin": b"*",
        b"x-xss-protection": b"1; mode=block",
        b"x-content-type-options": b"nosniff",
        b"x-frame-options": b"SAMEORIGIN",
        b"cross-origin-opener-policy": b"same-origin",
    }
    assert len(stream.id) == 40
    assert stream.id.isalnum()


def test_create_update_delete(connect, posts, act):
    stream = connect(f"{posts.name}/*")
    record = act.create(posts, title="a", n=1.5, secret="s")
    shown = {
        "collectionId": posts.id,
        "collectionName": posts.name,
        "id": record.id,
        "n": 1.5,
        "title": "a",
    }
    name = f"{posts.name}/*"
    assert stream.record() == (name, "create", shown)
    act.update(record, title="b")
    assert stream.record() == (name, "update", {**shown, "title": "b"})
    act.delete(record)
    assert stream.record() == (name, "delete", {**shown, "title": "b"})


def test_keys_of_an_event(connect, posts, act):
    stream = connect(f"{posts.name}/*")
    record = act.create(posts, title="<a>")
    assert stream.next() == (
        stream.id,
        f"{posts.name}/*",
        f'{{"record":{{"collectionId":"{posts.id}","collectionName":"{posts.name}",'
        f'"id":"{record.id}","n":0,"title":"<a>"}},"action":"create"}}',
    )


def test_every_matching_subscription_gets_its_event(connect, posts, act):
    record = act.create(posts, title="a")
    names = [
        f"{start}{end}"
        for start in (posts.name, posts.id)
        for end in ("/*", "", f"/{record.id}", "/*?x=1")
    ]
    stream = connect(*names, f"{posts.name.upper()}/*", f"{posts.name}/", f"{posts.name}/other")
    act.update(record, title="b")
    assert sorted(stream.record()[0] for _ in names) == sorted(names)
    act.create(posts, title="last", id="lastlastlast123")
    assert {stream.record()[2]["id"] for _ in range(6)} == {"lastlastlast123"}


def test_subscriptions_are_replaced(connect, posts, act):
    stream = connect(f"{posts.name}/*")
    subscribe(stream, posts.name, "")
    act.create(posts, title="a")
    assert stream.record()[0] == posts.name
    subscribe(stream)
    act.create(posts, title="b")
    subscribe(stream, posts.id)
    act.create(posts, title="c")
    assert stream.record()[2]["title"] == "c"


def test_rule_for_each_subscriber(connect, collection, act):
    notes = collection(
        text("owner"), list_rule="owner = @request.auth.id", view_rule="@request.auth.id != ''"
    )
    anna, bert = make_user("anna@example.com"), make_user("bert@example.com")
    of_anna = connect(f"{notes.name}/*", as_=anna)
    also_of_anna = connect(f"{notes.name}/*", as_=anna)
    of_bert = connect(f"{notes.name}/*", as_=bert)
    of_guest = connect(f"{notes.name}/*")
    of_root = connect(f"{notes.name}/*", as_=make_superuser())
    act.create(notes, owner=anna.id)
    act.create(notes, owner=bert.id)
    assert of_anna.record()[2]["owner"] == anna.id
    assert also_of_anna.record()[2]["owner"] == anna.id
    assert of_bert.record()[2]["owner"] == bert.id
    assert [of_root.record()[2]["owner"] for _ in "ab"] == [anna.id, bert.id]
    # nothing was held back for the others: the next they get is what they may see
    subscribe(of_guest, "hello")
    custom.send("hello", 1)
    assert of_guest.next()[1] == "hello"


def test_null_rule_is_for_superusers(connect, collection, act):
    locked = collection(text("title"))
    stream, root = connect(locked.name, "end"), connect(locked.name, as_=make_superuser())
    act.create(locked, title="a")
    assert root.record()[1] == "create"
    custom.send("end", None)
    assert stream.next()[1] == "end"


def test_hidden_fields_are_for_superusers(connect, posts, act):
    stream, root = connect(posts.name), connect(posts.name, as_=make_superuser())
    act.create(posts, title="a", secret="s")
    assert "secret" not in stream.record()[2]
    assert root.record()[2]["secret"] == "s"


def test_an_update_that_leaves_the_rule_sends_nothing(connect, collection, act):
    posts = collection(text("title"), list_rule="title != 'hidden'")
    stream = connect(posts.name)
    record = act.create(posts, title="hidden")
    act.update(record, title="shown")
    act.update(record, title="hidden")
    act.update(record, title="again")
    events = [stream.record() for _ in range(2)]
    assert [(action, shown["title"]) for _, action, shown in events] == [
        ("update", "shown"),
        ("update", "again"),
    ]


def options(**query):
    from urllib.parse import quote

    return "?options=" + quote(json.dumps({"query": query}))


def test_options(connect, collection, posts, act):
    from tests.makers import relation

    comments = collection(relation("post", posts), text("text"), list_rule="", view_rule="")
    post = act.create(posts, title="a")
    picked = f"{comments.name}/*" + options(fields="id,expand.post.title", expand="post")
    broken = f"{comments.name}/*" + options(fields="text:nope(1)")
    filtered = f"{comments.name}/*" + options(filter="text = 'wanted'")
    hidden = f"{posts.name}/*" + options(filter="secret = ''")
    asking = f"{posts.name}/*" + options(filter="title != '@request.auth.id'")
    stream = connect(picked, broken, filtered, hidden, asking)
    superuser = make_superuser()
    root = connect(hidden, asking, as_=superuser)
    comment = act.create(comments, post=post.id, text="other")
    assert {stream.record()[0]: None for _ in "ab"} == {picked: None, broken: None}
    act.update(comment, text="wanted")
    found = {name: shown for name, _, shown in (stream.record() for _ in "abc")}
    assert found[picked] == {"id": comment.id, "expand": {"post": {"title": "a"}}}
    assert found[filtered]["text"] == found[broken]["text"] == "wanted"
    act.create(posts, title="b")
    assert root.record()[0] == asking
    custom_end(stream)
    custom_end(root, as_=superuser)


def custom_end(stream, as_=None):
    """Assert that nothing else waits."""
    subscribe(stream, "the end", as_=as_)
    custom.send("the end", 1)
    assert stream.next()[1] == "the end"


def test_request_info_of_rules(connect, collection, act):
    rule = (
        "@request.context = 'realtime' && @request.method = 'GET' && @request.query.a = '1'"
        " && @request.headers.x_b = 'c' && @request.body.title = null"
    )
    posts = collection(text("title"), list_rule=rule)
    with_both = f"{posts.name}/*?options=" + json.dumps(
        {"query": {"a": 1}, "headers": {"X-B": "c"}}
    )
    stream = connect(with_both, posts.name)
    act.create(posts, title="a")
    assert stream.record()[0] == with_both
    custom_end(stream)


def test_private_emails(connect, act):
    from collections_app.schema import lookup
    from collections_app.schema_edit import service

    service.update(lookup.get("users"), {"listRule": ""})
    anna = make_user("anna@example.com")
    guest, herself = connect("users/*"), connect("users/*", as_=anna)
    act.update(anna, name="Anna")
    assert "email" not in guest.record()[2]
    assert herself.record()[2]["email"] == "anna@example.com"
    act.delete(anna)
    assert "email" not in guest.record()[2]
    assert herself.record()[2]["email"] == "anna@example.com"


def test_rolled_back_changes_are_not_told(connect, posts, act):
    stream = connect(posts.name)

    def create_in_vain():
        with transaction.atomic():
            act.create(posts, title="in vain")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        create_in_vain()
    with transaction.atomic():
        act.create(posts, title="a")
        record = act.create(posts, title="b")
        act.delete(record)
    assert [stream.record()[1:2] for _ in "abc"] == [("create",), ("create",), ("delete",)]


def test_cascade_tells_of_each_record_as_it_was(connect, collection, posts, act):
    from tests.makers import relation

    comments = collection(
        relation("post", posts, cascadeDelete=True), list_rule="post.title = 'seen'"
    )
    post = act.create(posts, title="seen")
    for _ in range(3):
        act.create(comments, post=post.id)
    with_post = f"{comments.name}/*" + options(expand="post")
    stream = connect(comments.name, with_post)
    act.delete(post)
    events = [stream.record() for _ in range(6)]
    assert [action for _, action, _ in events] == ["delete"] * 6
    expanded = [shown["expand"]["post"]["title"] for name, _, shown in events if name == with_post]
    assert expanded == ["seen"] * 3


def test_a_delete_that_fails_is_not_told(connect, collection, posts, act):
    from core_app.errors import BadRequest
    from tests.makers import relation

    comments = collection(relation("post", posts, required=True), list_rule="")
    first = collection(
        relation("post", posts, cascadeDelete=True), list_rule="id != ''", name="aa_first"
    )
    post = act.create(posts, title="a")
    act.create(first, post=post.id)
    comment = act.create(comments, post=post.id)
    stream = connect(first.name, posts.name)
    with pytest.raises(BadRequest):
        act.delete(post)
    act.delete(comment)
    act.delete(post)
    assert sorted(stream.record()[0] for _ in "ab") == sorted([first.name, posts.name])
    custom_end(stream)


def test_order_of_changes(connect, posts, act):
    stream = connect(posts.name)
    record = act.create(posts, n=0)
    for n in range(1, 50):
        act.update(record, n=n)
    assert [stream.record()[2]["n"] for _ in range(50)] == list(range(50))


def test_disconnected_clients_are_forgotten(connect, hub, posts, act):
    stream = connect(posts.name)
    stream.leave()
    assert len(hub.registry) == 0
    assert hub.registry.interests() == frozenset()
    subscribe(stream, posts.name, status=404)


def test_idle_streams_end(connect, hub, posts, settings):
    settings.HOLDALL_REALTIME_IDLE_TIMEOUT = 0.05
    stream = connect()
    assert stream.next() is None
    assert stream.body_ended
    stream.wait_for_end()
    assert len(hub.registry) == 0


def test_streams_end_at_last(connect, settings):
    settings.HOLDALL_REALTIME_MAX_TIMEOUT = 0.05
    stream = connect()
    stream.wait_for_end()
    assert stream.body_ended


def test_messages_keep_a_stream_alive(connect, settings, hub):
    settings.HOLDALL_REALTIME_IDLE_TIMEOUT = 0.5
    stream = connect("tick")
    began = stream.loop.time()
    while stream.loop.time() - began < 1.0:
        custom.send("tick", 1)
        assert stream.next()[1] == "tick"
    stream.wait_for_end()
    assert stream.loop.time() - began >= 1.0


def test_slow_readers_are_cut_off_and_hold_nobody(connect, posts, act, settings):
    reader = connect(posts.name)
    settings.HOLDALL_REALTIME_MAX_PENDING = 20_000
    slow = connect(posts.name)
    slow.loop.call_soon_threadsafe(slow._reads.clear)
    for n in range(100):
        act.create(posts, title="x" * 500, n=n)
    assert [reader.record()[2]["n"] for _ in range(100)] == list(range(100))
    slow.wait_for_end()
    assert not slow.body_ended


def test_streams_end_when_the_worker_stops(connect, hub):
    stream = connect()
    hub.close_streams()
    stream.wait_for_end()
    assert stream.body_ended


def test_custom_messages_go_to_the_exact_topic(connect):
    stream = connect("news", "news?x")
    custom.send("news", {"title": "Tïtle"})
    custom.send("news?x", [1])
    assert stream.next() == (stream.id, "news", '{"title":"Tïtle"}')
    assert stream.next() == (stream.id, "news?x", "[1]")


def test_custom_message_waits_for_the_commit(connect):
    stream = connect("news")

    def send_in_vain():
        with transaction.atomic():
            custom.send("news", 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        send_in_vain()
    custom.send("news", 2)
    assert stream.next()[2] == "2"


@pytest.fixture
def listen():
    connected = []

    def to(signal, receiver):
        signal.connect(receiver)
        connected.append((signal, receiver))

    yield to
    for signal, receiver in connected:
        signal.disconnect(receiver)


def test_connect_hook_may_refuse_and_change_timeouts(connect, listen, loop):
    def refuse(event, **kwargs):
        if event.request.headers.get("X-Refuse"):
            raise Forbidden("not you")
        event.idle_timeout_s = 0.05

    listen(hooks.realtime_connect_request, refuse)
    stream = connect()
    stream.wait_for_end()
    refused = connect(headers=[("x-refuse", "1")], is_reading=False)
    refused.read()
    refused.wait_for_end()
    assert refused.start["status"] == 403


def test_subscribe_hook_may_refuse_and_change_topics(connect, listen):
    def only_news(event, **kwargs):
        if "secret" in event.subscriptions:
            raise Forbidden("not that")
        event.subscriptions.append("news")

    listen(hooks.realtime_subscribe_request, only_news)
    stream = connect("other")
    custom.send("news", 1)
    assert stream.next()[1] == "news"
    response = subscribe(stream, "secret", status=403)
    assert response.json()["message"] == "Not that."
    custom.send("secret", 1)
    custom.send("other", 1)
    assert stream.next()[1] == "other"


def test_message_hook_may_change_and_close(connect, listen):
    def change(event, **kwargs):
        if event.name == "bad":
            raise ValueError
        if event.name != "PB_CONNECT":
            event.data = b'"changed"'

    listen(hooks.before_realtime_message, change)
    stream = connect("news", "bad")
    custom.send("news", 1)
    assert stream.next()[2] == '"changed"'
    custom.send("bad", 1)
    stream.wait_for_end()
    assert stream.body_ended


def test_disconnect_is_told(connect, listen):
    gone = []

    def note(event, **kwargs):
        gone.append(event.client.id)

    listen(hooks.realtime_disconnected, note)
    stream = connect()
    stream.leave()
    assert gone == [stream.id]


def test_a_change_is_told_by_the_rules_of_its_commit(connect, hub, posts, act):
    stream = connect(f"{posts.name}/*", "mark")
    for title in ("first", "second"):
        act.create(posts, title=title)
        assert stream.record()[2]["title"] == title
    held = snapshot.held()
    # another process locks the collection and then writes to it
    with write():
        sql.execute(f"""UPDATE "_collections" SET "listRule" = NULL WHERE "id" = '{posts.id}'""")
        versions.bump("schema")
    version = versions.read().schema
    assert snapshot.held() is held
    hub.broker.take(Change("create", posts.id, posts.name, "a" * 15, {}, schema=version))
    custom.send("mark", 1)
    assert stream.next()[1:] == ("mark", "1")


def test_events_keep_their_order_where_some_take_longer(connect, collection, posts, act):
    """A rule that the database is asked about, and changes behind it that need no look at it."""
    asked = collection(text("title"), list_rule="title ~ 'a' && @request.auth.id = ''")
    stream = connect(f"{posts.name}/*", f"{asked.name}/*")
    expected = []
    for at in range(60):
        target = asked if at % 3 == 0 else posts
        act.create(target, title=f"a{at}")
        expected.append(f"a{at}")
    assert [stream.record()[2]["title"] for _ in expected] == expected
