"""The sample app that a fresh server offers."""

import pytest

from collections_app import records
from collections_app.schema import snapshot
from core_app.errors import BadRequest
from dashboard_app.sample import content, install
from storage_app import choose
from storage_app.local import LocalStorage
from tests.dashboard_app.conftest import text_of
from tests.makers import make_collection, make_user


def test_a_fresh_server_offers_it_once(dashboard):
    assert "Install the sample app" in text_of(dashboard.get(""))
    response = dashboard.client.post("/_/sample/", follow=True)
    assert "The sample app is here" in text_of(response)
    assert "Install the sample app" not in text_of(response)
    counts = {name: records.count(name) for name in ("kinds", "places", "events", "reviews")}
    assert counts == {"kinds": 6, "places": 10, "events": 10, "reviews": 13}
    best = records.find("ratings", "stars = 5", sort="name")
    assert [record["name"] for record in best][:2] == ["Gannet Pottery", "Low Tide Walk"]
    assert all(record["photo"].endswith(".jpg") for record in records.find("places"))
    page = dashboard.get("collections/places/records/")
    assert "Saltmarsh Books" in text_of(page)
    figures = dashboard.get("collections/ratings/records/")
    assert "Beacon Hill 2 4.5" in text_of(figures)


@pytest.mark.parametrize("what", ["collection", "user"])
def test_not_among_what_is_there(dashboard, what):
    if what == "collection":
        make_collection("mine")
    else:
        make_user()
    assert "Install the sample app" not in text_of(dashboard.get(""))
    response = dashboard.client.post("/_/sample/", follow=True)
    assert "needs a server without collections" in text_of(response)
    assert snapshot.current().find("places") is None


def test_all_or_nothing(db, monkeypatch, tmp_path):
    holder = LocalStorage(location=str(tmp_path / "storage"))
    monkeypatch.setattr(choose, "storages", {"default": holder})
    broken = (*content.REVIEWS, ("Lantern Café", 1, 9, "too many stars"))
    monkeypatch.setattr(content, "REVIEWS", broken)
    with pytest.raises(BadRequest):
        install.install()
    assert snapshot.current().find("places") is None
    assert records.count("users") == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
