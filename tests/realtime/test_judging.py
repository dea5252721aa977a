"""The judge alone: who passes, and by how many statements."""

from __future__ import annotations

import pytest

from auth_app.signed_in import SignedIn
from collections_app.schema import lookup, snapshot
from realtime.changes import Change
from realtime.conditions import Conditions
from realtime.judging import Judge
from realtime.registry import Audience, Group
from realtime.topics import NO_OPTIONS, Options, Topic
from tests.makers import make_collection, make_record, make_superuser, make_user, number, text

pytestmark = pytest.mark.usefixtures("db")

GUEST = Audience(None, ())


def user(name):
    return Audience(SignedIn.of(make_user(f"{name}@example.com")), ())


def root():
    return Audience(SignedIn.of(make_superuser()), ())


@pytest.fixture
def posts(db):
    return make_collection("posts", text("owner"), number("n"), text("secret", hidden=True))


def change_of(record, action="update"):
    from collections_app.hooks import RecordEvent

    return Change.of(action, RecordEvent(record.collection, record, {}, None))


def judge(record, conditions=None):
    collection = lookup.get(record.collection_id)
    return _Judge(Judge(snapshot.current(), collection, change_of(record), conditions))


class _Judge:
    """Asks about audiences that have subscribed with the same options."""

    def __init__(self, judge):
        self._judge = judge

    def allowed(self, rule, options, audiences):
        topic = Topic("posts/*", "posts/*", "posts", options)
        passed = self._judge.allowed(rule, Group(topic, "list", tuple(audiences)))
        return [item for item in audiences if item in passed]


def test_public_and_locked_need_no_statement(posts, django_assert_num_queries):
    record = make_record(posts)
    anybody, superuser = [GUEST, user("a")], root()
    asked = judge(record)
    with django_assert_num_queries(0):
        assert asked.allowed("", NO_OPTIONS, [*anybody, superuser]) == [*anybody, superuser]
        assert asked.allowed(None, NO_OPTIONS, [*anybody, superuser]) == [superuser]


def test_a_rule_that_names_nobody_is_asked_once(posts, django_assert_num_queries):
    users = [user(str(at)) for at in range(5)]
    superuser = root()
    asked = judge(make_record(posts, n=1))
    # the stored row, and the rule
    with django_assert_num_queries(2):
        assert asked.allowed("n ~ '1'", NO_OPTIONS, [GUEST, *users]) == [GUEST, *users]
    with django_assert_num_queries(1):
        assert asked.allowed("n ~ '2'", NO_OPTIONS, [*users, superuser]) == [superuser]


@pytest.mark.parametrize(("users", "statements"), [(1, 1), (3, 1), (64, 1), (65, 2)])
def test_all_users_are_asked_for_together(users, statements, posts, django_assert_num_queries):
    collection = lookup.get("users")
    everybody = [
        Audience(SignedIn(collection, {**_stored(collection), "id": f"user{at}"}), ())
        for at in range(users)
    ]
    record = make_record(posts, owner=f"user{users - 1}")
    asked = judge(record)
    asked.allowed("n ~ '1'", NO_OPTIONS, [GUEST])
    with django_assert_num_queries(statements):
        allowed = asked.allowed("owner:lower = @request.auth.id", NO_OPTIONS, everybody)
    assert allowed == [everybody[-1]]


@pytest.mark.parametrize(
    ("rule", "statements", "passing"),
    [
        ("owner = @request.auth.id", 0, ["b"]),
        ("@request.auth.id != '' && owner = @request.auth.id", 0, ["b"]),
        ("n = 7 && @request.auth.id != ''", 0, ["a", "b"]),
        ("owner = @request.auth.id || owner = ''", 0, ["b"]),
        ("n = 7 || secret ~ 's'", 0, ["", "a", "b"]),
        # the database is asked about the one whom the row names, and the row itself is read
        ("owner = @request.auth.id && secret ~ 's'", 2, ["b"]),
        ("owner = @request.auth.id && secret ~ 'x'", 2, []),
        # about those who do not pass already
        ("owner = @request.auth.id || (@request.auth.id = 'a' && secret ~ 's')", 2, ["a", "b"]),
    ],
)
def test_what_the_record_says_itself_is_not_asked_for(
    rule, statements, passing, posts, django_assert_num_queries
):
    collection = lookup.get("users")
    everybody = {"": GUEST} | {
        name: Audience(SignedIn(collection, {**_stored(collection), "id": name}), ())
        for name in "ab"
    }
    asked = judge(make_record(posts, owner="b", n=7, secret="s"))
    with django_assert_num_queries(statements):
        allowed = asked.allowed(rule, NO_OPTIONS, everybody.values())
    assert allowed == [everybody[name] for name in passing]


def _stored(collection):
    return {field.name: field.to_stored(field.zero()) for field in collection.fields}


def test_a_row_that_changed_since_is_judged_by_the_change(posts):
    from collections_app.records import service

    record = make_record(posts, owner="a", n=1)
    asked = judge(record)
    service.update(posts, record.id, {"owner": "b"})
    assert asked.allowed("owner = 'a' && n = 1", NO_OPTIONS, [GUEST]) == [GUEST]
    assert judge(record).allowed("owner = 'b'", NO_OPTIONS, [GUEST]) == []
    service.delete(posts, record.id)
    assert judge(record).allowed("owner = 'a'", NO_OPTIONS, [GUEST]) == [GUEST]


def test_rule_and_filter_are_judged_apart(posts):
    record = make_record(posts, owner="a", secret="s")
    superuser = root()
    everybody = [GUEST, superuser]

    def allowed(filter, **query):
        return judge(record).allowed("owner = 'a'", Options({"filter": filter, **query}), everybody)

    assert allowed("owner = 'a'") == everybody
    assert allowed("owner = 'b'") == []
    assert allowed("secret = 's'") == []
    assert allowed("nope(") == []
    assert allowed("owner = 'a'", sort="@collection.x") == [superuser]
    assert allowed("@request.auth.id != ''") == [superuser]
    assert allowed("", sort="@collection.x") == everybody


@pytest.mark.parametrize(
    ("list_rule", "sees_title"),
    [(None, False), ("", True), ("title = 'a'", True), ("1 = 2", False)],
)
def test_filters_see_of_other_collections_what_may_be_listed(list_rule, sees_title, posts):
    others = make_collection(
        "others", text("title"), text("secret", hidden=True), list_rule=list_rule
    )
    make_record(others, title="a", secret="s")
    superuser = root()
    asked = judge(make_record(posts))

    def sees(filter):
        return asked.allowed("", Options({"filter": filter}), [superuser]) == [superuser]

    assert sees("@collection.others.title ?= 'a'") is sees_title
    assert not sees("@collection.others.secret ?= 's'")
    assert not sees("@request.auth.tokenKey != ''")


def test_conditions_are_kept_while_nothing_they_say_changes(posts):
    conditions = Conditions()
    anna, bert = user("anna"), user("bert")
    mine = "owner:lower = @request.auth.id"

    def allowed(rule, options=NO_OPTIONS, *, of, audience=anna):
        record = make_record(posts, owner=of.auth.id)
        return judge(record, conditions).allowed(rule, options, [audience]) == [audience]

    for _ in range(2):
        assert allowed(mine, of=anna)
        assert not allowed(mine, of=bert)
    assert len(conditions) == 1
    assert allowed(mine, of=bert, audience=bert)
    assert len(conditions) == 2
    asked = "@request.query.a ~ '1' && @request.auth.id != ''"
    for sent, answer in (("1", True), ("2", False)):
        assert allowed(asked, Options({"a": sent}), of=anna) is answer
    assert len(conditions) == 4
    # the time of day is asked for anew
    assert allowed("@now > '2000' && @request.auth.id != ''", of=anna)
    assert len(conditions) == 4
    # other values of the same account are another account's
    renamed = Audience(SignedIn(anna.auth.collection, {**anna.auth.stored, "name": "x"}), ())
    named = "@request.auth.name = 'x'"
    make = judge(make_record(posts))
    assert make.allowed(named, NO_OPTIONS, [anna, renamed]) == []
    by_email = "@request.auth.email ~ 'anna@example.com'"
    assert allowed(by_email, of=anna)
    moved = Audience(SignedIn(anna.auth.collection, {**anna.auth.stored, "email": "x@y.z"}), ())
    assert not allowed(by_email, of=anna, audience=moved)
    # other collections, other SQL
    make_collection("more")
    assert allowed(mine, of=anna)
    assert len(conditions) == 1


def test_a_broken_rule_lets_only_superusers_pass(posts):
    superuser = root()
    asked = judge(make_record(posts))
    assert asked.allowed("gone = 1", NO_OPTIONS, [GUEST, superuser]) == [superuser]


def test_what_takes_no_look_at_the_database_is_known(posts, django_assert_num_queries):
    anna, bert = user("anna"), user("bert")
    mine = "owner = @request.auth.id"
    record = make_record(posts, owner=anna.auth.id, n=1)
    conditions = Conditions()
    collection = lookup.get(posts.id)
    asked = Judge(snapshot.current(), collection, change_of(record), conditions)

    def group(filter=""):
        options = Options({"filter": filter}) if filter else NO_OPTIONS
        return Group(Topic("posts/*", "posts/*", "posts", options), "list", (anna, bert))

    def known(rule, of):
        with django_assert_num_queries(0):
            return asked.known(rule, of)

    everybody = group()
    assert known("", everybody) == [anna, bert]
    assert known("", group(filter="n = 1")) is None
    # what a rule says of these accounts has to be compiled first, which takes its time
    assert known(mine, everybody) is None
    assert asked.allowed(mine, everybody) == [anna]
    assert known(mine, everybody) == [anna]
    assert known(mine, group()) is None
    # a record that only the database can judge
    likes = "owner = @request.auth.id && secret ~ 's'"
    assert asked.allowed(likes, everybody) == []
    assert known(likes, everybody) is None
    # nobody but superusers passes a locked one
    assert asked.allowed(None, everybody) == []
    assert known(None, everybody) == []
