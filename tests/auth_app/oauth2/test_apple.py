"""Apple: a signed client secret, the answer as a form, a name that comes once, a signed profile."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from auth_app.models import Remembered
from auth_app.oauth2 import apple, id_tokens
from tests.auth_app.fake_provider import FakeProvider
from tests.auth_app.oauth2.signing import EC, RSA, public, signed

CLIENT = "com.example.app"
ISSUER = "https://appleid.apple.com"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def members(make_collection):
    """Accounts that Apple's users may have; ``members(token_url, secret)``."""

    def make(token_url="", secret="made"):
        entry = {"name": "apple", "clientId": CLIENT, "clientSecret": secret, "tokenURL": token_url}
        return make_collection(
            "members",
            {"name": "title", "type": "text"},
            type="auth",
            createRule="",
            oauth2={"enabled": True, "providers": [entry], "mappedFields": {"name": "title"}},
        )

    return make


def test_users_are_sent_where_the_answer_comes_as_a_form(api, members):
    members()
    answer = api.get("/api/collections/members/auth-methods").json()
    url = urlsplit(answer["oauth2"]["providers"][0]["authURL"])
    query = parse_qs(url.query)
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{ISSUER}/auth/authorize"
    assert query["response_mode"] == ["form_post"]
    assert query["scope"] == ["name email"]
    assert query["code_challenge_method"] == ["S256"]


def test_the_whole_way(api, root_api, members, keys, redirected, monkeypatch):
    """The secret is made, the form arrives, the code becomes a user who has a name."""
    monkeypatch.setattr(id_tokens, "APPLE_KEYS", keys(public(RSA)))
    made = root_api.post(
        "/api/settings/apple/generate-client-secret",
        {
            "clientId": CLIENT,
            "teamId": "T" * 10,
            "keyId": "K" * 10,
            "privateKey": EC.private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            ).decode(),
            "duration": 3600,
        },
    ).json()["secret"]
    profile = {"email": "ada@privaterelay.appleid.com", "email_verified": "true"}
    id_token = signed(RSA, "RS256", iss=ISSUER, aud=CLIENT, sub="001.ada", **profile)

    def respond(handler, form):
        claims = jwt.decode(form["client_secret"], EC.public_key(), ["ES256"], audience=ISSUER)
        assert (claims["iss"], claims["sub"], form["code"]) == ("T" * 10, CLIENT, "c0de")
        assert form["code_verifier"] == "v" * 43
        answer = {"access_token": "a", "id_token": id_token, "refresh_token": "r"}
        return 200, answer, "application/json"

    tokens = FakeProvider()
    tokens.respond = respond
    try:
        members(f"{tokens.url}/token", made)
        user = json.dumps({"name": {"firstName": "Ada", "lastName": "Lovelace"}})
        form = urlencode({"state": "waiting", "code": "c0de", "user": user})
        assert api.request("POST", "/api/oauth2-redirect", form, FORM).status_code == 303
        body = {"provider": "apple", "code": "c0de", "codeVerifier": "v" * 43}
        answer = api.post("/api/collections/members/auth-with-oauth2", body).json()
    finally:
        tokens.close()
    assert redirected == [("waiting", "c0de", "", "127.0.0.1")]
    meta, record = answer["meta"], answer["record"]
    assert (meta["id"], meta["name"], meta["isNew"]) == ("001.ada", "Ada Lovelace", True)
    assert (record["email"], record["verified"]) == (profile["email"], True)
    assert record["title"] == "Ada Lovelace"


@pytest.mark.django_db
def test_apples_name_is_kept_for_one_sign_in():
    user = json.dumps({"name": {"firstName": "Ada", "lastName": "Lovelace"}})
    apple.remember_name("code", user)
    assert "code" not in Remembered.objects.get().key
    assert apple.take_name("other") == ""
    assert apple.take_name("code") == "Ada Lovelace"
    assert apple.take_name("code") == ""


@pytest.mark.django_db
@pytest.mark.parametrize("user", ["", "{", "[]", '{"name": 5}', '{"name": {}}', "null"])
def test_no_name_of_apple(user):
    apple.remember_name("code", user)
    assert apple.take_name("code") == ""
    assert Remembered.objects.count() == 0


@pytest.mark.django_db
def test_apples_name_is_soon_forgotten(monkeypatch):
    apple.remember_name("code", '{"name": {"firstName": "Ada"}}')
    later = time.time() + 61
    monkeypatch.setattr(apple.time, "time", lambda: later)
    assert apple.take_name("code") == ""


def test_apple_redirect_keeps_the_name(api, redirected):
    user = "%7B%22name%22%3A%7B%22firstName%22%3A%22Ada%22%7D%7D"
    form = "application/x-www-form-urlencoded"
    body = f"state=waiting&code=x&user={user}"
    assert api.request("POST", "/api/oauth2-redirect", body, form).status_code == 303
    assert apple.take_name("x") == "Ada"
