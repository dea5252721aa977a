"""Discord, and GitLab at one's own address: the way from ``auth-methods`` to the record."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from collections_app import records
from tests.auth_app.fake_provider import CLIENT_ID, code_for
from tests.auth_app.oauth2.documented import DISCORD, GITLAB, MAIL, PICTURE

MEMBERS = "/api/collections/members"


@pytest.fixture
def members(make_collection):
    """Accounts for the users of one provider; ``members(entry)``."""

    def make(entry):
        mapped = {"name": "title", "username": "nick", "avatarURL": "picture"}
        return make_collection(
            "members",
            {"name": "title", "type": "text"},
            {"name": "nick", "type": "text"},
            {"name": "picture", "type": "url"},
            type="auth",
            createRule="",
            oauth2={"enabled": True, "providers": [entry], "mappedFields": mapped},
        )

    return make


def sign_in(api, name, user, **more):
    body = {"provider": name, "code": code_for(**user), "redirectURL": "https://app/x", **more}
    return api.post(f"{MEMBERS}/auth-with-oauth2", body)


def sign_in_url(api):
    answer = api.get(f"{MEMBERS}/auth-methods").json()["oauth2"]["providers"][0]
    url = urlsplit(answer["authURL"])
    query = parse_qs(url.query, keep_blank_values=True)
    assert answer["authURL"].endswith("&redirect_uri=")
    assert query["code_challenge"] == [answer["codeChallenge"]]
    assert query["state"] == [answer["state"]]
    return f"{url.scheme}://{url.netloc}{url.path}", query["scope"]


def test_discord_addresses(api, members):
    members({"name": "discord", "clientId": CLIENT_ID, "clientSecret": "s"})
    assert sign_in_url(api) == ("https://discord.com/api/oauth2/authorize", ["identify email"])


def test_discord_user(api, members, provider):
    members(provider.config("discord"))
    answer = sign_in(api, "discord", {**DISCORD, "global_name": "Ada Lovelace"}).json()
    record = answer["record"]
    assert (record["email"], record["verified"]) == (MAIL, True)
    assert (record["title"], record["nick"]) == ("Ada Lovelace", "ada")
    assert record["picture"].startswith("https://cdn.discordapp.com/avatars/80351110224678912/")
    again = sign_in(api, "discord", DISCORD).json()
    assert (again["record"]["id"], again["meta"]["isNew"]) == (record["id"], False)


def test_discord_user_without_a_proved_address_gets_nobodys_account(
    api, members, provider, make_user
):
    victim = make_user(MAIL, members(provider.config("discord")))
    response = sign_in(api, "discord", {**DISCORD, "verified": False})
    assert response.status_code == 400
    assert response.json()["data"]["email"]["code"] == "validation_required"
    assert records.count("_externalAuths") == 0
    assert records.get("members", victim.id)["verified"] == victim["verified"]


def test_gitlab_addresses(api, members):
    members({"name": "gitlab", "clientId": CLIENT_ID, "clientSecret": "s"})
    assert sign_in_url(api) == ("https://gitlab.com/oauth/authorize", ["read_user"])


def test_gitlab_of_ones_own(api, members, provider):
    """Only the three configured addresses are asked, the token stands in no address."""
    members(
        provider.config(
            "gitlab",
            authURL="https://git.example.com/oauth/authorize",
            userInfoURL=f"{provider.url}/api/v4/user",
            displayName="Our GitLab",
        )
    )
    assert sign_in_url(api)[0] == "https://git.example.com/oauth/authorize"
    methods = api.get(f"{MEMBERS}/auth-methods").json()["oauth2"]["providers"]
    assert [item["displayName"] for item in methods] == ["Our GitLab"]
    record = sign_in(api, "gitlab", GITLAB, codeVerifier="v" * 43).json()["record"]
    assert (record["email"], record["verified"]) == (MAIL, True)
    assert (record["title"], record["nick"], record["picture"]) == ("Ada Lovelace", "ada", PICTURE)
    assert [path for path, _, _ in provider.requests] == ["/token", "/api/v4/user"]
    assert provider.requests[0][2]["code_verifier"] == "v" * 43
    assert provider.requests[0][2]["redirect_uri"] == "https://app/x"


def test_gitlab_user_whose_address_is_not_confirmed(api, members, provider, make_user):
    make_user(MAIL, members(provider.config("gitlab")))
    assert sign_in(api, "gitlab", {**GITLAB, "confirmed_at": None}).status_code == 400
    assert records.count("_externalAuths") == 0
