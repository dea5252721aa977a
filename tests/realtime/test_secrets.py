"""Attempts to read through realtime what REST would not show: by every path a subscriber has."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from collections_app import records
from collections_app.schema import lookup
from collections_app.schema_edit import service as schema_edit
from realtime import custom
from tests.makers import make_superuser, make_user, number, relation, text

SECRET = "s3cr3t"


def options(topic, headers=None, **query):
    return f"{topic}?options=" + quote(json.dumps({"query": query, "headers": headers or {}}))


@pytest.fixture
def listen(connect):
    """Subscribe to topics; ``heard(stream)`` then is all that came of what was done until now."""

    def open_one(*topics, as_=None, **more):
        return connect(*topics, "the end", as_=as_, **more)

    return open_one


def heard(stream):
    """Return everything that a stream was sent up to now, as text."""
    custom.send("the end", 1)
    out = []
    while (event := stream.next())[1] != "the end":
        out.append(f"{event[1]} {event[2]}")
    return out


def acts(act, collection, **values):
    """Create, change and delete a record."""
    record = act.create(collection, title="a", **values)
    act.update(record, title="b")
    act.delete(record)
    return record


@pytest.fixture
def posts(collection):
    return collection(
        text("title"), text("secret", hidden=True), list_rule="", view_rule="", softDelete=True
    )


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"fields": "secret"},
        {"fields": "*"},
        {"fields": "*,secret"},
        {"fields": "secret:excerpt(3)"},
        {"fields": "record.secret,*.secret,expand.secret"},
        {"expand": "secret"},
    ],
)
def test_hidden_fields_are_in_no_event(query, listen, posts, act):
    topics = [posts.name, f"{posts.name}/*", f"{posts.id}/*"]
    asked = [options(topic, **query) for topic in topics]
    stream = listen(*topics, *asked)
    record = acts(act, posts, secret=SECRET)
    records.restore(posts, record.id)
    records.purge(posts, record.id)
    events = heard(stream)
    assert len(events) == 5 * 6
    assert not [event for event in events if SECRET in event]


@pytest.mark.parametrize(
    "filter",
    [
        "secret = 's3cr3t'",
        "secret ~ 's'",
        "secret:lower ~ 's'",
        "secret != ''",
        "title != '' || secret = 'x'",
        "(title != '' && (secret != 'nope'))",
        "strftime('%Y', secret) != 'x'",
        "@collection.users.id != ''",
        "@request.auth.id = ''",
        "title = '@collection.users.id' || title != ''",
        "title != '' // @request.auth.id",
    ],
)
def test_filters_tell_nothing_of_hidden_fields_and_other_collections(filter, listen, posts, act):
    user = make_user("a@example.com")
    guest = listen(options(f"{posts.name}/*", filter=filter))
    signed_in = listen(options(f"{posts.name}/*", filter=filter), as_=user)
    acts(act, posts, secret=SECRET)
    assert heard(guest) == []
    assert heard(signed_in) == []


def test_filters_tell_nothing_of_records_that_may_not_be_listed(listen, collection, act):
    targets = {
        "locked": collection(text("title")),
        "none": collection(text("title"), list_rule="title = 'nobody'"),
        "hidden": collection(text("title"), text("secret", hidden=True), list_rule=""),
    }
    links = [relation(name, target) for name, target in targets.items()]
    posts = collection(text("title"), *links, list_rule="")
    made = {name: act.create(target, title=SECRET).id for name, target in targets.items()}
    act.update(records.get(targets["hidden"], made["hidden"]), secret=SECRET)
    filters = [
        *(f"{name}.title = '{SECRET}'" for name in ("locked", "none")),
        f"title != '' || none.title = '{SECRET}'",
        f"hidden.secret = '{SECRET}'",
        f"locked.{posts.name}_via_locked.locked.title = '{SECRET}'",
        f"locked.{posts.name}_via_none.title != 'x'",
    ]
    stream = listen(*(options(f"{posts.name}/*", filter=filter) for filter in filters))
    acts(act, posts, **made)
    assert heard(stream) == []


def test_expanded_records_are_shown_as_in_rest(listen, collection, act):
    targets = {
        "locked": collection(text("title")),
        "viewable": collection(text("title"), text("secret", hidden=True), view_rule=""),
        "unviewable": collection(text("title"), list_rule="", view_rule="title = 'x'"),
    }
    links = [relation(name, target) for name, target in targets.items()]
    posts = collection(text("title"), *links, relation("owner", lookup.get("users")), list_rule="")
    made = {name: act.create(target, title="t").id for name, target in targets.items()}
    act.update(records.get(targets["viewable"], made["viewable"]), secret=SECRET)
    schema_edit.update(lookup.get("users"), {"viewRule": ""})
    owner = make_user("private@example.com")
    paths = "locked,viewable,unviewable,owner"
    topic = options(f"{posts.name}/*", expand=paths)
    picked = options(
        f"{posts.name}/*",
        expand=paths,
        fields="expand.viewable.*,expand.viewable.secret,expand.locked.title",
    )
    guest, herself = listen(topic, picked), listen(topic, as_=owner)
    acts(act, posts, owner=owner.id, **made)
    events = heard(guest)
    assert len(events) == 6
    for event in events:
        assert SECRET not in event
        assert "private@example.com" not in event
        assert "tokenKey" not in event
        assert "password" not in event
        name, _, data = event.partition(" ")
        expanded = json.loads(data)["record"]["expand"]
        assert set(expanded) == ({"viewable", "owner"} if name == topic else {"viewable"})
    own = heard(herself)
    assert len(own) == 3
    assert ["private@example.com" in event for event in own] == [True] * 3, own[0]


@pytest.mark.parametrize("is_visible", [False, True])
def test_emails_are_shown_as_in_rest(is_visible, listen, act):
    users = schema_edit.update(lookup.get("users"), {"listRule": "", "viewRule": ""})
    watched = make_user("watched@example.com", emailVisibility=is_visible)
    other, root = make_user("other@example.com"), make_superuser()
    topics = ["users/*", f"users/{watched.id}", options("users/*", fields="email,*")]
    streams = {
        who: listen(*topics, options("users/*", filter="email ~ 'watched'"), as_=as_)
        for who, as_ in (("guest", None), ("other", other), ("root", root))
    }
    act.update(watched, name="x")
    act.delete(watched)
    for who, stream in streams.items():
        events = heard(stream)
        sees = is_visible or who == "root"
        # a filter finds what everybody may see, even a superuser's
        by_filter = 2 if is_visible else 0
        assert len(events) == 2 * 3 + by_filter, who
        assert all(("watched@example.com" in event) is sees for event in events)
        assert not [event for event in events if "tokenKey" in event or '"password"' in event]
    assert users.is_auth


def test_options_are_not_the_request(listen, collection, act):
    """Rules that look at headers or the query see what the subscription says, and nothing else."""
    posts = collection(
        text("title"),
        number("n"),
        list_rule="@request.headers.authorization != '' || @request.headers.x_token = 'yes'",
    )
    stream = listen(
        posts.name,
        options(posts.name, headers={"X-Token": "no"}),
        options(posts.name, headers={"X-Token": "yes"}),
        headers=[("x-token", "yes"), ("authorization", "nonsense")],
    )
    act.create(posts, title="a")
    names = [event.partition(" ")[0] for event in heard(stream)]
    assert names == [options(posts.name, headers={"X-Token": "yes"})]


def test_who_is_signed_out_hears_no_more(listen, collection, act):
    posts = collection(text("title"), list_rule="@request.auth.id != ''")
    user = make_user("a@example.com")
    stream = listen(posts.name, options(posts.name, filter="title != ''"), as_=user)
    act.create(posts, title="heard")
    assert len(heard(stream)) == 2
    act.delete(user)
    act.create(posts, title="not heard")
    assert heard(stream) == []


def test_a_rule_that_is_changed_holds_at_once(listen, posts, act):
    stream = listen(posts.name)
    record = act.create(posts, title="heard")
    assert len(heard(stream)) == 1  # it is judged by the rule of then
    schema_edit.update(lookup.get(posts.name), {"listRule": None})
    act.update(record, title="not heard")
    act.delete(record)
    assert heard(stream) == []


def test_a_field_that_becomes_hidden_is_hidden_at_once(listen, posts, act):
    stream = listen(posts.name, options(posts.name, filter="title != ''"))
    act.create(posts, title="heard")
    assert len(heard(stream)) == 2
    collection = lookup.get(posts.name)
    fields = [{**field.to_json(), "hidden": field.name != "id"} for field in collection.fields]
    schema_edit.update(collection, {"fields": fields})
    act.create(posts, title=SECRET)
    [event] = heard(stream)  # the filter names what is hidden now
    assert SECRET not in event
