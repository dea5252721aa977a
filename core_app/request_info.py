"""Who asks for what: the frozen value that everything below a view sees instead of a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from core_app import query_string
from core_app.errors import BadRequest
from core_app.headers import RequestHeaders

if TYPE_CHECKING:
    from django.http import HttpRequest

EMPTY: Mapping[str, Any] = {}


class AuthRecord(Protocol):
    """The signed-in record, as far as floors below ``auth_app`` need to know it."""

    @property
    def id(self) -> str: ...
    @property
    def collection_id(self) -> str: ...
    @property
    def collection_name(self) -> str: ...
    @property
    def is_superuser(self) -> bool: ...
    def get(self, name: str) -> Any:
        """Return the stored value of a field in Python form; ``None`` for an unknown name."""


class RequestInfo(NamedTuple):
    """Everything a rule may ask about, as ``@request.*``.

    ``query`` and ``headers`` hold first values as text; header names are snake_case and lower.
    ``body`` is ``None`` when none was sent; for record writes it holds the *normalised* values.
    ``context`` is default, expand, realtime, protectedFile, batch, oauth2, otp or password.
    """

    method: str = "GET"
    context: str = "default"
    query: Mapping[str, str] = EMPTY
    headers: Mapping[str, str] = EMPTY
    body: Mapping[str, Any] | None = None
    auth: AuthRecord | None = None
    ip: str = ""

    @property
    def is_superuser(self) -> bool:
        """Superusers pass every rule."""
        return self.auth is not None and self.auth.is_superuser

    @classmethod
    def of(cls, request: HttpRequest, body: Mapping[str, Any] | None = None) -> RequestInfo:
        """Return what ``request`` says; middlewares have set ``auth_record`` and ``real_ip``."""
        query = request.META.get("QUERY_STRING")
        return cls(
            method=request.method or "GET",
            query=query_string.first_values(query) if query else {},
            headers=RequestHeaders(request),
            body=body,
            auth=getattr(request, "auth_record", None),
            ip=getattr(request, "real_ip", ""),
        )

    def but(self, **changes: Any) -> RequestInfo:
        """Return a copy with ``changes``."""
        return self._replace(**changes)


class UnreadableBody(Mapping[str, Any]):
    """A body that is of no use to rules: whoever asks for it gets ``BadRequest``."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def __getitem__(self, name: str) -> Any:
        raise BadRequest(reason=self._reason)

    def __iter__(self) -> Iterator[str]:
        raise BadRequest(reason=self._reason)

    def __len__(self) -> int:
        raise BadRequest(reason=self._reason)


#: What code without a request acts as: no caller, no body. Rules are not asked at all for it.
NO_REQUEST = RequestInfo()
