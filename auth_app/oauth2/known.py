"""The providers that allauth has too: its classes, with PocketBase's addresses and readings.

Where allauth's own ``complete_login`` asks what PocketBase asks, the adapter is allauth's; else it
is ours (docs/decisions.md says why). ``Pages.of`` takes addresses from allauth where they agree.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from allauth.socialaccount.providers.apple.provider import AppleProvider
from allauth.socialaccount.providers.apple.views import AppleOAuth2Adapter
from allauth.socialaccount.providers.bitbucket_oauth2.provider import BitbucketOAuth2Provider
from allauth.socialaccount.providers.bitbucket_oauth2.views import BitbucketOAuth2Adapter
from allauth.socialaccount.providers.box.provider import BoxOAuth2Provider
from allauth.socialaccount.providers.box.views import BoxOAuth2Adapter
from allauth.socialaccount.providers.discord.provider import DiscordProvider
from allauth.socialaccount.providers.discord.views import DiscordOAuth2Adapter
from allauth.socialaccount.providers.facebook.provider import FacebookProvider
from allauth.socialaccount.providers.gitea.provider import GiteaProvider
from allauth.socialaccount.providers.gitea.views import GiteaOAuth2Adapter
from allauth.socialaccount.providers.github.provider import GitHubProvider
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.gitlab.provider import GitLabProvider
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from allauth.socialaccount.providers.kakao.provider import KakaoProvider
from allauth.socialaccount.providers.kakao.views import KakaoOAuth2Adapter
from allauth.socialaccount.providers.mailcow.provider import MailcowProvider
from allauth.socialaccount.providers.microsoft.provider import MicrosoftGraphProvider
from allauth.socialaccount.providers.notion.provider import NotionProvider
from allauth.socialaccount.providers.notion.views import NotionOAuth2Adapter
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.patreon.provider import PatreonProvider
from allauth.socialaccount.providers.patreon.views import PatreonOAuth2Adapter
from allauth.socialaccount.providers.spotify.provider import SpotifyOAuth2Provider
from allauth.socialaccount.providers.spotify.views import SpotifyOAuth2Adapter
from allauth.socialaccount.providers.strava.provider import StravaProvider
from allauth.socialaccount.providers.strava.views import StravaOAuth2Adapter
from allauth.socialaccount.providers.twitch.provider import TwitchProvider
from allauth.socialaccount.providers.twitch.views import TwitchOAuth2Adapter
from allauth.socialaccount.providers.twitter_oauth2.provider import TwitterOAuth2Provider
from allauth.socialaccount.providers.twitter_oauth2.views import TwitterOAuth2Adapter
from allauth.socialaccount.providers.yandex.provider import YandexProvider
from allauth.socialaccount.providers.yandex.views import YandexOAuth2Adapter
from django.http import HttpRequest

from auth_app.oauth2 import id_tokens
from auth_app.oauth2.base import (
    Adapter,
    Addressed,
    Pages,
    Profile,
    Provider,
    Raw,
    Source,
    at,
    is_true,
    require,
)
from auth_app.oauth2.session import ProviderRefused

# ruff: noqa: S106 - addresses of tokens, not tokens
_G = "https://www.googleapis.com"
_MICROSOFT = "https://login.microsoftonline.com/common/oauth2/v2.0"


class Apple(Provider, AppleProvider):
    """There is no page to ask: the profile is the id token."""

    oauth2_adapter_class = Adapter
    known_pages = Pages.of(AppleOAuth2Adapter)
    scopes = ("name", "email")
    auth_params = {"response_mode": "form_post"}
    id_at = "sub"

    def ask_profile(self, source: Source) -> Raw:
        return id_tokens.apple_claims(str(source.answer.get("id_token") or ""), self.app.client_id)

    def vouches(self, data: Raw) -> bool:
        return is_true(data.get("email_verified"))


class Google(Provider, GoogleProvider):
    oauth2_adapter_class = Adapter
    known_pages = Pages.of(GoogleOAuth2Adapter)._replace(profile=f"{_G}/oauth2/v3/userinfo")
    scopes = (f"{_G}/auth/userinfo.profile", f"{_G}/auth/userinfo.email")
    id_at, avatar_at = "sub", "picture"

    def vouches(self, data: Raw) -> bool:
        return data.get("email_verified") is True


class Microsoft(Provider, MicrosoftGraphProvider):
    """Graph's ``mail`` is proved by nobody, so an app may name claims of the id token instead."""

    oauth2_adapter_class = Adapter
    known_pages = Pages(
        f"{_MICROSOFT}/authorize", f"{_MICROSOFT}/token", "https://graph.microsoft.com/v1.0/me"
    )
    scopes = ("User.Read",)
    name_at, email_at = "displayName", "mail"

    def get_default_scope(self) -> list[str]:
        return [*self.scopes, "openid"] if self.extra.get("idTokenEmailClaim") else [*self.scopes]

    def complete(self, profile: Profile, source: Source) -> None:
        mode = self.extra.get("idTokenEmailClaim")
        if not mode:
            return
        claims = id_tokens.claims_of(str(source.answer.get("id_token") or ""))
        primary = at(claims, "verified_primary_email") or at(claims, "verified_primary_email.0")
        proved = at(claims, "email") if is_true(claims.get("xms_edov")) else ""
        by_mode = {
            "verified_primary_email": primary,
            "email_and_xms_edov": proved,
            "any_verified": primary or proved,
            "email": at(claims, "email"),
        }
        profile.email = by_mode.get(str(mode), "")


class _YandexAdapter(Addressed, YandexOAuth2Adapter):
    pass


class Yandex(Provider, YandexProvider):
    oauth2_adapter_class = _YandexAdapter
    known_pages = Pages.of(YandexOAuth2Adapter)._replace(token="https://oauth.yandex.com/token")
    scopes = ("login:email", "login:avatar", "login:info")
    name_at, username_at, email_at = "real_name", "login", "default_email"

    def complete(self, profile: Profile, source: Source) -> None:
        avatar = at(profile.raw, "default_avatar_id")
        if avatar and not profile.raw.get("is_avatar_empty"):
            profile.avatar_url = f"https://avatars.yandex.net/get-yapic/{avatar}/islands-200"


class Facebook(Provider, FacebookProvider):
    oauth2_adapter_class = Adapter
    known_pages = Pages(
        "https://www.facebook.com/v3.2/dialog/oauth",
        "https://graph.facebook.com/v3.2/oauth/access_token",
        "https://graph.facebook.com/me?fields=name,email,picture.type(large)",
    )
    scopes = ("email",)
    avatar_at = "picture.data.url"


class _HasEmailPage(Provider):
    """The addresses stand on a page beside the profile; the first with all flags is the one."""

    email_at = ""
    flags = ("verified", "primary")
    #: the answers that mean "not allowed to see", for which the address stays empty
    hidden: tuple[int, ...] = (
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
    )

    def complete(self, profile: Profile, source: Source) -> None:
        try:
            answer = source.ask(f"{self.pages.profile}/emails")
        except ProviderRefused as error:
            if error.status not in self.hidden:
                raise
            return
        for item in answer["values"] if isinstance(answer, dict) else answer:
            if all(item.get(flag) is True for flag in self.flags):
                profile.email = at(item, "email")
                return


class GitHub(_HasEmailPage, GitHubProvider):
    oauth2_adapter_class = Adapter
    known_pages = Pages.of(GitHubOAuth2Adapter)
    scopes = ("read:user", "user:email")
    username_at, avatar_at = "login", "avatar_url"


class GitLab(Provider, GitLabProvider):
    oauth2_adapter_class = Adapter
    known_pages = Pages(
        "https://gitlab.com/oauth/authorize",
        "https://gitlab.com/oauth/token",
        "https://gitlab.com/api/v4/user",
    )
    scopes = ("read_user",)
    username_at, avatar_at = "username", "avatar_url"

    def vouches(self, data: Raw) -> bool:
        try:
            return datetime.fromisoformat(at(data, "confirmed_at")).tzinfo is not None
        except ValueError:
            return False


class Bitbucket(_HasEmailPage, BitbucketOAuth2Provider):
    oauth2_adapter_class = Adapter
    known_pages = Pages.of(BitbucketOAuth2Adapter)
    id = "bitbucket"
    scopes = ("account",)
    pkce_enabled_default = False
    id_at, name_at, username_at = "uuid", "display_name", "username"
    avatar_at = "links.avatar.href"
    flags = ("is_primary", "is_confirmed")
    hidden = tuple(range(400, 600))

    def check(self, data: Raw) -> None:
        require(data.get("account_status") == "active", "bitbucket: the account is not active")


class Gitea(_HasEmailPage, GiteaProvider):
    oauth2_adapter_class = Adapter
    known_pages = Pages.of(GiteaOAuth2Adapter)
    name = "Gitea/Forgejo"
    scopes = ("read:user", "user:email")
    name_at, username_at, avatar_at = "full_name", "login", "avatar_url"

    def check(self, data: Raw) -> None:
        require(data.get("active") is True, "gitea: the account is not active")


class _DiscordAdapter(Addressed, DiscordOAuth2Adapter):
    pass


class Discord(Provider, DiscordProvider):
    oauth2_adapter_class = _DiscordAdapter
    known_pages = Pages.of(DiscordOAuth2Adapter)
    scopes = ("identify", "email")
    name_at, username_at = "global_name", "username"

    def vouches(self, data: Raw) -> bool:
        return data.get("verified") is True

    def complete(self, profile: Profile, source: Source) -> None:
        tag, avatar = at(profile.raw, "discriminator"), at(profile.raw, "avatar")
        if not profile.name:
            profile.name = profile.username if tag in ("", "0") else f"{profile.username}#{tag}"
        if avatar:
            profile.avatar_url = f"https://cdn.discordapp.com/avatars/{profile.id}/{avatar}.png"


class Twitter(Provider, TwitterOAuth2Provider):
    oauth2_adapter_class = Adapter
    known_pages = Pages.of(TwitterOAuth2Adapter)._replace(
        profile="https://api.x.com/2/users/me"
        "?user.fields=id,name,username,profile_image_url,confirmed_email"
    )
    id, name = "twitter", "X/Twitter"
    scopes = ("users.read", "users.email", "tweet.read")
    id_at, name_at, username_at = "data.id", "data.name", "data.username"
    email_at, avatar_at = "data.confirmed_email", "data.profile_image_url"


class _KakaoAdapter(Addressed, KakaoOAuth2Adapter):
    pass


class Kakao(Provider, KakaoProvider):
    oauth2_adapter_class = _KakaoAdapter
    known_pages = Pages.of(KakaoOAuth2Adapter)
    scopes = ("account_email", "profile_nickname", "profile_image")
    name_at, username_at, email_at = "", "properties.nickname", "kakao_account.email"
    avatar_at = "properties.profile_image"

    def vouches(self, data: Raw) -> bool:
        account = data.get("kakao_account") or {}
        return account.get("is_email_valid") is True and account.get("is_email_verified") is True


class Notion(Provider, NotionProvider):
    oauth2_adapter_class = Adapter
    known_pages = Pages.of(NotionOAuth2Adapter)._replace(
        profile="https://api.notion.com/v1/users/me"
    )
    id_at, name_at = "bot.owner.user.id", "bot.owner.user.name"
    email_at, avatar_at = "bot.owner.user.person.email", "bot.owner.user.avatar_url"

    def headers(self) -> dict[str, str]:
        return {"Notion-Version": "2022-06-28"}


class Box(Provider, BoxOAuth2Provider):
    oauth2_adapter_class = Adapter
    known_pages = Pages.of(BoxOAuth2Adapter)
    scopes = ("root_readonly",)
    email_at, avatar_at = "login", "avatar_url"

    def check(self, data: Raw) -> None:
        require(data.get("status") == "active", "box: the account is not active")


class Spotify(Provider, SpotifyOAuth2Provider):
    oauth2_adapter_class = Adapter
    known_pages = Pages.of(SpotifyOAuth2Adapter)
    scopes = ("user-read-private",)
    name_at, email_at, avatar_at = "display_name", "", "images.0.url"


class Twitch(Provider, TwitchProvider):
    oauth2_adapter_class = Adapter
    known_pages = Pages.of(TwitchOAuth2Adapter)
    scopes = ("user:read:email",)
    id_at, name_at, username_at = "data.0.id", "data.0.display_name", "data.0.login"
    email_at, avatar_at = "data.0.email", "data.0.profile_image_url"

    def headers(self) -> dict[str, str]:
        return {"Client-Id": self.app.client_id}

    def check(self, data: Raw) -> None:
        require(data.get("data"), "twitch: an empty answer")


class Patreon(Provider, PatreonProvider):
    oauth2_adapter_class = Adapter
    known_pages = Pages.of(PatreonOAuth2Adapter)._replace(
        profile="https://www.patreon.com/api/oauth2/v2/identity"
        "?fields%5Buser%5D=full_name,email,vanity,image_url,is_email_verified"
    )
    scopes = ("identity", "identity[email]")
    id_at, name_at, username_at = "data.id", "data.attributes.full_name", "data.attributes.vanity"
    email_at, avatar_at = "data.attributes.email", "data.attributes.image_url"

    def vouches(self, data: Raw) -> bool:
        return data["data"]["attributes"].get("is_email_verified") is True


class _StravaAdapter(Addressed, StravaOAuth2Adapter):
    pass


class Strava(Provider, StravaProvider):
    oauth2_adapter_class = _StravaAdapter
    known_pages = Pages.of(StravaOAuth2Adapter)._replace(
        token="https://www.strava.com/api/v3/oauth/token"
    )
    scopes = ("profile:read_all",)
    username_at, email_at, avatar_at = "username", "", "profile"

    def extract_uid(self, data: Raw) -> str:
        found = at(data, "id")
        return "" if found == "0" else found

    def complete(self, profile: Profile, source: Source) -> None:
        profile.name = f"{at(profile.raw, 'firstname')} {at(profile.raw, 'lastname')}"


class Mailcow(Provider, MailcowProvider):
    """A server of one's own: a collection has to say where."""

    oauth2_adapter_class = Adapter
    name = "mailcow"
    scopes = ("profile",)
    name_at = "full_name"

    def check(self, data: Raw) -> None:
        require(data.get("active") == 1, "mailcow: the account is not active")

    def complete(self, profile: Profile, source: Source) -> None:
        profile.username = at(profile.raw, "username").partition("@")[0]


class OpenIDConnect(Provider, OpenIDConnectProvider):
    """Any provider of the standard: asked for the profile, or read from its id token."""

    oauth2_adapter_class = Adapter
    id, name = "oidc", "OIDC"
    scopes = ("openid", "email", "profile")
    id_at, username_at, avatar_at = "sub", "preferred_username", "picture"

    def __init__(self, request: HttpRequest, app: Any) -> None:
        """Leave out allauth's, which puts the app's name in place of the class's."""
        self.request, self.app = request, app

    def ask_profile(self, source: Source) -> Any:
        if self.pages.profile:
            return super().ask_profile(source)
        issuers = self.extra.get("issuers")
        return id_tokens.claims_of(
            str(source.answer.get("id_token") or ""),
            audience=self.app.client_id,
            issuers=issuers if isinstance(issuers, list) else (),
            keys_url=str(self.extra.get("jwksURL") or ""),
        )

    def check(self, data: Raw) -> None:
        texts = ("sub", "name", "preferred_username", "picture", "email")
        are_texts = all(isinstance(data.get(key) or "", str) for key in texts)
        require(are_texts, "oidc: a claim is no text")

    def vouches(self, data: Raw) -> bool:
        return is_true(data.get("email_verified"))


class OpenIDConnect2(OpenIDConnect):
    id = "oidc2"


class OpenIDConnect3(OpenIDConnect):
    id = "oidc3"
