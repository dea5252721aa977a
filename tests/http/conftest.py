"""Sends requests about collections to the real PocketBase and to us, and compares every answer."""

from __future__ import annotations

import json
import re

import pytest

SYSTEM = {"_mfas", "_otps", "_externalAuths", "_authOrigins", "_superusers", "users"}

_RANDOM = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z"), "<moment>"),
    (re.compile(r"_clone_\w{4}|temp_view_\w{5}"), "<random>"),
    (re.compile(r'"collectionId": "pbc_\d+", "collectionName": "<random>"'), "<temporary>"),
    # what each writes in its own words: the reader of JSON, and mails
    (re.compile(r'(Raw error:\\n(?:failed[^:]*: )?json:)(?:[^"\\]|\\.)*'), r"\1"),
    (re.compile(r'("body": )"(?:\\.|[^"\\])*"'), r"\1<mail>"),
    (re.compile(r"`idx_(\w+?)_[a-z0-9]{10}` ON ``"), r"`idx_\1_<random>` ON ``"),
    (re.compile(r'ex\.: \\*"\w+\\*"'), "<example>"),
)


class Both:
    """Sends the same request to both and compares the answers."""

    def __init__(self, theirs, ours):
        self.theirs = theirs
        self.ours = ours

    def __call__(self, method, path, body=None, raw=None):
        """Return our body of a response that is the same as PocketBase's."""
        sent = raw if raw is not None else (json.dumps(body) if body is not None else None)
        headers = {"Content-Type": "application/json"} if sent is not None else {}
        theirs = self.theirs.request(method, path, content=sent, headers=headers)
        ours = self.ours.request(method, path, sent)
        shown = f"{method} {path} {sent}"
        picks = "fields=" in path
        assert (shown, normal(ours, picks)) == (shown, normal(theirs, picks))
        return json.loads(ours.content) if ours.content else None


def normal(response, in_any_order):
    """Return status and body without what is random; keys in order, but those of scaffolds."""
    body = response.content.decode()
    in_any_order |= '"id":"","listRule"' in body
    text = json.dumps(json.loads(body), sort_keys=in_any_order) if body else ""
    for pattern, replacement in _RANDOM:
        text = pattern.sub(replacement, text)
    return response.status_code, text


@pytest.fixture
def both(pocketbase, root_api):
    """Send to both; afterwards PocketBase has its own collections as before, and no others."""
    items = pocketbase.http.get("/api/collections?perPage=500").json()["items"]
    own = [item for item in items if item["name"] in SYSTEM]
    yield Both(pocketbase.http, root_api)
    restored = pocketbase.http.put(
        "/api/collections/import", json={"collections": own, "deleteMissing": True}
    )
    assert restored.status_code == 204, restored.text
