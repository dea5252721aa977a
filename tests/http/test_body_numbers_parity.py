"""Numbers of a body in rules, side by side with PocketBase: all are real ones, 1 is ``1.0``."""

from __future__ import annotations

import pytest

from tests.makers import json_field, number, select, text

pytestmark = pytest.mark.pocketbase

COLLECTIONS = "/api/collections"
BODIES = (
    {"j": {"a": 1}, "other": 1, "n": 1},
    {"j": {"a": "1"}, "other": "1", "n": "1"},
    {"j": {"a": 1.5}, "tags": ["a"], "other": 2.5, "n": 2.5},
    {"j": {"a": 10, "c": True}, "other": 10, "n": 10, "st": "10"},
    {"j": {"a": 1, "c": [1]}, "other": True, "n": 0, "st": "1.0"},
)


@pytest.mark.parametrize(
    "rule",
    [
        "@request.body.j.a ~ '.0'",
        "@request.body.other ~ '.'",
        "@request.body.n ~ '.'",
        "@request.body.j.a ~ n",
        "@request.body.j.a ?~ tags:length",
        "@request.body.j.a !~ tags:length",
        "@request.body.other ~ tags:length",
        "@request.body.j.a ~ @request.body.st",
        "n ~ @request.body.j.a",
        "st ~ @request.body.j.a",
        "st = @request.body.j.a",
        "@request.body.j.a = '1'",
        "@request.body.j.a < st",
        "@request.body.n = n",
        "@request.body.other > 1",
        "@request.body.n:lower = '1'",
    ],
)
def test_create_rule(both, api, rule):
    tags = select("tags", "a", "b", "c", maxSelect=3)
    fields = [json_field("j"), text("st"), number("n"), tags]
    made = both("POST", COLLECTIONS, {"name": "numbers", "fields": fields, "createRule": rule})
    assert made.get("createRule") == rule, made
    path = f"{COLLECTIONS}/numbers/records"
    for body in BODIES:
        theirs = both.theirs.post(path, json=body, headers={"Authorization": ""})
        ours = api.post(path, body)
        assert (body, ours.status_code) == (body, theirs.status_code)
