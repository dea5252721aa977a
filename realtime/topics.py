"""Subscription text -> ``Topic``: which records it is about, and what its sender asks of them.

Nothing here knows clients or collections; any text is a topic. Source: PocketBase apis/realtime.go,
tools/subscriptions/client.go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import unquote_plus

import orjson

from core_app.numbers import to_text

RuleName = Literal["list", "view"]

_BAD_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_WORD = re.compile(r"[\W_]+")
_INNER_CAPITAL = re.compile(r"(?<=[^A-Z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Options:
    """What follows ``?options=``: rules see ``query`` and ``headers`` as ``@request.*``."""

    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def filter(self) -> str:
        return self.query.get("filter", "")

    @property
    def expand(self) -> str:
        return self.query.get("expand", "")

    @property
    def fields(self) -> str:
        return self.query.get("fields", "")


NO_OPTIONS = Options()


@dataclass(frozen=True, slots=True)
class Topic:
    """One subscription. ``text`` is what the client sent and the name of its events.

    ``key`` is the part before the first ``?`` and is what records are matched with; ``base`` is its
    part before the first ``/``: a collection's name or id, if it is about records at all.
    """

    text: str
    key: str
    base: str
    options: Options


@lru_cache(maxsize=2048)
def parse(text: str) -> Topic:
    """Return the topic of a subscription. Options that cannot be read are no options."""
    key, mark, query = text.partition("?")
    options = _options(text, query) if mark else NO_OPTIONS
    return Topic(text, key, key.partition("/")[0], options)


def keys_of(name: str, collection_id: str, record_id: str) -> tuple[tuple[str, RuleName], ...]:
    """Return the keys that a record's change matches, each with the rule that guards it."""
    return (
        (f"{name}/*", "list"),
        (f"{collection_id}/*", "list"),
        (f"{name}/{record_id}", "view"),
        (f"{collection_id}/{record_id}", "view"),
        (name, "list"),
        (collection_id, "list"),
    )


def _options(text: str, query: str) -> Options:
    # what Go's url.Parse refuses has no options
    if _CONTROL.search(text) or _BAD_PERCENT.search(text.partition("?")[0].partition("#")[0]):
        return NO_OPTIONS
    try:
        data = orjson.loads(_parameter(query.partition("#")[0], "options"))
    except orjson.JSONDecodeError:
        return NO_OPTIONS
    if not isinstance(data, dict):
        return NO_OPTIONS
    query_part, headers = data.get("query"), data.get("headers")
    return Options(
        {key: _text(value) for key, value in query_part.items()}
        if isinstance(query_part, dict)
        else {},
        {snake_case(key): _text(value) for key, value in headers.items()}
        if isinstance(headers, dict)
        else {},
    )


def _parameter(query: str, name: str) -> str:
    """Return the first readable value of ``name``; malformed pairs are skipped, as Go does."""
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        if unquote_plus(key) == name and ";" not in pair and not _BAD_PERCENT.search(value):
            return unquote_plus(value)
    return ""


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return to_text(value)
    return ""


def snake_case(text: str) -> str:
    """Return ``X-Foo`` as ``x_foo``, ``fooBar`` as ``foo_bar``; runs of capitals stay together."""
    words = [word for word in _NO_WORD.split(text) if word]
    return "_".join(_INNER_CAPITAL.sub("_", word) for word in words).lower()
