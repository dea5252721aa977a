"""Collections that change while clients read and write: nobody is refused, no write is lost."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.makers import number, relation, select, text
from tests.servers import Holdall

WRITERS, READERS, ROUNDS = 8, 4, 2

pytestmark = pytest.mark.server

KEPT = [text("text", required=True), number("edits")]


def changes(round_no):
    """What is done to the collection in one round, one after the other; it ends as it began."""
    extra = text("extra", id="extra")
    yield {"fields": [*KEPT, extra]}
    yield {"fields": [*KEPT, text("renamed", id="extra")], "name": f"notes_{round_no}"}
    yield {"indexes": [f"create index i on notes_{round_no} (renamed, edits)"]}
    yield {"listRule": "edits >= 0", "updateRule": "edits:isset = false || id != ''"}
    yield {
        "fields": [
            *KEPT,
            text("renamed", id="extra"),
            select("tag", "a", "b", id="tag"),
            relation("by", "_pb_users_auth_", id="by"),
        ]
    }
    yield {
        "fields": [
            *reversed(KEPT),
            select("tag", "a", "b", id="tag", maxSelect=2),
            relation("by", "_pb_users_auth_", id="by", maxSelect=3),
        ],
        "indexes": [],
    }
    yield {"fields": KEPT, "listRule": "", "updateRule": "", "name": "notes"}


def test_changes_of_a_collection_in_use(tmp_path):
    with Holdall(tmp_path / "data", "--workers", "2") as server:
        made = server.http.post(
            "/api/collections",
            json={
                "name": "notes",
                "fields": KEPT,
                **dict.fromkeys(("listRule", "viewRule", "createRule", "updateRule"), ""),
            },
        )
        collection = made.json()["id"]
        log = asyncio.run(load(server, collection))
        assert log.changed == [200] * ROUNDS * 7
        assert set(log.statuses) == {200}
        assert min(log.written.count(who) for who in range(WRITERS)) > 0
        assert log.read > READERS
        assert stored(server, collection) == log.acknowledged
        shown = server.http.get(f"/api/collections/{collection}").json()
        assert (shown["name"], [field["name"] for field in shown["fields"]]) == (
            "notes",
            ["id", "text", "edits"],
        )
        assert "ERROR" not in server.log.read_text()


class Log:
    def __init__(self):
        self.changed, self.statuses, self.written, self.read = [], [], [], 0
        self.acknowledged = {}


async def load(server, collection):
    """Write and read until all changes are made; return what was answered."""
    log = Log()
    is_over = asyncio.Event()
    path = f"/collections/{collection}/records"
    async with httpx.AsyncClient(base_url=f"{server.url}/api", timeout=60) as client:

        async def writer(who):
            while not is_over.is_set():
                made = await client.post(path, json={"text": f"by {who}"})
                log.statuses.append(made.status_code)
                if made.status_code != 200:
                    return
                record_id = made.json()["id"]
                log.acknowledged[record_id] = 0
                changed = await client.patch(f"{path}/{record_id}", json={"edits+": 1})
                log.statuses.append(changed.status_code)
                log.acknowledged[record_id] += changed.status_code == 200
                log.written.append(who)

        async def reader():
            while not is_over.is_set():
                listed = await client.get(
                    path, params={"filter": "edits > 0 && text ~ 'by'", "sort": "-edits"}
                )
                log.statuses.append(listed.status_code)
                log.read += 1

        async def designer():
            headers = {"Authorization": server.http.headers["Authorization"]}
            for round_no in range(ROUNDS):
                for change in changes(round_no):
                    answer = await client.patch(
                        f"/collections/{collection}", json=change, headers=headers
                    )
                    log.changed.append(answer.status_code)
            is_over.set()

        clients = [*(writer(who) for who in range(WRITERS)), *(reader() for _ in range(READERS))]
        await asyncio.gather(designer(), *clients)
    return log


def stored(server, collection):
    """Return ``{id: edits}`` of all records."""
    found, page = {}, 1
    while True:
        items = server.http.get(
            f"/api/collections/{collection}/records",
            params={"perPage": 1000, "page": page, "skipTotal": 1, "fields": "id,edits"},
        ).json()["items"]
        found |= {item["id"]: item["edits"] for item in items}
        if len(items) < 1000:
            return found
        page += 1
