from types import SimpleNamespace

import pytest

from realtime import topics
from realtime.clients import Client
from realtime.registry import Registry


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def add(registry):
    def make(name, *texts, auth=None):
        client = Client(name, "127.0.0.1", 1000)
        registry.add(client)
        assert registry.subscribe(client, [topics.parse(text) for text in texts], auth)
        return client

    return make


def person(record_id, collection_id="users"):
    return SimpleNamespace(id=record_id, collection_id=collection_id)


def found(registry, record_id="r1"):
    """Return ``{subscription: {who: ids of clients}}``."""
    return {
        group.topic.text: {
            audience.auth and audience.auth.id: sorted(client.id for client in audience.clients)
            for audience in group.audiences
        }
        for group in registry.matching("posts", "pbc_1", record_id)
    }


def test_groups_hold_equal_subscriptions_by_who_they_are(registry, add):
    anna, bert = person("anna"), person("bert")
    add("a", "posts/*", "posts/r1")
    add("b", "posts/*")
    add("c", "posts/*", "posts/*?x", auth=anna)
    add("d", "posts/*", auth=anna)
    add("e", "pbc_1", "posts/r2", auth=bert)
    assert found(registry) == {
        "posts/*": {None: ["a", "b"], "anna": ["c", "d"]},
        "posts/r1": {None: ["a"]},
        "posts/*?x": {"anna": ["c"]},
        "pbc_1": {"bert": ["e"]},
    }


def test_rules_by_topic(registry, add):
    add("a", "posts/*", "posts/r1", "posts", "pbc_1/r1")
    rules = {
        group.topic.text: group.rule_name for group in registry.matching("posts", "pbc_1", "r1")
    }
    assert rules == {"posts/*": "list", "posts": "list", "posts/r1": "view", "pbc_1/r1": "view"}


def test_subscribing_replaces_topics_and_person(registry, add):
    client = add("a", "posts/*", "posts")
    assert registry.subscribe(client, [topics.parse("posts/r1")], person("anna"))
    assert found(registry) == {"posts/r1": {"anna": ["a"]}}
    assert client.subscriptions == ("posts/r1",)


def test_gone_clients_cannot_subscribe(registry, add):
    client = add("a", "posts/*")
    registry.remove(client)
    registry.remove(client)
    assert not registry.subscribe(client, [topics.parse("posts")], None)
    assert not registry.unsubscribe(client, "posts/*")
    assert found(registry) == {}
    assert len(registry) == 0


def test_rebind(registry, add):
    old, new = person("anna"), person("anna")
    add("a", "posts/*", auth=old)
    add("b", "posts/*", auth=old)
    registry.rebind(("users", "anna"), lambda bound: new)
    [group] = registry.matching("posts", "pbc_1", "r1")
    assert [audience.auth for audience in group.audiences] == [new]
    registry.rebind(("users", "anna"), lambda bound: None)
    assert found(registry) == {"posts/*": {None: ["a", "b"]}}
    assert not registry.has_bound("users", "anna")


def test_interests(registry, add):
    assert registry.interests() == frozenset()
    client = add(
        "a", "posts/*", "posts/r1", 'tags?options={"query":{"expand":"a"}}', auth=person("anna")
    )
    other = add("b", "posts/*")
    assert registry.interests() == {"posts", "tags", "tags?", "users@"}
    assert registry.wants(("x", "users@"))
    assert not registry.wants(("x", "users"))
    registry.remove(client)
    assert registry.interests() == {"posts"}
    registry.remove(other)
    assert registry.interests() == frozenset()


def test_listening_is_by_the_whole_text(registry, add):
    one = add("a", "news", "news?x")
    two = add("b", "news?x", auth=person("anna"))
    assert registry.listening("news") == (one,)
    assert set(registry.listening("news?x")) == {one, two}
    assert registry.listening("other") == ()


def test_unsubscribe(registry, add):
    client = add("a", "@oauth2", "news")
    assert registry.unsubscribe(client, "@oauth2")
    assert not registry.unsubscribe(client, "@oauth2")
    assert client.subscriptions == ("news",)


def test_a_group_stays_the_same_while_its_clients_do(registry, add):
    def group(text):
        return {each.topic.text: each for each in registry.matching("posts", "pbc_1", "r1")}[text]

    first = add("a", "posts/*", "posts/r1", auth=person("u1"))
    add("b", "other/*", auth=person("u1"))
    all_posts, one = group("posts/*"), group("posts/r1")
    assert (all_posts.rule_name, one.rule_name) == ("list", "view")
    assert group("posts/*") is all_posts
    # others come and go
    registry.remove(add("c", "other/*"))
    assert group("posts/*") is all_posts
    registry.unsubscribe(first, "posts/r1")
    assert group("posts/*") is not all_posts
    all_posts = group("posts/*")
    second = add("d", "posts/*")
    assert [audience.auth and audience.auth.id for audience in group("posts/*").audiences] == [
        "u1",
        None,
    ]
    registry.remove(second)
    all_posts = group("posts/*")
    # who is signed in has changed
    renewed = person("u1")
    registry.rebind(("users", "u1"), lambda _: renewed)
    assert group("posts/*") is not all_posts
    assert [audience.auth for audience in group("posts/*").audiences] == [renewed]
