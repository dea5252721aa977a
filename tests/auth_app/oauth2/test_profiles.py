"""Every provider, asked over HTTP by its adapter: what is read from its documented answer."""

from __future__ import annotations

import jwt
import pytest
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter

from auth_app.flows.oauth2 import _ask
from auth_app.oauth2 import own, providers
from core_app.errors import BadRequest
from tests.auth_app.fake_provider import CLIENT_ID, code_for
from tests.auth_app.oauth2.documented import GITHUB, MAIL, OIDC, PAGE, REFUSED, TOLD


def ask(config, user):
    return _ask(config, code_for(**user), "verifier", "https://app.example.com/back")


def facts(profile):
    return (profile.id, profile.name, profile.username, profile.email, profile.avatar_url)


def test_every_provider_is_told_of():
    # Apple's profile is signed: it has tests of its own
    assert {told.provider for told in TOLD} == set(providers.PROVIDERS) - {"apple"}


@pytest.mark.parametrize("name", providers.PROVIDERS)
def test_every_provider_is_allauths(name, provider):
    made = providers.of(provider.config(name))
    adapter = made.oauth2_adapter_class(made, "")
    assert isinstance(made, OAuth2Provider)
    assert isinstance(adapter, OAuth2Adapter)
    assert isinstance(made.app, SocialApp)
    assert made.app.pk is None
    assert (made.app.client_id, adapter.access_token_url) == (CLIENT_ID, f"{provider.url}/token")


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.provider)
def test_documented_answer(told, provider):
    token, profile = ask(provider.config(told.provider), told.user())
    assert facts(profile) == told.read
    assert profile.raw.items() >= told.raw.items()
    assert token.token
    asked = [headers for path, headers, _ in provider.requests if path.startswith("/user")]
    assert all(token.token in headers["Authorization"] for headers in asked)


@pytest.mark.parametrize("told", REFUSED, ids=lambda told: told.provider)
def test_accounts_that_are_refused(told, provider):
    with pytest.raises(BadRequest, match="Failed to fetch OAuth2 user"):
        ask(provider.config(told.provider), told.user())


@pytest.mark.parametrize("raw", [None, [], "x", {"id": None}])
@pytest.mark.parametrize("name", ["github", "discord", "kakao", "strava", "yandex", "linear"])
def test_answers_of_another_shape(name, raw, provider):
    def respond(handler, form):
        if handler.path.startswith("/token"):
            return 200, {"access_token": "a"}, "application/json"
        return 200, raw, "application/json"

    provider.respond = respond
    try:
        _, profile = ask(provider.config(name), {})
    except BadRequest:
        return
    assert profile.id == ""  # never a word like "None", which many users would share


@pytest.mark.parametrize(
    ("name", "header", "value"),
    [
        ("notion", "Notion-Version", "2022-06-28"),
        ("trakt", "Trakt-Api-Key", CLIENT_ID),
        ("trakt", "Trakt-Api-Version", "2"),
        ("twitch", "Client-Id", CLIENT_ID),
    ],
)
def test_headers_that_some_want(name, header, value, provider):
    told = next(item for item in TOLD if item.provider == name)
    ask(provider.config(name), told.user())
    sent = {key.title(): text for key, text in provider.requests[-1][1].items()}
    assert sent[header] == value


def test_gitee_has_a_page_of_addresses_at_its_own_place(provider, monkeypatch):
    monkeypatch.setattr(own.Gitee, "emails_page", f"{provider.url}/user/emails")
    emails = [
        {"email": "x@example.com", "state": "unconfirmed", "scope": ["primary"]},
        {"email": MAIL, "state": "confirmed", "scope": ["primary", "notified"]},
    ]
    _, profile = ask(provider.config("gitee"), {"id": 7, "email": "***", "emails": emails})
    assert facts(profile) == ("7", "", "", MAIL, "")


@pytest.mark.parametrize(
    ("status", "is_fine"), [(401, True), (403, True), (404, True), (500, False)]
)
def test_an_address_page_that_may_not_be_seen(status, is_fine, provider):
    usual = provider.respond

    def respond(handler, form):
        if handler.path == "/user/emails":
            return status, {}, "application/json"
        return usual(handler, form)

    provider.respond = respond
    if not is_fine:
        with pytest.raises(BadRequest):
            ask(provider.config("github"), GITHUB)
        return
    _, profile = ask(provider.config("github"), {**GITHUB, "emails": PAGE})
    assert (profile.id, profile.email) == ("583231", "")


@pytest.mark.parametrize(
    ("mode", "claims", "email"),
    [
        ("", {"email": MAIL}, "graph@example.com"),
        ("verified_primary_email", {"verified_primary_email": [MAIL]}, MAIL),
        ("email_and_xms_edov", {"email": MAIL, "xms_edov": True}, MAIL),
        ("email_and_xms_edov", {"email": MAIL}, ""),
        ("any_verified", {"email": MAIL, "xms_edov": "1"}, MAIL),
        ("email", {"email": MAIL}, MAIL),
        ("nope", {"email": MAIL}, ""),
    ],
)
def test_microsoft_address(mode, claims, email, provider):
    config = provider.config("microsoft", extra={"idTokenEmailClaim": mode})
    user = {"id": "1", "mail": "graph@example.com"}
    _, profile = ask(config, {**user, "token": {"id_token": jwt.encode(claims, "k" * 32)}})
    assert profile.email == email
    assert ("openid" in providers.of(config).get_scope()) == bool(mode)


def test_oidc_without_a_profile_page_reads_the_id_token(provider):
    config = provider.config("oidc", userInfoURL="")
    claims = {**OIDC, "aud": CLIENT_ID}
    _, profile = ask(config, {"token": {"id_token": jwt.encode(claims, "k" * 32)}})
    assert (profile.id, profile.email, profile.raw) == (OIDC["sub"], MAIL, claims)


def test_all_calls_share_one_limit_of_time(provider, monkeypatch):
    monkeypatch.setattr("auth_app.flows.oauth2.time_limit", lambda: limit(0))
    from auth_app.oauth2.session import time_limit as limit

    with pytest.raises(BadRequest, match="Failed to fetch OAuth2 token"):
        ask(provider.config(), OIDC)
    assert provider.requests == []
