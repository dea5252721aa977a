import json
from urllib.parse import quote

import pytest

from realtime import topics
from realtime.topics import NO_OPTIONS


def with_options(options, prefix="posts/*?options="):
    return prefix + quote(json.dumps(options))


@pytest.mark.parametrize(
    ("text", "key", "base"),
    [
        ("posts/*", "posts/*", "posts"),
        ("posts", "posts", "posts"),
        ("posts/abc?x=1?y", "posts/abc", "posts"),
        ("@oauth2", "@oauth2", "@oauth2"),
        ("posts/a/b", "posts/a/b", "posts"),
        ("", "", ""),
    ],
)
def test_key_ends_at_the_first_question_mark(text, key, base):
    topic = topics.parse(text)
    assert (topic.text, topic.key, topic.base) == (text, key, base)


def test_keys_of_a_record():
    assert topics.keys_of("posts", "pbc_1", "r1") == (
        ("posts/*", "list"),
        ("pbc_1/*", "list"),
        ("posts/r1", "view"),
        ("pbc_1/r1", "view"),
        ("posts", "list"),
        ("pbc_1", "list"),
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (1, "1"),
        (1.5, "1.5"),
        (1e21, "1000000000000000000000"),
        (True, "true"),
        (False, "false"),
        (None, ""),
        ([1], ""),
        ({"a": 1}, ""),
    ],
)
def test_query_values_become_text(value, text):
    assert topics.parse(with_options({"query": {"q": value}})).options.query == {"q": text}


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("X-Foo", "x_foo"),
        ("X Foo", "x_foo"),
        ("XFoo", "xfoo"),
        ("x-Foo-BarBaz", "x_foo_bar_baz"),
        ("ETag2", "etag2"),
        ("plain", "plain"),
    ],
)
def test_header_names(name, snake):
    assert topics.parse(with_options({"headers": {name: "v"}})).options.headers == {snake: "v"}


def test_understood_keys():
    options = topics.parse(
        with_options({"query": {"filter": "a=1", "expand": "b", "fields": "id"}})
    ).options
    assert (options.filter, options.expand, options.fields) == ("a=1", "b", "id")


@pytest.mark.parametrize(
    ("_case", "text"),
    [
        ("none", "posts/*"),
        ("empty", "posts/*?"),
        ("other parameter", "posts/*?x=1"),
        ("no JSON", "posts/*?options=nope"),
        ("a list", "posts/*?options=[]"),
        ("bad escape", "posts/*?options=%zz"),
        ("capital key", "posts/*?options=" + quote('{"Query":{"filter":"a"}}')),
        ("parts of another type", "posts/*?options=" + quote('{"query":[],"headers":5}')),
        ("semicolon", "posts/*?options=" + quote('{"query":{"a":"b"}}') + ";x"),
        ("control character", with_options({"query": {"filter": "a"}}, "posts/\n?options=")),
    ],
)
def test_no_options(_case, text):
    assert topics.parse(text).options == NO_OPTIONS


@pytest.mark.parametrize(
    ("_case", "text"),
    [
        ("plain JSON", 'posts/*?options={"query":{"filter":"a"}}'),
        ("after another", with_options({"query": {"filter": "a"}}, "posts/*?x=1&options=")),
        ("after a bad one", with_options({"query": {"filter": "a"}}, "p?options=%zz&options=")),
        ("with a fragment", with_options({"query": {"filter": "a"}}) + "#b"),
        ("one bad part", with_options({"query": {"filter": "a"}, "headers": 5})),
    ],
)
def test_options_are_found(_case, text):
    assert topics.parse(text).options.filter == "a"
