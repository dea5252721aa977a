"""An app on SQLite moves to PostgreSQL while it is served, and back."""

from __future__ import annotations

import pytest

from tests.makers import boolean, geo_point, json_field, number, relation, select, text
from tests.postgres import empty_database
from tests.servers import Holdall

# begins with SQLite's files
pytestmark = [pytest.mark.postgres, pytest.mark.sqlite, pytest.mark.server]
RECORDS = "/api/collections/posts/records"


def everything(server):
    """What clients see: collections without the ids that views make up, records, settings."""
    get = server.http.get
    collections = get("/api/collections?perPage=500").json()["items"]
    records = {
        item["name"]: get(f"/api/collections/{item['name']}/records?perPage=500").json()["items"]
        for item in collections
    }
    return collections, records, get("/api/settings").json()


def test_there_and_back(tmp_path):
    with empty_database() as url, Holdall(tmp_path / "data") as server:
        _fill(server)
        before = everything(server)
        trial = server.manage("move_database", "--to", url)
        assert trial.returncode == 0, trial.stderr
        assert "posts: 3 records" in trial.stdout
        assert "all is there and the same" in trial.stdout
        assert f"set DATABASE_URL={url}" in trial.stdout
        assert server.http.post(RECORDS, json={"title": "a write"}).status_code == 200
        again = server.manage("move_database", "--to", url, "--switch")
        assert again.returncode == 1
        assert "there is data already" in again.stderr
        replaced = server.manage("move_database", "--to", url, "--logs", "--replace")
        assert replaced.returncode == 0, replaced.stderr
        assert "posts: 4 records" in replaced.stdout

        with empty_database() as second:
            before = everything(server)
            moved = server.manage("move_database", "--to", second, "--switch")
            assert moved.returncode == 0, moved.stderr
            refused = server.http.post(RECORDS, json={"title": "too late"})
            assert (refused.status_code, refused.json()["message"]) == (
                503,
                "The data has moved: the server has to be restarted.",
            )
            assert server.stop() == 0
            server.start()
            assert everything(server) == before
            assert server.token()
            made = server.http.post(RECORDS, json={"title": "on PostgreSQL", "n": 7})
            assert made.status_code == 200
            before = everything(server)
            assert (
                "stop the servers first" in server.manage("move_database", "--to", "sqlite").stderr
            )
            server.stop()
            for name in ("data.db", "auxiliary.db"):
                (server.data / name).rename(server.data / f"old-{name}")
            back = server.manage("move_database", "--to", "sqlite", "--switch")
            assert back.returncode == 0, back.stderr
            assert not (server.data / "database_url").exists()
            server.start()
            assert everything(server) == before


def _fill(server):
    http = server.http
    tags = http.post("/api/collections", json={"name": "tags", "fields": [text("name")]}).json()
    fields = [
        text("title"),
        number("n"),
        boolean("on"),
        json_field("data"),
        geo_point("place"),
        select("kinds", "a", "b", maxSelect=2),
        relation("tag", tags["id"]),
    ]
    index = "CREATE UNIQUE INDEX `by_title` ON `posts` (`title` COLLATE NOCASE) WHERE `title` != ''"
    body = {"name": "posts", "fields": fields, "indexes": [index]}
    assert http.post("/api/collections", json=body).status_code == 200
    view = "SELECT (ROW_NUMBER() OVER ()) AS id, Title AS Headline, n FROM posts"
    body = {"name": "seen", "type": "view", "viewQuery": view}
    assert http.post("/api/collections", json=body).status_code == 200
    tag = http.post("/api/collections/tags/records", json={"name": "first"}).json()["id"]
    for record in (
        {
            "title": "Größe",
            "n": 1.5,
            "on": True,
            "data": {"b": [1, 2.5, None], "a": "x"},
            "place": {"lon": 1e-7, "lat": 2},
            "kinds": ["b", "a"],
            "tag": tag,
        },
        {"n": 1e21},
        {"title": "second", "data": "text"},
    ):
        assert http.post(RECORDS, json=record).status_code == 200
    assert http.patch("/api/settings", json={"meta": {"appName": "Moving"}}).status_code == 200
