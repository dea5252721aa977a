"""The same requests to the real PocketBase and to us, answers compared as far as they can agree."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind
from tests.auth_app.forging import claims_of
from tests.makers import Api

_JWT = re.compile(r"^[\w-]+\.[\w-]+\.[\w-]+$")
_MARK = re.compile(r"«(\w+)»")
#: keys whose values are made up anew each time
_RANDOM = {"state", "codeVerifier", "codeChallenge", "authURL", "authUrl", "logo", "mfaId", "otpId"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z")


class Pair:
    """Two servers in step. ``«name»`` in what is sent stands for what each one saved before."""

    def __init__(self, pocketbase: Any, superuser: Any) -> None:
        self.theirs = pocketbase
        self.ours = Api(sign.issue(superuser, TokenKind.AUTH, refreshable=True))
        self.their_values: dict[str, str] = {"su": pocketbase.http.headers["Authorization"]}
        self.our_values: dict[str, str] = {"su": self.ours.token}

    def collection(self, **data: Any) -> None:
        """Create a collection on both sides."""
        from collections_app.schema_edit import service

        response = self.theirs.http.post("/api/collections", json=data)
        assert response.status_code == 200, response.text
        service.create(data)

    def patch_collection(self, name: str, **data: Any) -> None:
        """Change a collection on both sides."""
        from collections_app.schema import lookup
        from collections_app.schema_edit import service

        response = self.theirs.http.patch(f"/api/collections/{name}", json=data)
        assert response.status_code == 200, response.text
        service.update(lookup.get(name), data)

    def step(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        auth: str = "",
        save: dict[str, str] | None = None,
        raw: str | None = None,
        content_type: str = "application/json",
    ) -> tuple[int, Any]:
        """Send one request to both, compare, and return our status and body.

        ``auth`` is the name of a saved token; ``save`` maps names to keys of the answer.
        """
        text = raw if raw is not None else (None if body is None else json.dumps(body))
        theirs = self._send_theirs(method, path, text, content_type, auth)
        ours = self._send_ours(method, path, text, content_type, auth)
        shown = f"{method} {path} {text} as {auth or 'guest'}"
        got = (ours[0], normal(ours[1], root=_root(self.our_values)))
        wanted = (theirs[0], normal(theirs[1], root=_root(self.their_values)))
        assert got == wanted, f"{shown}\n  ours: {got}\ntheirs: {wanted}"
        for name, key in (save or {}).items():
            self.their_values[name] = theirs[1][key]
            self.our_values[name] = ours[1][key]
        return ours

    def _send_theirs(self, method, path, text, content_type, auth):
        values = self.their_values
        headers = {"Content-Type": content_type} if text is not None else {}
        if auth:
            headers["Authorization"] = values[auth]
        response = self.theirs.guest.request(
            method,
            _filled(path, values),
            content=None if text is None else _filled(text, values).encode(),
            headers=headers,
        )
        return response.status_code, _decoded(response.content)

    def _send_ours(self, method, path, text, content_type, auth):
        values = self.our_values
        response = Api(values[auth] if auth else "").request(
            method,
            _filled(path, values),
            None if text is None else _filled(text, values).encode(),
            content_type,
        )
        return response.status_code, _decoded(response.content)


def normal(value: Any, key: str = "", *, root: str = "") -> Any:
    """Return ``value`` without what differs from server to server; tokens become their claims."""
    if isinstance(value, dict):
        return {name: normal(item, name, root=root) for name, item in value.items()}
    if isinstance(value, list):
        return [normal(item, root=root) for item in value]
    if value == root:
        return "<root>"
    if key in _RANDOM and value:
        return f"<{key}>"
    if isinstance(value, str) and key == "token" and _JWT.match(value):
        claims = claims_of(value)
        claims["exp"] = round((claims["exp"] - time.time()) / 600)
        return normal(claims, root=root)
    if isinstance(value, str):
        return _MOMENT.sub("<moment>", value)
    return value


def _root(values: dict[str, str]) -> str:
    return claims_of(values["su"])["id"]


def _filled(text: str, values: dict[str, str]) -> str:
    return _MARK.sub(lambda found: values[found[1]], text)


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode()
