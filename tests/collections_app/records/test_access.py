from __future__ import annotations

import pytest

from collections_app.records import access
from collections_app.schema.definition import CollectionDef
from core_app.errors import BadRequest, Forbidden
from core_app.request_info import RequestInfo

GUEST = RequestInfo()


class Root:
    is_superuser = True


def test_rules():
    things = CollectionDef(id="c", name="c", list_rule="a = 1", view_rule="")
    assert access.rule_for(things, "list", GUEST) == "a = 1"
    assert access.rule_for(things, "view", GUEST) == ""
    for passing in (None, RequestInfo(auth=Root())):
        for act in ("list", "create"):
            assert access.rule_for(things, act, passing) == ""
    with pytest.raises(Forbidden, match="Only superusers can perform this action"):
        access.rule_for(things, "create", GUEST)


def test_views_store_nothing():
    access.require_writable(CollectionDef(id="c", name="c"))
    with pytest.raises(BadRequest, match="Unsupported collection type"):
        access.require_writable(CollectionDef(id="c", name="c", type_name="view"))


def test_throttle_counts_by_client_and_collection(monkeypatch):
    waits, clock = [], iter([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 3.3, 3.4])
    monkeypatch.setattr(access.time, "sleep", waits.append)
    monkeypatch.setattr(access.time, "monotonic", lambda: next(clock))
    throttle = access.EmptyListThrottle()
    for _ in range(3):
        throttle.wait("1.1.1.1", "a")
    throttle.wait("1.1.1.1", "b")
    throttle.wait("2.2.2.2", "a")
    assert waits == []
    throttle.wait("1.1.1.1", "a")
    assert len(waits) == 1
    throttle.wait("1.1.1.1", "a")
    throttle.wait("1.1.1.1", "a")
    assert len(waits) == 1
