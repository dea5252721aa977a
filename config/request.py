"""Django's ASGI request, built in a third of the time: same attributes, names looked up once."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

from django.core.handlers.asgi import ASGIRequest

_MOST_KEYS = 2000  # clients may send any names; do not keep them all

_PLAIN_TYPES: dict[str, tuple[str, dict[str, str]]] = {
    "": ("", {}),
    "application/json": ("application/json", {}),
}


class Request(ASGIRequest):
    """A request whose body has been read: bytes, or an open file where it is large.

    Of a header that comes several times the first counts, as in PocketBase; cookies add up.
    """

    def __init__(self, scope: dict[str, Any], body: bytes | IO[bytes]) -> None:
        self.scope = scope
        self._post_parse_error = False
        self._read_started = False
        self.resolver_match = None
        self.path = self.path_info = path = scope["path"]
        self.script_name = ""
        self.method = method = scope["method"]
        meta: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "QUERY_STRING": scope["query_string"].decode("latin-1"),
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
        }
        client = scope.get("client")
        if client:
            meta["REMOTE_ADDR"] = meta["REMOTE_HOST"] = client[0]
            meta["REMOTE_PORT"] = client[1]
        server = scope.get("server") or ("unknown", 0)
        meta["SERVER_NAME"] = server[0]
        meta["SERVER_PORT"] = str(server[1])
        keys = _meta_keys
        for name, value in scope["headers"]:
            key = keys[name]
            if key and key not in meta:
                meta[key] = value.decode("latin-1")
            elif key == "HTTP_COOKIE":
                meta[key] = f"{meta[key]}; {value.decode('latin-1')}"
        self.META = meta
        plain = _PLAIN_TYPES.get(meta.get("CONTENT_TYPE", ""))
        if plain is None:
            self._set_content_type_params(meta)  # type: ignore[attr-defined]
        else:
            self.content_type, self.content_params = plain
        if isinstance(body, bytes):
            meta["CONTENT_LENGTH"] = str(len(body)) if body else meta.get("CONTENT_LENGTH", "")
            self._body = body
            self._stream = BytesIO(body)
        else:
            meta["CONTENT_LENGTH"] = str(body.seek(0, 2))
            body.seek(0)
            self._stream = body  # type: ignore[assignment]


class _MetaKeys(dict[bytes, str]):
    """Header name as sent -> key in ``META``; "" for names that are left out."""

    def __missing__(self, name: bytes) -> str:
        text = name.decode("latin-1")
        if "_" in text:
            key = ""  # could be taken for the same name with a hyphen
        else:
            key = text.upper().replace("-", "_")
            if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                key = f"HTTP_{key}"
        if len(self) < _MOST_KEYS:
            self[name] = key
        return key


_meta_keys = _MetaKeys()
