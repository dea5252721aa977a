"""A code for a token: how we say who we are, and which answers count."""

from __future__ import annotations

import base64

import pytest

from auth_app.oauth2 import exchange, providers
from auth_app.oauth2.session import FAILURES, time_limit
from tests.auth_app.fake_provider import CLIENT_ID, CLIENT_SECRET, code_for


def fetch(config, code=None, verifier="v", redirect_url=""):
    made = providers.of(config)
    with time_limit():
        return exchange.fetch(
            made.oauth2_adapter_class(made, redirect_url), code or code_for(sub="1"), verifier
        )


def test_the_header_first_then_the_body_and_what_worked_is_remembered(provider):
    config = provider.config(tokenURL=f"{provider.url}/token-body")
    for expected in (2, 1):
        provider.requests.clear()
        fetch(config)
        assert len(provider.requests) == expected
    form = provider.requests[0][2]
    assert (form["client_id"], form["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)


def test_the_header_is_encoded_as_the_standard_wants(provider):
    fetch(provider.config())
    _, headers, form = provider.requests[0]
    kind, _, value = headers["Authorization"].partition(" ")
    assert (kind, base64.b64decode(value)) == ("Basic", b"client+id:client%2Fsecret")
    assert "client_secret" not in form


@pytest.mark.parametrize(
    ("pkce", "name", "sent"),
    [
        (None, "oidc", True),
        (True, "vk", True),
        (False, "oidc", False),
        (None, "vk", False),
        (None, "linear", False),
        (None, "bitbucket", False),
    ],
)
def test_verifier(provider, pkce, name, sent):
    fetch(provider.config(name, pkce=pkce), verifier="verifier")
    assert ("code_verifier" in provider.requests[0][2]) == sent


def test_redirect_url(provider):
    fetch(provider.config(), redirect_url="https://app.example.com/x?y=1")
    assert provider.requests[0][2]["redirect_uri"] == "https://app.example.com/x?y=1"
    fetch(provider.config())
    assert "redirect_uri" not in provider.requests[1][2]


def test_form_answer(provider):
    answer = fetch(provider.config(tokenURL=f"{provider.url}/token-form"), code_for(sub="1"))
    assert answer["token_type"] == "bearer"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": "invalid_grant"}, "application/json"),
        (500, b"", "text/html"),
        (200, {"error": "invalid_grant", "access_token": "a"}, "application/json"),
        (200, {"access_token": ""}, "application/json"),
        (200, {"access_token": None}, "application/json"),
        (200, {}, "application/json"),
        (200, [], "application/json"),
        (200, b"{", "application/json"),
        (200, b"hello", "text/plain"),
    ],
)
def test_answers_that_do_not_count(provider, status, body, kind):
    provider.respond = lambda handler, form: (status, body, kind)
    with pytest.raises(FAILURES):
        fetch(provider.config())
    assert len(provider.requests) == 2


def test_what_a_netrc_file_says_is_not_sent(provider, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    from auth_app.oauth2.session import ask

    provider.respond = lambda handler, form: (200, {}, "application/json")
    with time_limit():
        ask("GET", f"{provider.url}/user", headers={"Authorization": "Bearer mine"})
    assert provider.requests[0][1]["Authorization"] == "Bearer mine"
