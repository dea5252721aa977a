"""What a statement wants to know from the request, as values that can be asked again.

An input's ``read`` gives the value to bind; its ``state`` is all that the statement's text may
depend on. So a statement is compiled once for each combination of states, and then only filled in.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from collections_app.query.texts import plain_text
from core_app import numbers
from core_app.request_info import RequestInfo

NULL, EMPTY, FILLED, NUMBER = "null", "empty", "filled", "number"

_MISSING: Any = object()


class Input(Protocol):
    """One question to the request. Inputs are hashable and know no request themselves."""

    def read(self, info: RequestInfo) -> Any: ...
    def state(self, value: Any) -> Hashable: ...


@dataclass(frozen=True, slots=True)
class Attribute:
    """``@request.method``, ``@request.context``."""

    name: str

    def read(self, info: RequestInfo) -> Any:
        return getattr(info, self.name)

    def state(self, value: Any) -> Hashable:
        return _scalar_state(value)


@dataclass(frozen=True, slots=True)
class AuthValue:
    """A value of the signed-in record that needs no look at its row; ``None`` for guests."""

    name: str

    def read(self, info: RequestInfo) -> Any:
        auth = info.auth
        if auth is None:
            return None
        if self.name == "id":
            return auth.id
        if self.name == "collectionId":
            return auth.collection_id
        if self.name == "collectionName":
            return auth.collection_name
        return auth.get(self.name)

    def state(self, value: Any) -> Hashable:
        return _scalar_state(value)


@dataclass(frozen=True, slots=True)
class AuthRow:
    """The signed-in record as a row to join: its id; the state is its collection."""

    def read(self, info: RequestInfo) -> tuple[str, str] | None:
        auth = info.auth
        return None if auth is None else (auth.collection_id, auth.id)

    def state(self, value: Any) -> Hashable:
        return None if value is None else value[0]


@dataclass(frozen=True, slots=True)
class Sent:
    """``@request.query.a``, ``@request.body.list.0.b``, …; ``numeric``: text that reads as a number
    is one. Numbers are real ones (1 is ``1.0`` left of ``~``), as all of JSON's are in Go."""

    part: str
    keys: tuple[str, ...]
    numeric: bool = False

    def read(self, info: RequestInfo) -> Any:
        value = _dig(getattr(info, self.part), self.keys)
        if value is _MISSING or value is None:
            return None
        if isinstance(value, str):
            number = numbers.parse(value) if self.numeric else None
            return value if number is None else number
        if isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, (bool, float)):
            return value
        return _json(value)

    def state(self, value: Any) -> Hashable:
        return _scalar_state(value)


@dataclass(frozen=True, slots=True)
class IsSent:
    """``:isset``: whether the key is there, whatever its value."""

    part: str
    keys: tuple[str, ...]

    def read(self, info: RequestInfo) -> bool:
        return _dig(getattr(info, self.part), self.keys) is not _MISSING

    def state(self, value: Any) -> Hashable:
        return value  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class SentJson:
    """``@request.body.field`` of a JSON field: its text, even of null; ``None`` if not sent."""

    field: str
    sorts_keys: bool = True

    def read(self, info: RequestInfo) -> str | None:
        body = info.body or {}
        return _json(body[self.field], self.sorts_keys) if self.field in body else None

    def state(self, value: Any) -> Hashable:
        return _scalar_state(value)


@dataclass(frozen=True, slots=True)
class SentText:
    """``@request.body.field:lower`` before lowering: the value as text, ``""`` if it has none."""

    field: str

    def read(self, info: RequestInfo) -> str:
        return plain_text((info.body or {}).get(self.field))

    def state(self, value: Any) -> Hashable:
        return _scalar_state(value)


@dataclass(frozen=True, slots=True)
class SentCount:
    """``@request.body.field:length``."""

    field: str

    def read(self, info: RequestInfo) -> int:
        return len(_items(info, self.field))

    def state(self, value: Any) -> Hashable:
        return value in (0, 1)


@dataclass(frozen=True, slots=True)
class SentItems:
    """``@request.body.field:each``: the items as a JSON list."""

    field: str

    def read(self, info: RequestInfo) -> str:
        value = (info.body or {}).get(self.field)
        return _json([""] if value == "" else list(_items(info, self.field)))

    def state(self, value: Any) -> Hashable:
        return None


@dataclass(frozen=True, slots=True)
class SentIds:
    """The ids a body has for a relation, as a JSON list; ``None`` if none are sent."""

    field: str

    def read(self, info: RequestInfo) -> str | None:
        ids = [plain_text(item) for item in _items(info, self.field)]
        ids = [item for item in dict.fromkeys(ids) if item]
        return _json(ids) if ids else None

    def state(self, value: Any) -> Hashable:
        return value is None


def _scalar_state(value: Any) -> str:
    if value is None:
        return NULL
    if type(value) is str:
        return FILLED if value else EMPTY
    return NUMBER


def _items(info: RequestInfo, field: str) -> Sequence[Any]:
    value = (info.body or {}).get(field)
    if isinstance(value, (list, tuple)):
        return value
    return [] if value is None or value == "" else [value]


def _dig(value: Any, keys: tuple[str, ...]) -> Any:
    """Return what lies at ``keys`` in nested mappings and lists, or ``_MISSING``."""
    for key in keys:
        if isinstance(value, Mapping):
            try:
                value = value[key]
            except KeyError:
                return _MISSING
        elif isinstance(value, (list, tuple)):
            if not key.isascii() or not key.isdigit() or int(key) >= len(value):
                return _MISSING
            value = value[int(key)]
        else:
            return _MISSING
    return value


def _json(value: Any, sorts_keys: bool = True) -> str:
    """Return the JSON that a list, object or JSON value is compared as."""
    option = orjson.OPT_SORT_KEYS if sorts_keys else None
    return orjson.dumps(numbers.plain(value), option=option, default=str).decode()
