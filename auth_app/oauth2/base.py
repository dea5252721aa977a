"""What all providers share: allauth's classes, set up by a collection's options.

A provider says where its pages are and where in its answer the facts about a user stand; its
adapter asks. Source of both: PocketBase tools/auth/*.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode

from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.http import HttpRequest

from auth_app.oauth2.session import ask
from core_app.numbers import to_text

Raw = dict[str, Any]


@dataclass(slots=True)
class Profile:
    """A user as a provider knows them; ``raw`` is all that it told.

    ``email`` is empty unless the provider vouches for it: accounts are linked by it.
    """

    id: str = ""
    name: str = ""
    username: str = ""
    email: str = ""
    avatar_url: str = ""
    raw: Raw = field(default_factory=dict)


class Pages(NamedTuple):
    """A provider's addresses: where users go, where codes become tokens, where profiles are."""

    authorize: str = ""
    token: str = ""
    profile: str = ""

    @classmethod
    def of(cls, adapter: Any) -> Pages:
        """Return the addresses that allauth knows."""
        return cls(
            adapter.authorize_url,
            adapter.access_token_url,
            getattr(adapter, "profile_url", ""),
        )


class Addressed(OAuth2Adapter):
    """Any adapter of allauth, at the addresses of one provider of one collection."""

    authorize_url = access_token_url = profile_url = ""  # some of allauth's are properties

    def __init__(self, provider: Provider, redirect_url: str = "") -> None:
        super().__init__(provider.request)
        self.provider = provider
        self.authorize_url, self.access_token_url, self.profile_url = provider.pages
        self.redirect_url = redirect_url

    def get_provider(self) -> Provider:
        return self.provider

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return where the client let its user come back to; the provider compares."""
        return self.redirect_url


class Adapter(Addressed):
    """Asks for the profile with the token in the header that the provider named, nothing else."""

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> Profile:
        raw = self.provider.ask_profile(Source(app, token, kwargs["response"]))
        return self.provider.sociallogin_from_response(request, raw)


@dataclass(frozen=True, slots=True)
class Source:
    """What to ask for a user with; ``answer`` is all that came with the token."""

    app: SocialApp
    token: SocialToken
    answer: Raw

    def ask(self, url: str, method: str = "GET", **options: Any) -> Any:
        """Return the JSON that one of the provider's pages answers with the user's token."""
        kind = str(self.answer.get("token_type") or "Bearer")
        kind = {"bearer": "Bearer", "mac": "MAC", "basic": "Basic"}.get(kind.lower(), kind)
        headers = {"Authorization": f"{kind} {self.token.token}", **options.pop("headers", {})}
        return ask(method, url, headers=headers, **options)


class Provider(OAuth2Provider):
    """A provider as one collection uses it. Subclasses fill in; a place is like ``a.b.0.c``."""

    oauth2_adapter_class: type[Addressed] = Adapter
    known_pages: ClassVar[Pages] = Pages()
    scopes: ClassVar[tuple[str, ...]] = ()
    pkce_enabled_default = True
    #: further parameters of the address that users are sent to
    auth_params: ClassVar[Mapping[str, str]] = {}

    id_at = "id"
    name_at = "name"
    username_at = ""
    email_at = "email"
    avatar_at = ""

    @classmethod
    def logo(cls) -> str:
        """Return a small SVG: the initial in a disc."""
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
            '<circle cx="16" cy="16" r="16" fill="#3d4450"/>'
            '<text x="16" y="22" font-family="sans-serif" font-size="17" font-weight="bold" '
            f'text-anchor="middle" fill="#fff">{cls.name[0]}</text></svg>'
        )

    @property
    def extra(self) -> Mapping[str, Any]:
        """The options that only some providers have."""
        extra: Mapping[str, Any] = self.app.settings["extra"]
        return extra

    @property
    def pages(self) -> Pages:
        """The addresses that the collection chose, or the known ones."""
        chosen = self.app.settings["pages"]
        return Pages(*(own or known for own, known in zip(chosen, self.known_pages, strict=True)))

    @property
    def has_pkce(self) -> bool:
        chosen = self.app.settings["oauth_pkce_enabled"]
        return bool(self.pkce_enabled_default if chosen is None else chosen)

    def get_default_scope(self) -> list[str]:
        return list(self.scopes)

    def sign_in_url(self, state: str, challenge: str) -> str:
        """Return the address to send the user to; the client appends its encoded redirect URL."""
        params = {"client_id": self.app.client_id, "response_type": "code", "state": state}
        params.update(self.auth_params)
        if challenge:
            params.update(code_challenge=challenge, code_challenge_method="S256")
        if scope := self.get_scope():
            params["scope"] = " ".join(scope)
        joint = "&" if "?" in self.pages.authorize else "?"
        query = urlencode(sorted(params.items()))
        return f"{self.pages.authorize}{joint}{query}&redirect_uri="

    def fetch(self, adapter: Addressed, token: SocialToken, answer: Raw) -> Profile:
        """Return the user behind a token. Raise one of ``FAILURES``."""
        profile: Profile = adapter.complete_login(self.request, self.app, token, response=answer)
        self.complete(profile, Source(self.app, token, answer))
        return profile

    def ask_profile(self, source: Source) -> Any:
        """Return what the provider tells of the user."""
        return source.ask(self.pages.profile, headers=self.headers())

    def headers(self) -> Mapping[str, str]:
        """Return what has to be sent beside the token."""
        return {}

    def sociallogin_from_response(self, request: HttpRequest, response: object) -> Profile:
        """Return a profile: where allauth makes rows for its tables, we only need the facts."""
        if not isinstance(response, dict):
            raise OAuth2Error(f"{self.id}: the profile is not an object")
        self.check(response)
        fields = self.extract_common_fields(response)
        return Profile(self.extract_uid(response), **fields, raw=response)

    def extract_uid(self, data: Raw) -> str:
        return at(data, self.id_at)

    def extract_common_fields(self, data: Raw) -> dict[str, str]:
        return {
            "name": at(data, self.name_at),
            "username": at(data, self.username_at),
            "email": at(data, self.email_at) if self.vouches(data) else "",
            "avatar_url": at(data, self.avatar_at),
        }

    def check(self, data: Raw) -> None:
        """Raise one of ``FAILURES`` for a user who is locked out."""

    def vouches(self, data: Raw) -> bool:
        """Whether the user has proved to the provider that the address is theirs."""
        return True

    def complete(self, profile: Profile, source: Source) -> None:
        """Add what does not stand in the profile itself."""


def require(is_fine: object, what: str) -> None:
    """Raise ``OAuth2Error`` unless ``is_fine``."""
    if not is_fine:
        raise OAuth2Error(what)


def at(raw: object, place: str) -> str:
    """Return the text at ``a.b.0.c`` in decoded JSON; numbers in decimals, all else as ``""``."""
    value = raw
    for part in place.split("."):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return ""
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return to_text(value) if is_number else ""  # type: ignore[arg-type]


def is_true(value: object) -> bool:
    """Whether a flag is set, be it a boolean, a number or a word."""
    if isinstance(value, str):
        return value in ("1", "t", "T", "true", "TRUE", "True")
    return bool(value)
