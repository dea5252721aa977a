"""Who a connection belongs to, while accounts change under it."""

from __future__ import annotations

import time

import pytest

from auth_app.hooks import OAuth2RedirectEvent, oauth2_redirected
from auth_app.signed_in import SignedIn
from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind
from auth_app.tokens.sign import InvalidToken
from collections_app.schema import lookup
from collections_app.schema_edit import service as schema_service
from realtime import custom
from tests.makers import make_collection, make_user, text
from tests.realtime.conftest import subscribe

BOUND = "@request.auth.id != ''"


@pytest.fixture
def notes(collection):
    return collection(text("title"), list_rule=BOUND)


@pytest.fixture
def anna(db):
    return make_user("anna@example.com", name="Anna")


def is_guest(stream, notes, act):
    """Whether a change that only users see no longer reaches the stream, which stays open."""
    act.create(notes, title="for users")
    custom.send("mark", 1)
    name = stream.next()[1]
    if name == "mark":
        return True
    assert stream.next()[1] == "mark"
    return False


@pytest.fixture
def stream(connect, notes, anna):
    return connect(notes.name, "mark", as_=anna)


def test_stays_signed_in_by_itself(stream, notes, act):
    assert not is_guest(stream, notes, act)


def test_a_token_that_runs_out_ends_nothing(connect, notes, act, anna):
    for duration_s in (1, 2, 4, 8, 16):  # on a busy machine, who connects may come too late
        token = sign.issue(SignedIn.of(anna), TokenKind.AUTH, duration_s=duration_s)
        stream = connect(notes.name, "mark", as_=token)
        if is_good(token):
            break
    deadline = time.monotonic() + 60
    while is_good(token):
        assert time.monotonic() < deadline
    assert not is_guest(stream, notes, act)


def is_good(token):
    try:
        sign.verify(token, TokenKind.AUTH)
    except InvalidToken:
        return False
    return True


def test_a_new_password_signs_out(stream, notes, act, anna):
    act.update(anna, password="something else", passwordConfirm="something else")
    assert is_guest(stream, notes, act)
    subscribe(stream, notes.name, "mark", as_=lookup.get_model("users").objects.get(pk=anna.id))
    assert not is_guest(stream, notes, act)


def test_deleting_the_record_signs_out(stream, notes, act, anna):
    act.delete(anna)
    assert is_guest(stream, notes, act)


def test_a_new_secret_signs_out(stream, notes, act):
    schema_service.update(lookup.get("users"), {"authRule": "verified = true"})
    assert is_guest(stream, notes, act)


def test_other_changes_of_the_collection_do_not(stream, notes, act):
    schema_service.update(lookup.get("users"), {"listRule": ""})
    assert not is_guest(stream, notes, act)


def test_deleting_the_collection_signs_out(connect, notes, act):
    members = make_collection("members", type="auth")
    member = make_user("m@example.com", "members")
    stream = connect(notes.name, "mark", as_=member)
    assert not is_guest(stream, notes, act)
    schema_service.delete(members)
    assert is_guest(stream, notes, act)


def test_rules_see_the_account_as_it_is_now(connect, collection, act, anna):
    named = collection(text("title"), list_rule="title = @request.auth.name")
    stream = connect(named.name, as_=anna)
    act.create(named, title="Anna")
    assert stream.record()[2]["title"] == "Anna"
    act.update(anna, name="Ann")
    act.create(named, title="Anna")
    act.create(named, title="Ann")
    assert stream.record()[2]["title"] == "Ann"


def redirect(stream, ip="127.0.0.1", **values):
    event = OAuth2RedirectEvent(**{"state": stream.id, "code": "", "error": "", "ip": ip, **values})
    oauth2_redirected.send(None, event=event)
    return event.is_delivered


def test_oauth2_answer_is_delivered_once(connect):
    stream = connect("@oauth2", "mark")
    assert redirect(stream, code="c")
    assert stream.next() == (stream.id, "@oauth2", f'{{"state":"{stream.id}","code":"c"}}')
    assert not redirect(stream, code="c")


def test_oauth2_refusal_is_delivered(connect):
    stream = connect("@oauth2")
    assert redirect(stream, error="denied")
    assert stream.next()[2] == f'{{"state":"{stream.id}","code":"","error":"denied"}}'


@pytest.mark.parametrize(
    ("_case", "topic", "values"),
    [
        ("another address", "@oauth2", {"ip": "10.0.0.1"}),
        ("not subscribed", "other", {}),
        ("with options", "@oauth2?options={}", {}),
        ("unknown client", "@oauth2", {"state": "x" * 40}),
        ("no state", "@oauth2", {"state": ""}),
    ],
)
def test_oauth2_answers_for_nobody(_case, topic, values, connect):
    assert not redirect(connect(topic), code="c", **values)
