"""Real processes: workers that write the history, and another data folder that it is applied to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.databases import DESCRIPTION
from tests.makers import number, relation, text
from tests.servers import Holdall

pytestmark = pytest.mark.server


def tables(server):
    """Return collections without moments and secrets, and what the database has of their tables."""
    collections = server.rows(
        'SELECT id, name, type, fields, indexes, "listRule", "viewRule", "createRule"'
        " FROM _collections ORDER BY id"
    )
    names = [name for _, name, *_ in collections]
    # Django's own tables come with other migrations
    if "DATABASE_URL" in server.environment:
        described = [row for row in server.rows(DESCRIPTION) if row[1] in names]
        return collections, described
    columns = {name: sorted(server.rows(f"PRAGMA table_info({name})")) for name in names}
    indexes = server.rows(
        "SELECT tbl_name, name, sql FROM sqlite_schema WHERE type = 'index' ORDER BY name"
    )
    return (
        collections,
        {name: [row[1:] for row in rows] for name, rows in columns.items()},
        [row for row in indexes if row[0] in names],
    )


def test_what_two_workers_write_another_data_folder_reads(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    with Holdall(here, "--workers", "2", HOLDALL_AUTOMIGRATE="true") as server:
        call = server.http.request
        answers = [call("POST", "/api/collections", json={"name": "a", "fields": [text("t")]})]
        with ThreadPoolExecutor(8) as pool:  # several changes in one second, by both workers
            answers += pool.map(
                lambda at: call("POST", "/api/collections", json={"name": f"many_{at}"}), range(8)
            )
        answers.append(call("PATCH", "/api/collections/a", json={"listRule": "t != ''"}))
        answers.append(call("DELETE", "/api/collections/many_7"))
        items = [
            {"id": "one", "name": "ones", "fields": [relation("two", "two"), number("n")]},
            {"id": "two", "name": "twos", "fields": [relation("one", "one")]},
            {"name": "seen", "type": "view", "viewQuery": "select id, n, two from ones"},
        ]
        answers.append(call("PUT", "/api/collections/import", json={"collections": items}))
        assert [answer.text for answer in answers if answer.status_code not in (200, 204)] == []
        files = sorted(path.stem for path in (tmp_path / "schema").glob("0*.py"))
        assert [name[:4] for name in files] == [f"{at:04}" for at in range(1, 13)]

    other = Holdall(there)
    applied = other.manage("migrate", "schema")
    assert applied.returncode == 0, applied.stderr
    assert without_clones(tables(other)) == without_clones(tables(server))
    undone = other.manage("migrate", "schema", "zero")
    assert undone.returncode == 0, undone.stderr
    assert [row[1] for row in tables(other)[0] if not row[1].startswith("_")] == ["users"]


def without_clones(state):
    """Return the state without the fields of views: their ids are made anew each time."""
    collections, *described = state
    return [row[:3] if row[2] == "view" else row for row in collections], *described


def test_in_production_a_change_writes_no_file(tmp_path):
    with Holdall(tmp_path / "data", "--workers", "1") as server:
        made = server.http.post("/api/collections", json={"name": "a"})
        assert made.status_code == 200
    assert not (tmp_path / "schema").exists()
