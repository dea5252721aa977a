"""What providers tell of a user, in the form that their manuals show, and what is read from it.

``read`` is (id, name, username, e-mail, avatar); the e-mail is empty where nobody vouches for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MAIL = "ada@example.com"
PICTURE = "https://img.example.com/a/1.png"


@dataclass(frozen=True)
class Told:
    provider: str
    raw: dict[str, Any]
    read: tuple[str, str, str, str, str]
    emails: Any = None  # the page beside the profile
    answer: dict[str, Any] = field(default_factory=dict)  # what came with the token

    def user(self) -> dict[str, Any]:
        """Return what the fake provider's code has to say."""
        told = {**self.raw, "token": self.answer}
        return told if self.emails is None else {**told, "emails": self.emails}


GITHUB = {
    "login": "ada",
    "id": 583231,
    "node_id": "MDQ6VXNlcjU4MzIzMQ==",
    "avatar_url": PICTURE,
    "html_url": "https://github.com/ada",
    "type": "User",
    "site_admin": False,
    "name": "Ada Lovelace",
    "company": None,
    "email": None,
    "bio": None,
    "public_repos": 8,
    "created_at": "2011-01-25T18:44:36Z",
}
PAGE = [
    {"email": "old@example.com", "primary": False, "verified": True, "visibility": None},
    {"email": MAIL, "primary": True, "verified": True, "visibility": "public"},
]
UNPROVED_PAGE = [{"email": MAIL, "primary": True, "verified": False}]
GITLAB = {
    "id": 1,
    "username": "ada",
    "email": MAIL,
    "name": "Ada Lovelace",
    "state": "active",
    "avatar_url": PICTURE,
    "confirmed_at": "2012-05-23T09:05:22.000Z",
    "two_factor_enabled": True,
    "identities": [{"provider": "github", "extern_uid": "2435223452345"}],
}
DISCORD = {
    "id": "80351110224678912",
    "username": "ada",
    "discriminator": "1337",
    "avatar": "8342729096ea3675442027381ff50dfe",
    "verified": True,
    "email": MAIL,
    "flags": 64,
    "premium_type": 1,
    "global_name": None,
}
_DISCORD_PICTURE = (
    "https://cdn.discordapp.com/avatars/80351110224678912/8342729096ea3675442027381ff50dfe.png"
)
GITEA = {
    "id": 7,
    "login": "ada",
    "login_name": "",
    "full_name": "Ada Lovelace",
    "email": "noreply@example.com",
    "avatar_url": PICTURE,
    "is_admin": False,
    "active": True,
    "username": "ada",
}
BITBUCKET = {
    "type": "user",
    "uuid": "{d301aafa-d676-4ee0-88be-962be7417567}",
    "account_id": "557058:c0b7a1d4",
    "username": "ada",
    "display_name": "Ada Lovelace",
    "account_status": "active",
    "links": {"avatar": {"href": PICTURE}, "html": {"href": "https://bitbucket.org/ada"}},
}
_BITBUCKET_ID = "{d301aafa-d676-4ee0-88be-962be7417567}"
BITBUCKET_PAGE = {
    "values": [
        {"type": "email", "email": "x@example.com", "is_primary": False, "is_confirmed": True},
        {"type": "email", "email": MAIL, "is_primary": True, "is_confirmed": True},
    ],
    "page": 1,
}
KAKAO = {
    "id": 123456789,
    "connected_at": "2022-04-11T01:45:28Z",
    "properties": {"nickname": "ada", "profile_image": PICTURE, "thumbnail_image": "t"},
    "kakao_account": {
        "profile": {"nickname": "ada", "profile_image_url": PICTURE},
        "has_email": True,
        "is_email_valid": True,
        "is_email_verified": True,
        "email": MAIL,
    },
}
YANDEX = {
    "id": "1000034426",
    "login": "ada",
    "client_id": "4760187d81bc4b7799476b42b5103713",
    "display_name": "Ada",
    "real_name": "Ada Lovelace",
    "first_name": "Ada",
    "sex": "female",
    "default_email": MAIL,
    "emails_": [MAIL],
    "default_avatar_id": "131652443",
    "is_avatar_empty": False,
}
WAKATIME = {
    "id": "d0f5b2f1",
    "display_name": "Ada Lovelace",
    "full_name": "Ada Lovelace",
    "email": MAIL,
    "is_email_confirmed": True,
    "photo": PICTURE,
    "photo_public": True,
    "username": "ada",
}
PATREON = {
    "email": MAIL,
    "full_name": "Ada Lovelace",
    "image_url": PICTURE,
    "is_email_verified": True,
    "vanity": "ada",
}
OIDC = {
    "sub": "248289761001",
    "name": "Ada Lovelace",
    "given_name": "Ada",
    "preferred_username": "ada",
    "email": MAIL,
    "email_verified": True,
    "picture": PICTURE,
}
MONDAY = {
    "id": "4012689",
    "enabled": True,
    "name": "Ada Lovelace",
    "email": MAIL,
    "is_verified": True,
    "photo_small": PICTURE,
}
LIVECHAT = {
    "account_id": "4f5e0e9c",
    "email": MAIL,
    "name": "Ada Lovelace",
    "avatar_url": PICTURE,
    "email_verified": True,
}
FULL = ("Ada Lovelace", "ada", MAIL, PICTURE)

TOLD = [
    Told(
        "google",
        {
            "sub": "110248495921238986420",
            "name": "Ada Lovelace",
            "given_name": "Ada",
            "picture": PICTURE,
            "email": MAIL,
            "email_verified": True,
        },
        ("110248495921238986420", "Ada Lovelace", "", MAIL, PICTURE),
    ),
    Told("google", {"sub": "1", "email": MAIL, "email_verified": False}, ("1", "", "", "", "")),
    Told(
        "microsoft",
        {
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
            "businessPhones": ["+45 123"],
            "displayName": "Ada Lovelace",
            "mail": MAIL,
            "userPrincipalName": "ada@contoso.example",
            "id": "4782e723-f4f4-4af3-a76e-25e3bab0d896",
        },
        ("4782e723-f4f4-4af3-a76e-25e3bab0d896", "Ada Lovelace", "", MAIL, ""),
    ),
    Told("microsoft", {"id": "1", "userPrincipalName": MAIL}, ("1", "", "", "", "")),
    Told(
        "yandex",
        YANDEX,
        (
            "1000034426",
            "Ada Lovelace",
            "ada",
            MAIL,
            "https://avatars.yandex.net/get-yapic/131652443/islands-200",
        ),
    ),
    Told(
        "yandex",
        {**YANDEX, "is_avatar_empty": True},
        ("1000034426", "Ada Lovelace", "ada", MAIL, ""),
    ),
    Told(
        "facebook",
        {
            "id": "10156",
            "name": "Ada Lovelace",
            "email": MAIL,
            "picture": {"data": {"height": 200, "is_silhouette": False, "url": PICTURE}},
        },
        ("10156", "Ada Lovelace", "", MAIL, PICTURE),
    ),
    Told(
        "instagram2",
        {
            "id": "9",
            "user_id": "17841405793187218",
            "username": "ada",
            "name": "Ada Lovelace",
            "account_type": "BUSINESS",
            "profile_picture_url": PICTURE,
            "followers_count": 5,
        },
        ("17841405793187218", "Ada Lovelace", "ada", "", PICTURE),
        answer={"user_id": 17841405793187218, "permissions": ["instagram_business_basic"]},
    ),
    Told("github", GITHUB, ("583231", *FULL), emails=PAGE),
    Told("github", GITHUB, ("583231", *FULL[:2], "", PICTURE), emails=UNPROVED_PAGE),
    Told("gitlab", GITLAB, ("1", *FULL)),
    Told("gitlab", {**GITLAB, "confirmed_at": None}, ("1", *FULL[:2], "", PICTURE)),
    Told("bitbucket", BITBUCKET, (_BITBUCKET_ID, *FULL), emails=BITBUCKET_PAGE),
    Told("bitbucket", BITBUCKET, (_BITBUCKET_ID, *FULL[:2], "", PICTURE), emails={"values": []}),
    Told(
        "gitee",
        {"id": 7, "login": "ada", "name": "Ada Lovelace", "avatar_url": PICTURE, "email": MAIL},
        ("7", *FULL),
    ),
    Told("gitea", GITEA, ("7", *FULL), emails=PAGE),
    Told("gitea", GITEA, ("7", *FULL[:2], "", PICTURE), emails=UNPROVED_PAGE),
    Told("discord", DISCORD, ("80351110224678912", "ada#1337", "ada", MAIL, _DISCORD_PICTURE)),
    Told(
        "discord",
        {**DISCORD, "global_name": "Ada Lovelace", "discriminator": "0", "avatar": None},
        ("80351110224678912", "Ada Lovelace", "ada", MAIL, ""),
    ),
    Told(
        "discord",
        {**DISCORD, "discriminator": "0", "verified": False},
        ("80351110224678912", "ada", "ada", "", _DISCORD_PICTURE),
    ),
    Told(
        "twitter",
        {
            "data": {
                "id": "2244994945",
                "name": "Ada Lovelace",
                "username": "ada",
                "profile_image_url": PICTURE,
                "confirmed_email": MAIL,
            }
        },
        ("2244994945", *FULL),
    ),
    Told("kakao", KAKAO, ("123456789", "", "ada", MAIL, PICTURE)),
    Told(
        "kakao",
        {**KAKAO, "kakao_account": {**KAKAO["kakao_account"], "is_email_valid": False}},
        ("123456789", "", "ada", "", PICTURE),
    ),
    Told(
        "vk",
        {
            "response": [
                {
                    "id": 210700286,
                    "first_name": "Ada",
                    "last_name": "",
                    "screen_name": "ada",
                    "photo_max": PICTURE,
                    "is_closed": False,
                }
            ]
        },
        ("210700286", "Ada", "ada", MAIL, PICTURE),
        answer={"email": MAIL, "user_id": 210700286, "expires_in": 43200},
    ),
    Told(
        "linear",
        {
            "data": {
                "viewer": {
                    "id": "90fa19b4",
                    "displayName": "ada",
                    "name": "Ada Lovelace",
                    "email": MAIL,
                    "avatarUrl": PICTURE,
                    "active": True,
                }
            }
        },
        ("90fa19b4", *FULL),
    ),
    Told(
        "notion",
        {
            "object": "user",
            "id": "16d84278-ab0e-484c-9bdd-b35da3bd8905",
            "name": "an integration",
            "type": "bot",
            "bot": {
                "owner": {
                    "type": "user",
                    "user": {
                        "object": "user",
                        "id": "5389a034-eb5c-47b5-8a9e-f79c99ef166c",
                        "name": "Ada Lovelace",
                        "avatar_url": PICTURE,
                        "type": "person",
                        "person": {"email": MAIL},
                    },
                }
            },
        },
        ("5389a034-eb5c-47b5-8a9e-f79c99ef166c", "Ada Lovelace", "", MAIL, PICTURE),
    ),
    Told("monday", {"data": {"me": MONDAY}}, ("4012689", "Ada Lovelace", "", MAIL, PICTURE)),
    Told(
        "monday",
        {"data": {"me": {**MONDAY, "is_verified": False}}},
        ("4012689", "Ada Lovelace", "", "", PICTURE),
    ),
    Told(
        "lark",
        {
            "code": 0,
            "msg": "success",
            "data": {
                "name": "Ada Lovelace",
                "en_name": "Ada",
                "avatar_url": PICTURE,
                "open_id": "ou-caecc734c2e3328a62489fe0648c4b98779515d3",
                "union_id": "on-d89jhsdhjsajkda7828enjdj328ydhhw3u43yjhdj",
                "email": MAIL,
            },
        },
        ("on-d89jhsdhjsajkda7828enjdj328ydhhw3u43yjhdj", "Ada Lovelace", "", "", PICTURE),
    ),
    Told(
        "box",
        {
            "type": "user",
            "id": "11446498",
            "name": "Ada Lovelace",
            "login": MAIL,
            "space_amount": 11345156112,
            "status": "active",
            "avatar_url": PICTURE,
        },
        ("11446498", "Ada Lovelace", "", MAIL, PICTURE),
    ),
    Told(
        "spotify",
        {
            "country": "GB",
            "display_name": "Ada Lovelace",
            "email": MAIL,
            "followers": {"href": None, "total": 0},
            "id": "ada",
            "images": [{"url": PICTURE, "height": 300, "width": 300}],
            "product": "premium",
        },
        ("ada", "Ada Lovelace", "", "", PICTURE),
    ),
    Told("spotify", {"id": "ada", "images": []}, ("ada", "", "", "", "")),
    Told(
        "trakt",
        {
            "user": {
                "username": "ada",
                "private": False,
                "name": "Ada Lovelace",
                "vip": True,
                "ids": {"slug": "ada", "uuid": "b6589fc6ab0dc82cf12099d1c2d40ab994e8410c"},
                "images": {"avatar": {"full": PICTURE}},
            },
            "account": {"timezone": "Europe/London"},
        },
        ("b6589fc6ab0dc82cf12099d1c2d40ab994e8410c", "Ada Lovelace", "ada", "", PICTURE),
    ),
    Told(
        "twitch",
        {
            "data": [
                {
                    "id": "141981764",
                    "login": "ada",
                    "display_name": "Ada Lovelace",
                    "type": "",
                    "profile_image_url": PICTURE,
                    "email": MAIL,
                }
            ]
        },
        ("141981764", *FULL),
    ),
    Told(
        "patreon",
        {"data": {"id": "12345", "type": "user", "attributes": PATREON}},
        ("12345", *FULL),
    ),
    Told(
        "patreon",
        {"data": {"id": "12345", "attributes": {**PATREON, "is_email_verified": False}}},
        ("12345", *FULL[:2], "", PICTURE),
    ),
    Told(
        "strava",
        {
            "id": 1234567890987654,
            "username": "ada",
            "resource_state": 3,
            "firstname": "Ada",
            "lastname": "Lovelace",
            "profile": PICTURE,
        },
        ("1234567890987654", "Ada Lovelace", "ada", "", PICTURE),
    ),
    Told("wakatime", {"data": WAKATIME}, ("d0f5b2f1", *FULL)),
    Told(
        "wakatime",
        {"data": {**WAKATIME, "is_email_confirmed": False, "photo_public": False}},
        ("d0f5b2f1", *FULL[:2], "", ""),
    ),
    Told("livechat", LIVECHAT, ("4f5e0e9c", "Ada Lovelace", "", MAIL, PICTURE)),
    Told(
        "livechat",
        {**LIVECHAT, "email_verified": False},
        ("4f5e0e9c", "Ada Lovelace", "", "", PICTURE),
    ),
    Told(
        "mailcow",
        {
            "success": True,
            "username": MAIL,
            "id": MAIL,
            "full_name": "Ada Lovelace",
            "email": MAIL,
            "active": 1,
        },
        (MAIL, "Ada Lovelace", "ada", MAIL, ""),
    ),
    Told(
        "planningcenter",
        {
            "data": {
                "type": "Person",
                "id": "1",
                "attributes": {"avatar": PICTURE, "name": "Ada Lovelace", "status": "active"},
            }
        },
        ("1", "Ada Lovelace", "", "", PICTURE),
    ),
    *(Told(name, OIDC, ("248289761001", *FULL)) for name in ("oidc", "oidc2", "oidc3")),
    Told("oidc", {**OIDC, "email_verified": "true"}, ("248289761001", *FULL)),
    Told("oidc", {**OIDC, "email_verified": "no"}, ("248289761001", *FULL[:2], "", PICTURE)),
]

#: accounts that are locked out, and answers that say nothing of a user
REFUSED = [
    Told("bitbucket", {**BITBUCKET, "account_status": "closed"}, ("",) * 5),
    Told("gitea", {**GITEA, "active": False}, ("",) * 5),
    Told("vk", {"response": []}, ("",) * 5),
    Told("linear", {"data": {"viewer": {"id": "1", "active": False}}}, ("",) * 5),
    Told("linear", {"errors": []}, ("",) * 5),
    Told("monday", {"data": {"me": {**MONDAY, "enabled": False}}}, ("",) * 5),
    Told("box", {"id": "1", "status": "inactive"}, ("",) * 5),
    Told("twitch", {"data": []}, ("",) * 5),
    Told("mailcow", {"id": "1", "active": 0}, ("",) * 5),
    Told("planningcenter", {"data": {"attributes": {"status": "inactive"}}}, ("",) * 5),
    Told("oidc", {"sub": 5}, ("",) * 5),
]
