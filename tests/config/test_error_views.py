import logging

import pytest

from collections_app.schema import snapshot
from core_app.settings_store import store

BROKEN = {
    "data": {},
    "message": "Something went wrong while processing your request.",
    "status": 500,
}


@pytest.mark.parametrize("path", ["/api/health", "/nope"])
def test_bug_in_a_middleware(api, make_collection, monkeypatch, caplog, path):
    def fail(version):
        raise KeyError("secret reason")

    monkeypatch.setattr(store, "newest", fail)
    with caplog.at_level(logging.ERROR, "holdall.errors"):
        response = api.get(path)
    assert (response.status_code, response.json()) == (500, BROKEN)
    assert "secret reason" in caplog.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    # what the request began with does not stay behind it
    made = make_collection("fresh")
    assert snapshot.current().by_id[made.id].name == "fresh"
