"""The tokens that providers sign: which are believed."""

from __future__ import annotations

import json
import time

import jwt
import pytest
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

from auth_app.oauth2 import id_tokens
from auth_app.oauth2.session import time_limit
from tests.auth_app.oauth2.signing import EC, ED, OTHER_RSA, RSA, public, signed


def read(token, **options):
    with time_limit():
        return id_tokens.claims_of(token, audience="client", **options)


@pytest.mark.parametrize(("key", "alg"), [(RSA, "RS256"), (ED, "EdDSA")])
def test_signed_id_token(keys, key, alg):
    address = keys(public(OTHER_RSA, "k0"), public(key))
    assert read(signed(key, alg), keys_url=address)["sub"] == "1"


@pytest.mark.parametrize(
    ("_case", "token", "published"),
    [
        ("another key", signed(OTHER_RSA, "RS256"), [public(RSA)]),
        ("no such key", signed(RSA, "RS256", "k2"), [public(RSA)]),
        ("no key named", signed(RSA, "RS256", ""), [public(RSA)]),
        ("no keys", signed(RSA, "RS256"), []),
        ("key without algorithm", signed(RSA, "RS256"), [public(RSA, alg="")]),
        ("elliptic curve", signed(EC, "ES256"), [public(EC)]),
        ("another algorithm", signed(RSA, "RS512"), [public(RSA)]),
        ("secret instead of a key", signed("k" * 32, "HS256"), [public(RSA)]),
        (
            "unsigned",
            jwt.encode({"sub": "1", "aud": "client"}, None, "none", headers={"kid": "k1"}),
            [public(RSA)],
        ),
    ],
)
def test_signatures_that_are_refused(keys, _case, token, published):
    with pytest.raises(OAuth2Error):
        read(token, keys_url=keys(*published))


def test_without_keys_the_signature_does_not_matter():
    assert read(signed(OTHER_RSA, "RS256"))["sub"] == "1"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "other"},
        {"aud": None},
        {"aud": ["other", "another"]},
        {"exp": "soon"},
        {"iat": "soon"},
    ],
    ids=str,
)
def test_claims_that_are_refused(changes):
    claims = json.dumps({"sub": "1", "aud": "client", **changes}).encode()
    with pytest.raises(OAuth2Error):
        read(jwt.api_jws.encode(claims, RSA, "RS256"))


@pytest.mark.parametrize(
    ("claim", "seconds", "is_fine"),
    [
        ("exp", -60, True),
        ("exp", -290, True),
        ("exp", -301, False),
        ("iat", 60, True),
        ("iat", 290, True),
        ("iat", 400, False),
    ],
)
def test_clocks_may_differ_by_five_minutes(claim, seconds, is_fine):
    token = signed(RSA, "RS256", **{claim: int(time.time()) + seconds})
    if is_fine:
        assert read(token)["sub"] == "1"
        return
    with pytest.raises(OAuth2Error):
        read(token)


def test_issuers():
    assert read(signed(RSA, "RS256"), issuers=("https://idp",))
    with pytest.raises(OAuth2Error):
        read(signed(RSA, "RS256"), issuers=("https://other",))


@pytest.mark.parametrize("token", ["", "nope", "a.b.c"])
def test_no_id_token(token):
    with pytest.raises(OAuth2Error):
        read(token)


def test_apple_checks_everything(keys, monkeypatch):
    monkeypatch.setattr(id_tokens, "APPLE_KEYS", keys(public(RSA)))

    def sub_of(**changes):
        token = signed(RSA, "RS256", **{"iss": "https://appleid.apple.com", **changes})
        with time_limit():
            return id_tokens.apple_claims(token, "client")["sub"]

    assert sub_of() == "1"
    for changes in ({"iss": "https://idp"}, {"aud": "other"}, {"exp": None}):
        with pytest.raises(OAuth2Error):
            sub_of(**changes)
