"""The providers that allauth has not, or has for another generation of their API."""

from __future__ import annotations

from typing import Any

from auth_app.oauth2.base import Pages, Profile, Provider, Raw, Source, at, require
from collections_app.fields.formats import is_email


class Instagram(Provider):
    """The API for business accounts; allauth's is the one that was shut down."""

    id, name = "instagram2", "Instagram"
    known_pages = Pages(
        "https://www.instagram.com/oauth/authorize",
        "https://api.instagram.com/oauth/access_token",
        "https://graph.instagram.com/me?fields=id,username,account_type,user_id,name,"
        "profile_picture_url,followers_count,follows_count,media_count",
    )
    scopes = ("instagram_business_basic",)
    id_at, username_at, email_at, avatar_at = "user_id", "username", "", "profile_picture_url"

    def complete(self, profile: Profile, source: Source) -> None:
        profile.raw["permissions"] = source.answer.get("permissions")


class Gitee(Provider):
    id, name = "gitee", "Gitee"
    known_pages = Pages(
        "https://gitee.com/oauth/authorize",
        "https://gitee.com/oauth/token",
        "https://gitee.com/api/v5/user",
    )
    scopes = ("user_info", "emails")
    username_at, avatar_at = "login", "avatar_url"
    emails_page = "https://gitee.com/api/v5/emails"

    def vouches(self, data: Raw) -> bool:
        return is_email(at(data, "email"))

    def complete(self, profile: Profile, source: Source) -> None:
        if profile.email:
            return
        for item in source.ask(self.emails_page):
            if item.get("state") == "confirmed" and "primary" in (item.get("scope") or ()):
                profile.email = at(item, "email")
                return


class VK(Provider):
    """The API at oauth.vk.com; allauth's is that of id.vk.ru."""

    id, name = "vk", "ВКонтакте"
    known_pages = Pages(
        "https://oauth.vk.com/authorize",
        "https://oauth.vk.com/access_token",
        "https://api.vk.com/method/users.get?fields=photo_max,screen_name&v=5.131",
    )
    scopes = ("email",)
    pkce_enabled_default = False
    id_at, username_at, avatar_at = (
        "response.0.id",
        "response.0.screen_name",
        "response.0.photo_max",
    )

    def check(self, data: Raw) -> None:
        require(data.get("response"), "vk: an empty answer")

    def complete(self, profile: Profile, source: Source) -> None:
        first, last = (at(profile.raw, f"response.0.{part}_name") for part in ("first", "last"))
        profile.name = f"{first} {last}".strip()
        profile.email = at(source.answer, "email")


class _GraphQL(Provider):
    """Asked with a query instead of an address."""

    query = ""

    def ask_profile(self, source: Source) -> Any:
        return source.ask(self.pages.profile, "POST", json={"query": self.query})


class Linear(_GraphQL):
    id, name = "linear", "Linear"
    known_pages = Pages(
        "https://linear.app/oauth/authorize",
        "https://api.linear.app/oauth/token",
        "https://api.linear.app/graphql",
    )
    scopes = ("read",)
    pkce_enabled_default = False
    query = "query Me { viewer { id displayName name email avatarUrl active } }"
    id_at, name_at, username_at = "data.viewer.id", "data.viewer.name", "data.viewer.displayName"
    email_at, avatar_at = "data.viewer.email", "data.viewer.avatarUrl"

    def check(self, data: Raw) -> None:
        require(data["data"]["viewer"].get("active") is True, "linear: the account is not active")


class Monday(_GraphQL):
    id, name = "monday", "monday.com"
    known_pages = Pages(
        "https://auth.monday.com/oauth2/authorize",
        "https://auth.monday.com/oauth2/token",
        "https://api.monday.com/v2",
    )
    scopes = ("me:read",)
    query = "query { me { id enabled name email is_verified photo_small } }"
    id_at, name_at, email_at, avatar_at = (
        f"data.me.{part}" for part in ("id", "name", "email", "photo_small")
    )

    def check(self, data: Raw) -> None:
        require(data["data"]["me"].get("enabled") is True, "monday: the account is not enabled")

    def vouches(self, data: Raw) -> bool:
        return data["data"]["me"].get("is_verified") is True


class Lark(Provider):
    """One user has one union id in all apps; allauth's Feishu takes the id within one app."""

    id, name = "lark", "Lark"
    known_pages = Pages(
        "https://accounts.feishu.cn/open-apis/authen/v1/authorize",
        "https://open.feishu.cn/open-apis/authen/v2/oauth/token",
        "https://open.feishu.cn/open-apis/authen/v1/user_info",
    )
    id_at, name_at, email_at, avatar_at = "data.union_id", "data.name", "", "data.avatar_url"


class Trakt(Provider):
    id, name = "trakt", "Trakt"
    known_pages = Pages(
        "https://trakt.tv/oauth/authorize",
        "https://api.trakt.tv/oauth/token",
        "https://api.trakt.tv/users/settings",
    )
    id_at, name_at, username_at = "user.ids.uuid", "user.name", "user.username"
    email_at, avatar_at = "", "user.images.avatar.full"

    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "trakt-api-key": self.app.client_id,
            "trakt-api-version": "2",
        }


class WakaTime(Provider):
    id, name = "wakatime", "WakaTime"
    known_pages = Pages(
        "https://wakatime.com/oauth/authorize",
        "https://wakatime.com/oauth/token",
        "https://wakatime.com/api/v1/users/current",
    )
    scopes = ("email",)
    id_at, name_at, username_at, email_at = (
        f"data.{part}" for part in ("id", "display_name", "username", "email")
    )

    def vouches(self, data: Raw) -> bool:
        return data["data"].get("is_email_confirmed") is True

    def complete(self, profile: Profile, source: Source) -> None:
        if profile.raw["data"].get("photo_public") is True:
            profile.avatar_url = at(profile.raw, "data.photo")


class LiveChat(Provider):
    id, name = "livechat", "LiveChat"
    known_pages = Pages(
        "https://accounts.livechat.com/",
        "https://accounts.livechat.com/token",
        "https://accounts.livechat.com/v2/accounts/me",
    )
    id_at, avatar_at = "account_id", "avatar_url"

    def vouches(self, data: Raw) -> bool:
        return data.get("email_verified") is True


class PlanningCenter(Provider):
    id, name = "planningcenter", "Planning Center"
    known_pages = Pages(
        "https://api.planningcenteronline.com/oauth/authorize",
        "https://api.planningcenteronline.com/oauth/token",
        "https://api.planningcenteronline.com/people/v2/me",
    )
    scopes = ("people",)
    id_at, name_at = "data.id", "data.attributes.name"
    email_at, avatar_at = "", "data.attributes.avatar"

    def check(self, data: Raw) -> None:
        status = at(data, "data.attributes.status")
        require(status == "active", "planningcenter: the account is not active")
