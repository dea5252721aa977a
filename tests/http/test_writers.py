"""Fifty clients that write at once: nobody is refused, nothing acknowledged is missing."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.servers import Holdall

CLIENTS, RECORDS = 50, 20

pytestmark = pytest.mark.server


def test_fifty_writers(tmp_path):
    with Holdall(tmp_path / "data", "--workers", "2") as server:
        server.http.post(
            "/api/collections",
            json={
                "name": "notes",
                "type": "base",
                "createRule": "",
                "updateRule": "",
                "fields": [
                    {"name": "text", "type": "text", "required": True},
                    {"name": "edits", "type": "number"},
                ],
            },
        ).raise_for_status()
        statuses, acknowledged = asyncio.run(write(server.url))
        assert statuses == [200] * (2 * CLIENTS * RECORDS)
        stored = {}
        page = 1
        while True:
            listed = server.http.get(
                "/api/collections/notes/records",
                params={"perPage": 1000, "page": page, "skipTotal": 1, "fields": "id,edits"},
            ).json()["items"]
            stored |= {item["id"]: item["edits"] for item in listed}
            if len(listed) < 1000:
                break
            page += 1
        assert stored == acknowledged
        assert "locked" not in server.log.read_text()


async def write(url):
    """Create and update records; return statuses and ``{id: edits}`` as answered."""
    statuses, acknowledged = [], {}
    limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=f"{url}/api", timeout=60, limits=limits) as client:

        async def writer(number):
            for _ in range(RECORDS):
                made = await client.post(
                    "/collections/notes/records", json={"text": f"by {number}"}
                )
                statuses.append(made.status_code)
                if made.status_code != 200:
                    return
                record_id = made.json()["id"]
                acknowledged[record_id] = 0
                changed = await client.patch(
                    f"/collections/notes/records/{record_id}", json={"edits+": 1}
                )
                statuses.append(changed.status_code)
                if changed.status_code != 200:
                    return
                acknowledged[record_id] = 1

        await asyncio.gather(*(writer(number) for number in range(CLIENTS)))
    return statuses, acknowledged
