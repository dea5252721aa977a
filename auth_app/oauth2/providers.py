"""Every provider by name, and how a collection's options make one of them ready for use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.models import SocialApp
from django.http import HttpRequest

from auth_app.oauth2 import known, own
from auth_app.oauth2.base import Provider

_ALL: tuple[type[Provider], ...] = (
    known.Apple,
    known.Google,
    known.Microsoft,
    known.Yandex,
    known.Facebook,
    own.Instagram,
    known.GitHub,
    known.GitLab,
    known.Bitbucket,
    own.Gitee,
    known.Gitea,
    known.Discord,
    known.Twitter,
    known.Kakao,
    own.VK,
    own.Linear,
    known.Notion,
    own.Monday,
    own.Lark,
    known.Box,
    known.Spotify,
    own.Trakt,
    known.Twitch,
    known.Patreon,
    known.Strava,
    own.WakaTime,
    own.LiveChat,
    known.Mailcow,
    own.PlanningCenter,
    known.OpenIDConnect,
    known.OpenIDConnect2,
    known.OpenIDConnect3,
)

#: every provider by the name in the collections' options, in the order they are listed
PROVIDERS: Mapping[str, type[Provider]] = {provider.id: provider for provider in _ALL}


def of(config: Mapping[str, Any]) -> Provider:
    """Return the provider that one entry of a collection's ``oauth2.providers`` describes."""
    provider = PROVIDERS[config["name"]]
    app = SocialApp(
        provider=provider.id,
        name=config.get("displayName") or provider.name,
        client_id=config["clientId"],
        secret=config.get("clientSecret") or "",
        settings={
            "pages": [config.get(key) for key in ("authURL", "tokenURL", "userInfoURL")],
            "oauth_pkce_enabled": config.get("pkce"),
            "extra": config.get("extra") or {},
        },
    )
    # allauth hands its providers the request that came in; of ours nothing is read from it
    return provider(HttpRequest(), app)
