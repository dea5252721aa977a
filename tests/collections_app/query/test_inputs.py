"""What statements ask of the request."""

from __future__ import annotations

import pytest

from collections_app.query.inputs import (
    EMPTY,
    FILLED,
    NULL,
    NUMBER,
    Attribute,
    AuthRow,
    AuthValue,
    IsSent,
    Sent,
    SentCount,
    SentIds,
    SentItems,
    SentJson,
    SentText,
)
from core_app.request_info import RequestInfo
from tests.collections_app.query.world import USERS, caller, key

INFO = RequestInfo(
    method="PATCH",
    query={"page": "1", "empty": ""},
    headers={"x_token": "T"},
    body={
        "text": "Abc",
        "empty": "",
        "none": None,
        "yes": True,
        "five": 5.0,
        "list": ["a", {"b": [1.0, 2.5]}],
        "object": {"b": "<", "a": 1e21},
        "point": {"lon": 1.5, "lat": 2},
        "ids": ["x", "y", "x", ""],
    },
    auth=caller("u1"),
)
NOBODY = RequestInfo()


@pytest.mark.parametrize(
    ("question", "answer", "state"),
    [
        (Attribute("method"), "PATCH", FILLED),
        (Attribute("context"), "default", FILLED),
        (AuthValue("id"), key("u1"), FILLED),
        (AuthValue("collectionId"), USERS, FILLED),
        (AuthValue("collectionName"), "people", FILLED),
        (AuthValue("email"), "ann@example.com", FILLED),
        (AuthValue("verified"), True, NUMBER),
        (AuthRow(), (USERS, key("u1")), USERS),
        (Sent("query", ("page",)), "1", FILLED),
        (Sent("query", ("page",), numeric=True), 1.0, NUMBER),
        (Sent("query", ("empty",), numeric=True), "", EMPTY),
        (Sent("query", ("page", "x")), None, NULL),
        (Sent("query", ("other",)), None, NULL),
        (Sent("headers", ("x_token",)), "T", FILLED),
        (Sent("body", ("text",), numeric=True), "Abc", FILLED),
        (Sent("body", ("none",)), None, NULL),
        (Sent("body", ("yes",)), True, NUMBER),
        (Sent("body", ("five",)), 5.0, NUMBER),
        (Sent("body", ("list",)), '["a",{"b":[1,2.5]}]', FILLED),
        (Sent("body", ("list", "1", "b", "1")), 2.5, NUMBER),
        (Sent("body", ("list", "2")), None, NULL),
        (Sent("body", ("list", "-1")), None, NULL),
        (Sent("body", ("list", "x")), None, NULL),
        (Sent("body", ("object",)), '{"a":1e+21,"b":"<"}', FILLED),
        (Sent("body", ("text", "0")), None, NULL),
        (IsSent("body", ("none",)), True, True),
        (IsSent("body", ("other",)), False, False),
        (IsSent("headers", ("x_token",)), True, True),
        (SentText("text"), "Abc", FILLED),
        (SentText("five"), "5", FILLED),
        (SentText("list"), "", EMPTY),
        (SentJson("text"), '"Abc"', FILLED),
        (SentJson("none"), "null", FILLED),
        (SentJson("other"), None, NULL),
        (SentJson("point", sorts_keys=False), '{"lon":1.5,"lat":2}', FILLED),
        (SentCount("list"), 2, False),
        (SentCount("text"), 1, True),
        (SentCount("empty"), 0, True),
        (SentCount("other"), 0, True),
        (SentItems("list"), '["a",{"b":[1,2.5]}]', None),
        (SentItems("empty"), '[""]', None),
        (SentItems("other"), "[]", None),
        (SentIds("ids"), '["x","y"]', False),
        (SentIds("text"), '["Abc"]', False),
        (SentIds("empty"), None, True),
    ],
)
def test_answer(question, answer, state):
    assert (question.read(INFO), question.state(question.read(INFO))) == (answer, state)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (AuthValue("id"), None),
        (AuthRow(), None),
        (Sent("body", ("text",)), None),
        (IsSent("body", ("text",)), False),
        (SentText("text"), ""),
        (SentJson("text"), None),
        (SentCount("list"), 0),
        (SentItems("list"), "[]"),
        (SentIds("ids"), None),
    ],
)
def test_guest_without_body(question, answer):
    assert question.read(NOBODY) == answer
