"""Security of tokens: what is accepted, and everything that must not be."""

from __future__ import annotations

import time

import pytest

from auth_app.authentication import authenticate, token_of
from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind
from collections_app import records
from collections_app.schema import snapshot
from collections_app.schema_edit import service as schema_service
from tests.auth_app.forging import claims_of, encode, forge, right_key

PUBLIC_KEY = (
    "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK\n-----END PUBLIC KEY-----"
)


@pytest.fixture
def user(make_user):
    return make_user()


def is_signed_in(token):
    return authenticate(token) is not None


def test_claims(user):
    before = int(time.time())
    claims = claims_of(sign.issue(user, TokenKind.AUTH, refreshable=True))
    assert before + 432_000 <= claims.pop("exp") <= time.time() + 432_000
    assert claims == {
        "collectionId": "_pb_users_auth_",
        "id": user.id,
        "refreshable": True,
        "type": "auth",
    }


def test_header_and_key_order(user):
    token = sign.issue(user, TokenKind.AUTH, refreshable=True)
    assert token.startswith("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjb2xsZWN0aW9uSWQiOi")


@pytest.mark.parametrize("kind", list(TokenKind))
def test_round_trip(user, kind):
    found = sign.verify(sign.issue(user, kind), kind)
    assert (found.collection_name, found.id, found.get("email")) == (
        "users",
        user.id,
        "user@example.com",
    )


@pytest.mark.parametrize("issued", list(TokenKind))
@pytest.mark.parametrize("wanted", list(TokenKind))
def test_kinds_do_not_stand_in_for_each_other(user, issued, wanted):
    if issued is wanted:
        return
    with pytest.raises(sign.InvalidToken):
        sign.verify(sign.issue(user, issued), wanted)


def test_a_forged_token_of_the_right_key_is_ours(user):
    assert is_signed_in(forge(user))
    assert is_signed_in(forge(user, collectionId="users"))
    assert is_signed_in(forge(user, drop=["exp", "email"]))


@pytest.mark.parametrize(
    ("_case", "changes"),
    [
        ("expired", {"exp": 1}),
        ("expired now", {"exp": int(time.time())}),
        ("expiry is text", {"exp": "9999999999"}),
        ("expiry is null", {"exp": None}),
        ("expiry is true", {"exp": True}),
        ("not valid yet", {"nbf": int(time.time()) + 3600}),
        ("issued in the future", {"iat": int(time.time()) + 3600}),
        ("another type", {"type": "file"}),
        ("no type", {"type": ""}),
        ("no id", {"id": ""}),
        ("id is a number", {"id": 1}),
        ("id is a list", {"id": ["x"]}),
        ("unknown id", {"id": "missing00000000"}),
        ("no collection", {"collectionId": ""}),
        ("unknown collection", {"collectionId": "nope"}),
        ("collection without sign-in", {"collectionId": "_mfas"}),
        ("superusers", {"collectionId": "_superusers"}),
        ("superusers by id", {"collectionId": "pbc_3142635823"}),
        ("a type is missing", {"drop": ["type"]}),
        ("an id is missing", {"drop": ["id"]}),
        ("a collection is missing", {"drop": ["collectionId"]}),
        ("wrong key", {"key": "x" * 100}),
        ("empty key", {"key": ""}),
        ("no algorithm", {"alg": "none"}),
        ("no algorithm, odd case", {"alg": "nOnE"}),
        ("empty algorithm", {"alg": ""}),
        ("stronger algorithm, right key", {"alg": "HS512"}),
        ("another algorithm, right key", {"alg": "HS384"}),
        ("asymmetric", {"alg": "RS256"}),
        ("asymmetric, public key as secret", {"alg": "RS256", "key": PUBLIC_KEY}),
    ],
)
def test_refused(user, _case, changes):
    assert not is_signed_in(forge(user, **changes))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-2],
        lambda token: token + "x",
        lambda token: token + "=",
        lambda token: token + ".x",
        lambda token: token + "!",
        lambda token: f"!{token}",
        lambda token: token.replace(".", "", 1),
        lambda token: token.rpartition(".")[0] + ".",
        lambda token: token.rpartition(".")[0],
        lambda token: f"Bearer  {token}",
        lambda token: f"Token {token}",
        lambda token: f"Basic {token}",
        lambda token: "..",
        lambda token: "a.b.c",
        lambda token: "Bearer",
        lambda token: "Bearer ",
        lambda token: "é" * 20,
        lambda token: "\ud800.\ud800.\ud800",
    ],
)
def test_spoiled_text_is_a_guest(user, spoil):
    good = forge(user)
    assert is_signed_in(good)  # also remembered, which must not help the spoiled one
    assert not is_signed_in(spoil(good))


@pytest.mark.parametrize("claims", [[], "text", 5, None])
def test_claims_that_are_no_object(user, claims):
    assert not is_signed_in(encode(claims, right_key(user)))


@pytest.mark.parametrize("prefix", ["", "Bearer ", "bearer ", "BEARER "])
def test_prefix(prefix):
    assert token_of(f"{prefix}abc") == "abc"


def test_a_token_of_one_collection_is_none_of_another(user, make_collection, make_user):
    members = make_collection("members", type="auth")
    twin = make_user("user@example.com", members)
    assert not is_signed_in(forge(user, collectionId=members.id))
    assert not is_signed_in(forge(twin, key=right_key(user)))
    assert is_signed_in(forge(twin))


def test_unchanged_token_is_verified_once(user, django_assert_num_queries, monkeypatch):
    token = forge(user)
    assert is_signed_in(token)
    monkeypatch.setattr(sign, "_check_signature", None)  # must not be asked again
    with snapshot.pinned(), django_assert_num_queries(1):
        assert is_signed_in(token)


def test_a_remembered_token_dies_with_its_key(user):
    token = forge(user)
    assert is_signed_in(token)
    user["password"] = "another password"
    user.save()
    assert not is_signed_in(token)


def test_a_remembered_token_dies_with_its_time(user, monkeypatch):
    token = forge(user, exp=int(time.time()) + 60)
    assert is_signed_in(token)
    later = time.time() + 61
    monkeypatch.setattr(sign.time, "time", lambda: later)
    assert not is_signed_in(token)


def test_a_remembered_token_dies_with_its_record(user):
    token = forge(user)
    assert is_signed_in(token)
    records.delete("users", user.id)
    assert not is_signed_in(token)


def test_a_remembered_token_dies_with_the_secret(user):
    token = forge(user)
    assert is_signed_in(token)
    schema_service.update(user.collection, {"authToken": {"secret": "n" * 40}})
    assert not is_signed_in(token)


def test_changing_the_auth_rule_signs_everyone_out(user):
    token = forge(user)
    assert is_signed_in(token)
    schema_service.update(user.collection, {"authRule": None})
    assert is_signed_in(token)  # as in PocketBase: nobody signs in any more, who is in stays
    schema_service.update(user.collection, {"authRule": "verified = true"})
    assert not is_signed_in(token)


def test_remembered_tokens_are_bounded(user, monkeypatch):
    monkeypatch.setattr(sign, "REMEMBERED", 3)
    monkeypatch.setattr(sign, "_known", {})
    for expiry in range(5):
        assert is_signed_in(forge(user, exp=int(time.time()) + 100 + expiry))
        assert not is_signed_in(forge(user, exp=int(time.time()) + 200 + expiry, key="x"))
    assert len(sign._known) == 3
