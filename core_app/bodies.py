"""A request's body -> Python values: JSON and forms, read as PocketBase reads them.

``read`` is for bodies of any shape (records, batch), ``read_form`` for endpoints with fixed keys.
Nothing here knows what the values are for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, get_origin
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from core_app import multipart, strict_json
from core_app.body_limits import DEFAULT_LIMIT
from core_app.errors import BadRequest, PayloadTooLarge

LOAD_MESSAGE = "An error occurred while loading the submitted data."
UNSUPPORTED_MESSAGE = "Unsupported Content-Type."
JSON_PAYLOAD = "@jsonPayload"

_NUMBER = re.compile(r"[-.\d]+")
_BAD_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")

#: form values by key, in order
Form = dict[str, list[str]]
_Parsed = tuple[Form, multipart.Files]


@dataclass(slots=True)
class Body:
    """What was sent. ``sent`` is False for an empty body; ``values`` then is empty.

    Several values of one key are a list. ``files`` are a form's, by key.
    """

    values: dict[str, Any] = field(default_factory=dict)
    sent: bool = False
    files: multipart.Files = field(default_factory=dict)


def read(request: HttpRequest, *, limit: int = DEFAULT_LIMIT) -> Body:
    """Return the body as a dict of values with their types as sent or, for forms, inferred.

    Raise ``PayloadTooLarge`` above ``limit`` bytes, ``BadRequest`` for a body that cannot be read.
    """
    if not _is_sent(request, limit):
        return Body()
    content_type = request.META.get("CONTENT_TYPE", "")
    if content_type.startswith("application/json"):
        return Body(_json_object(request.body), True)
    form, files = _read_form(request, content_type)
    return Body(_values_of_form(form), True, files)


def read_form(
    request: HttpRequest,
    names: tuple[str, ...],
    types: Mapping[str, type] | None = None,
    *,
    limit: int = DEFAULT_LIMIT,
    unsupported: str = UNSUPPORTED_MESSAGE,
) -> dict[str, Any]:
    """Return one value for each of ``names``, as endpoints with fixed keys read them.

    Values are ``str`` unless ``types`` names another type; what is absent or null is that type's
    empty value. JSON keys match as ``strict_json.expected`` says, keys of forms exactly.
    Raise ``BadRequest`` (load message) for a broken body or a value of another JSON type, with
    ``unsupported`` for a body of an unknown type.
    """
    types = types or {}
    out = {name: types.get(name, str)() for name in names}
    if not _is_sent(request, limit):
        return out
    content_type = request.META.get("CONTENT_TYPE", "")
    try:
        if content_type.startswith("application/json"):
            _fill_from_json(out, types, _loose_json_object(request.body))
        else:
            form, _files = _read_form(request, content_type)
            _fill_from_form(out, types, form)
            for payload in form.get(JSON_PAYLOAD, ()):
                _fill_from_json(out, types, _payload(payload) or {})
    except BadRequest as error:
        message = unsupported if error.message == UNSUPPORTED_MESSAGE else LOAD_MESSAGE
        raise BadRequest(message, reason=error.reason) from error
    return out


def read_patch(request: HttpRequest, texts: Callable[[Form], dict[str, Any]]) -> dict[str, Any]:
    """Return a body as one object: JSON as it is, a form as ``texts`` reads it.

    Numbers too large are as ``strict_json.loads_overflowing`` has them: they only matter where
    somebody looks. Raise ``BadRequest``.
    """
    if not _is_sent(request, DEFAULT_LIMIT):
        return {}
    content_type = request.META.get("CONTENT_TYPE", "")
    if content_type.startswith("application/json"):
        return _loose_json_object(request.body)
    form, _files = _read_form(request, content_type)
    patch = texts(form)
    for payload in form.get(JSON_PAYLOAD, ()):
        patch = _merged(patch, _payload(payload) or {})
    return patch


def is_null(request: HttpRequest) -> bool:
    """Whether the body is JSON's ``null`` (whatever follows it, as everywhere)."""
    if not request.META.get("CONTENT_TYPE", "").startswith("application/json"):
        return False
    try:
        return strict_json.loads_first(request.body) is None
    except ValueError:
        return False


def overflowing_object(request: HttpRequest) -> dict[str, Any] | None:
    """Return a JSON body whose one fault are numbers too large, as ``strict_json`` reads it."""
    if not request.META.get("CONTENT_TYPE", "").startswith("application/json"):
        return None
    values = strict_json.loads_overflowing(request.body)
    return values if isinstance(values, dict) else None


def refuse_unsupported(request: HttpRequest) -> None:
    """Raise ``BadRequest`` if a body of an unknown type came with a request that needs none."""
    if is_announced(request):
        read(request)


def over_query(payload: Mapping[str, Any], query: str) -> dict[str, Any]:
    """Return ``payload`` over the values of a query, as a form's ``@jsonPayload`` is over them.

    Raise ``BadRequest`` for a query that cannot be read, and for values that cannot follow.
    """
    form: Form = {}
    _parse_pairs(query.encode("utf-8", "surrogateescape"), form)
    values: dict[str, Any] = _merged(_values_of_form(form), dict(payload))
    return values


def with_files(values: Mapping[str, Any], files: multipart.Files) -> dict[str, Any]:
    """Return ``values`` with ``files`` behind what is there under the same key."""
    out = dict(values)
    for key, uploads in files.items():
        before = out.get(key)
        kept = [] if before is None else before if isinstance(before, list) else [before]
        together = [*kept, *uploads]
        out[key] = together[0] if len(together) == 1 else together
    return out


def infer(text: str) -> Any:
    """Return a form's text as bool or number where it is canonically written as one."""
    if text == "true":
        return True
    if text == "false":
        return False
    if not _NUMBER.fullmatch(text):
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if len(text) < 16 and number.is_integer() and str(int(number)) == text:
        return int(number)
    # the shortest decimal form, never with an exponent, must be what was written
    if format(Decimal(repr(number)), "f").removesuffix(".0") != text:
        return text
    return int(number) if number.is_integer() and text != "-0" else number


def is_announced(request: HttpRequest) -> bool:
    """Whether there is a body. One of unknown length is one, even if nothing came."""
    meta = request.META
    length = meta.get("CONTENT_LENGTH")
    return length != "0" if length else bool(meta.get("HTTP_TRANSFER_ENCODING"))


def _is_sent(request: HttpRequest, limit: int) -> bool:
    """Whether there is a body. Raise ``PayloadTooLarge`` if it is longer than ``limit``."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > limit:
        raise PayloadTooLarge
    return is_announced(request)


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        value = strict_json.loads_first(raw)
    except ValueError as error:
        raise BadRequest(reason=f"broken JSON: {error}") from error
    if value is None:
        return {}
    if type(value) is not dict:
        raise BadRequest(reason="the JSON body is not an object")
    return value


def _loose_json_object(raw: bytes) -> dict[str, Any]:
    """Return the object in ``raw``; numbers too large matter only where a key is looked at."""
    try:
        return _json_object(raw)
    except BadRequest:
        value = strict_json.loads_overflowing(raw)
        if not isinstance(value, dict):
            raise
        return value


def _read_form(request: HttpRequest, content_type: str) -> _Parsed:
    """Return the text values with the query's and the files, by key.

    The query's values come after those of a url-encoded body, and before those of parts.
    """
    read_before: _Parsed | None = getattr(request, "_form_parsed", None)
    if read_before is not None:
        return read_before
    files: multipart.Files = {}
    form: Form = {}
    texts: Form = {}
    if content_type.startswith("application/x-www-form-urlencoded"):
        if request.method in ("POST", "PUT", "PATCH"):
            _parse_pairs(request.body, form)
    elif content_type.startswith("multipart/form-data"):
        try:
            texts, files = multipart.read(request)
        except multipart.BrokenMultipart as error:
            raise BadRequest(reason=f"broken multipart: {error}") from error
        request._files = MultiValueDict(files)  # type: ignore[attr-defined]
    elif content_type.startswith(("text/xml", "application/xml")):
        raise BadRequest(reason="XML bodies have no use here")
    else:
        raise BadRequest(UNSUPPORTED_MESSAGE)
    _parse_pairs(request.META.get("QUERY_STRING", "").encode(), form)
    for key, values in texts.items():
        form.setdefault(key, []).extend(values)
    request._form_parsed = form, files  # type: ignore[attr-defined]
    return form, files


def _parse_pairs(raw: bytes, into: Form) -> None:
    """Add the pairs of ``a=1&b=2`` to ``into``. Raise ``BadRequest`` where it is malformed."""
    if not raw:
        return
    text = raw.decode("utf-8", "surrogateescape")
    if ";" in text or _BAD_PERCENT.search(text):
        raise BadRequest(reason="malformed url-encoded pairs")
    for pair in text.split("&"):
        if pair:
            key, _, value = pair.partition("=")
            into.setdefault(_unquote(key), []).append(_unquote(value))


def _unquote(text: str) -> str:
    plain = text.replace("+", " ").encode("utf-8", "surrogateescape")
    return unquote_to_bytes(plain).decode("utf-8", "replace")


def _values_of_form(form: Form) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, texts in form.items():
        if key != JSON_PAYLOAD:
            values[key] = infer(texts[0]) if len(texts) == 1 else [infer(text) for text in texts]
    for payload in form.get(JSON_PAYLOAD, ()):
        _merge_payload(values, payload)
    return values


def _merge_payload(values: dict[str, Any], payload: str) -> None:
    sent = _payload(payload)
    if sent is None:
        values.clear()  # as the reference: null replaces everything that came before
    else:
        values.update(_merged(values, sent))


def _merged(before: Any, now: Any) -> Any:
    """Return ``now``, objects put together with those that came ``before``.

    Raise ``BadRequest`` where a value would become one of another JSON type.
    """
    if before is None or now is None:
        return now
    if _json_type(before) is not _json_type(now):
        raise BadRequest(reason=f"{JSON_PAYLOAD}: {now!r:.50} cannot follow {before!r:.50}")
    if type(now) is dict:
        return before | {key: _merged(before.get(key), value) for key, value in now.items()}
    return now


def _json_type(value: Any) -> type:
    return float if type(value) is int else type(value)


def _payload(text: str) -> dict[str, Any] | None:
    try:
        value = strict_json.loads(text.encode("utf-8", "surrogateescape"))
    except ValueError as error:
        raise BadRequest(reason=f"broken {JSON_PAYLOAD}: {error}") from error
    if value is None or isinstance(value, dict):
        return value
    raise BadRequest(reason=f"{JSON_PAYLOAD} is not an object")


def _fill_from_json(out: dict[str, Any], types: Mapping[str, type], values: dict[str, Any]) -> None:
    try:
        found = strict_json.expected(values, out)
    except strict_json.DuplicateKey as error:
        raise BadRequest(reason=str(error)) from error
    for name, value in found.items():
        if value is not None:
            out[name] = _of_type(value, types.get(name, str))


def _of_type(value: Any, wanted: type) -> Any:
    kind = get_origin(wanted) or wanted
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise BadRequest(reason=f"expected {kind.__name__}, got {type(value).__name__}")
    return value


def _fill_from_form(out: dict[str, Any], types: Mapping[str, type], form: Form) -> None:
    for name, texts in form.items():
        if name not in out:
            continue
        wanted = types.get(name, str)
        if wanted is str:
            out[name] = texts[0]
        elif wanted is list:
            out[name] = [infer(text) for text in texts]
        else:
            try:
                out[name] = _of_type(strict_json.loads(texts[0].encode()), wanted)
            except ValueError as error:
                raise BadRequest(reason=f"{name}: {error}") from error
