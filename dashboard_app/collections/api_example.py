"""One endpoint as the API preview shows it: address, parameters, calls that run as they stand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

LANGUAGES = {"curl": "curl", "js": "JavaScript", "dart": "Dart", "python": "Python"}
#: the parameters of everything that answers a record
SHOWN = [
    ("expand", "relations to bring along: author,comments_via_post"),
    ("fields", "which keys the answer has: id,title"),
]


@dataclass(frozen=True, slots=True)
class Example:
    """One way to call an endpoint."""

    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """``path`` has ``ID`` where a record's id goes. ``topic``: it is not asked but listened to."""

    title: str
    method: str
    path: str
    who: str
    parameters: list[tuple[str, str]] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    body: dict[str, Any] | None = None
    topic: str = ""

    @property
    def try_query(self) -> str:
        """What opens the console, or the live view, on this request."""
        if self.topic:
            return urlencode({"topics": self.topic})
        found = {"method": self.method, "url": self.path}
        if self.body is not None:
            found["body"] = json.dumps(self.body, ensure_ascii=False, indent=2)
        return urlencode(found)


def who_may(rule: str | None) -> str:
    """Return whom ``rule`` lets in, in words."""
    if rule is None:
        return "Superusers only"
    return f"Whoever passes: {rule}" if rule else "Everyone"


def examples(**calls: str) -> list[Example]:
    """Return the examples of ``curl``, ``js``, ``dart`` and ``python`` that are not empty."""
    return [Example(LANGUAGES[key], text) for key, text in calls.items() if text]


def curl(method: str, url: str, body: dict[str, Any] | None = None, *, token: bool = False) -> str:
    """Return the command for a shell; ``token`` where somebody has to be signed in."""
    words = ["curl"]
    if method != "GET":
        words.append(f"-X {method}")
    words.append(f"'{url}'")
    if token:
        words.append('-H "Authorization: $TOKEN"')
    if body is not None:
        text = json.dumps(body, ensure_ascii=False).replace("'", "'\\''")
        words.append(f"-H 'Content-Type: application/json' -d '{text}'")
    return " ".join(words)
