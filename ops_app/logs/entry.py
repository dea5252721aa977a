"""One request -> one entry of the log. Noting it is cheap; writing it out is done elsewhere."""

from __future__ import annotations

import re
import time
from typing import Any, NamedTuple
from urllib.parse import unquote

import orjson
from django.http import HttpRequest, HttpResponse

from core_app import raw_url
from core_app.settings_store.shape import Logs

INFO, ERROR = 0, 8

#: bytes of ``data`` where the settings say 0
DEFAULT_DATA_SIZE = 16 << 10
LONGEST_URL, LONGEST_TEXT, LONGEST_MESSAGE = 3000, 2000, 8000
_BAD_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_NUMBER = re.compile(rb"-?\d+(\.\d+)?")
TRUNCATED = "__pb_truncated__"

#: what is stored: level, message, data as JSON, created
Row = tuple[int, str, str, str]


class Noted(NamedTuple):
    """What there is to say about a request, taken before it is gone."""

    moment: float  # seconds since the epoch
    took_s: float
    method: str
    url: bytes  # as it was sent
    status: int
    referer: str
    user_agent: str
    auth: str
    auth_id: str
    user_ip: str
    remote_ip: str
    error: BaseException | None
    logs: Logs

    @property
    def level(self) -> int:
        return ERROR if self.status >= 400 or self.error is not None else INFO


def note(request: HttpRequest, response: HttpResponse, took_s: float, logs: Logs) -> Noted:
    """Return what the log will say about a request."""
    meta = request.META
    auth: Any = getattr(request, "auth_record", None)
    return Noted(
        time.time(),
        took_s,
        request.method or "",
        _url(request),
        response.status_code,
        meta.get("HTTP_REFERER", ""),
        meta.get("HTTP_USER_AGENT", ""),
        "" if auth is None else auth.collection_name,
        "" if auth is None else auth.id,
        getattr(request, "real_ip", ""),
        meta.get("REMOTE_ADDR", ""),
        getattr(response, "error", None),
        logs,
    )


def row_of(noted: Noted) -> Row:
    """Return the stored form of what was noted."""
    logs = noted.logs
    url = _cut(_text(noted.url), LONGEST_URL)
    data: dict[str, Any] = {
        "auth": noted.auth,
        "execTime": round(noted.took_s * 1000, 3),
        "method": noted.method,
        "referer": _cut(_header(noted.referer), LONGEST_TEXT),
        "status": noted.status,
        "type": "request",
        "url": url,
        "userAgent": _cut(_header(noted.user_agent), LONGEST_TEXT),
    }
    if logs.log_auth_id:
        data["authId"] = noted.auth_id
    if logs.log_ip:
        data["userIP"], data["remoteIP"] = noted.user_ip, noted.remote_ip
    if noted.level == ERROR:
        data["error"], data["details"] = _said(noted.error), _reason(noted.error)
    message = f"{noted.method} {_decoded(url)}"
    return (
        noted.level,
        message[:LONGEST_MESSAGE],
        data_text(data, logs.max_data_size),
        wire(noted.moment),
    )


def data_text(data: dict[str, Any], most: int = 0) -> str:
    """Return ``data`` as JSON of at most about ``most`` bytes, keys in order.

    As PocketBase cuts it: the text ends in the middle. A key that is cut vanishes, as do all after
    it; a number is what is left of its digits, any other value that is cut becomes null.
    """
    text = orjson.dumps(data, option=orjson.OPT_SORT_KEYS, default=str)
    most = most or DEFAULT_DATA_SIZE
    if len(text) <= most:
        return text.decode()
    kept: dict[str, Any] = {TRUNCATED: True}
    at = 1
    for key in sorted(data):
        value = orjson.dumps(data[key], option=orjson.OPT_SORT_KEYS, default=str)
        start = at + len(orjson.dumps(key)) + 1
        at = start + len(value) + 1  # the comma
        if start > most:
            break
        if start + len(value) > most:
            kept[key] = _rest_of(value[: most - start])
            break
        kept[key] = orjson.Fragment(value)
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()


def _rest_of(start: bytes) -> int | float | None:
    """Return the number that the beginning of a value is, ``None`` if it is none."""
    if _NUMBER.fullmatch(start) is None:
        return None
    number: int | float = orjson.loads(start)
    return int(number) if number == int(number) else number


def wire(moment: float) -> str:
    """Return seconds since the epoch in wire form."""
    whole = int(moment)
    return (
        f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(whole))}.{int(moment * 1000) % 1000:03d}Z"
    )


def _said(error: BaseException | None) -> str:
    """Return what the client was told."""
    body = getattr(error, "body", None)
    return (
        str(body().get("message") or error)
        if callable(body) and hasattr(error, "status")
        else str(error or "")
    )


def _reason(error: BaseException | None) -> str | None:
    """Return what the client was not told."""
    reason = getattr(error, "reason", "") or (
        repr(error.__cause__) if error and error.__cause__ else ""
    )
    return reason or None


def _url(request: HttpRequest) -> bytes:
    query: str = request.META.get("QUERY_STRING", "")
    path = raw_url.path(request)
    return path + b"?" + query.encode("latin-1", "replace") if query else path


def _decoded(url: str) -> str:
    """Return ``url`` without its percent signs, as it is if one of them is broken."""
    return url if "%" not in url or _BAD_PERCENT.search(url) else unquote(url)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _header(value: str) -> str:
    """Return a header as it was meant: bytes of UTF-8, which Django has read as Latin-1."""
    return value if value.isascii() else _text(value.encode("latin-1", "replace"))


def _cut(text: str, most: int) -> str:
    """Return the first ``most`` bytes of ``text``, with dots if there were more."""
    if len(text) <= most and (text.isascii() or len(text.encode()) <= most):
        return text
    return f"{text.encode()[:most].decode(errors='ignore')}..."


__all__ = ["ERROR", "INFO", "Noted", "Row", "data_text", "note", "row_of", "wire"]
