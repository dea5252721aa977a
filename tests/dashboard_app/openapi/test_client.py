"""A client that openapi-python-client makes of the document, against a real server."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.server
def test_generated_client_lists_and_creates(shared_server, tmp_path, monkeypatch):
    http = shared_server.http
    collection = {
        "name": "chairs",
        "type": "base",
        "listRule": "",
        "fields": [
            {"type": "text", "name": "title", "required": True},
            {"type": "number", "name": "legs", "onlyInt": True},
            {"type": "select", "name": "size", "values": ["s", "m"]},
            {"type": "json", "name": "extra"},
            {"type": "file", "name": "photo"},
        ],
    }
    http.post("/api/collections", json=collection).raise_for_status()
    try:
        document = http.get("/api/openapi.json").raise_for_status().json()
        (tmp_path / "api.json").write_text(json.dumps(document))
        made = subprocess.run(
            [
                *(Path(sys.executable).with_name("openapi-python-client"), "generate"),
                *("--path", tmp_path / "api.json", "--meta", "none"),
                *("--output-path", tmp_path / "chairs_client"),
            ],
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        assert "ERROR" not in made.stdout
        monkeypatch.syspath_prepend(tmp_path)
        try_client(shared_server)
    finally:
        http.delete("/api/collections/chairs").raise_for_status()


def try_client(server):
    client_class = importlib.import_module("chairs_client").AuthenticatedClient
    models = importlib.import_module("chairs_client.models")
    create = importlib.import_module("chairs_client.api.chairs.create_chairs")
    list_ = importlib.import_module("chairs_client.api.chairs.list_chairs")
    token = server.http.headers["Authorization"]
    with client_class(base_url=server.url, token=token) as client:
        body = models.ChairsCreate(title="Thonet", legs=4, size=models.ChairsCreateSize.S)
        made = create.sync(client=client, body=body)
        assert isinstance(made, models.Chairs)
        assert (made.title, made.legs, made.size, made.photo) == ("Thonet", 4, "s", "")
        page = list_.sync(client=client, filter_="legs = 4", sort="-title", per_page=5)
        assert isinstance(page, models.ChairsPage)
        assert [item.id for item in page.items] == [made.id]
        assert (page.total_items, page.per_page) == (1, 5)
        refused = create.sync(client=client, body=models.ChairsCreate(title=""))
        assert isinstance(refused, models.Error)
        assert refused.data["title"].code == "validation_required"
