"""The dashboard of a real server, with several workers."""

import html
import re

import httpx
import pytest

from tests.servers import EMAIL, PASSWORD, Holdall

pytestmark = pytest.mark.server


def sign_in(client, url):
    page = client.get("/_/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    data = {"username": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token}
    response = client.post("/_/login/", data=data, headers={"Referer": f"{url}/_/login/"})
    assert response.history or response.status_code == 302
    return client.cookies["holdall_csrf"]


def test_every_worker_follows_the_schema(tmp_path):
    with (
        Holdall(tmp_path / "data", "--workers", "2") as server,
        httpx.Client(base_url=server.url, timeout=30) as client,
    ):
        sign_in(client, server.url)
        for name in ("gadgets", "widgets"):
            path = f"/_/collections/{name}/records/"
            assert client.get(path).status_code == 404
            made = server.http.post("/api/collections", json={"name": name, "type": "base"})
            assert made.status_code == 200
            # new connections are spread over the workers
            for _ in range(10):
                with httpx.Client(base_url=server.url, cookies=client.cookies) as another:
                    assert another.get(path).status_code == 200
                    assert path in another.get("/_/collections/").text
            assert server.http.delete(f"/api/collections/{name}").status_code == 204
            for _ in range(10):
                with httpx.Client(base_url=server.url, cookies=client.cookies) as another:
                    assert another.get(path).status_code == 404


def test_styles_are_served(shared_server):
    page = shared_server.guest.get("/_/login/")
    links = re.findall(r'(?:href|src)="(/_/static/[^"]+)"', page.text)
    assert len(links) > 5
    for link in links:
        assert shared_server.guest.get(link).status_code == 200
    assert not re.findall(r'(?:href|src)="(?:https?:)?//', page.text)


def test_backups(shared_server):
    """Made, downloaded, not restored by a wrong name, deleted."""
    with httpx.Client(base_url=shared_server.url, timeout=60, follow_redirects=True) as client:
        token = sign_in(client, shared_server.url)

        def post(path, **data):
            data["csrfmiddlewaretoken"] = token
            headers = {"Referer": f"{shared_server.url}{path}"}
            return client.post(path, data=data, headers=headers)

        assert "bad name" in post("/_/backups/", name="bad name").text
        assert shared_server.http.get("/api/backups").json() == []
        assert "mine.zip is made." in post("/_/backups/", name="mine.zip").text
        assert [item["key"] for item in shared_server.http.get("/api/backups").json()] == [
            "mine.zip"
        ]
        page = client.get("/_/backups/").text
        link = html.unescape(re.search(r'href="(/api/backups/mine\.zip\?token=[^"]+)"', page)[1])
        assert httpx.get(shared_server.url + link).content[:2] == b"PK"
        for act in ("restore", "delete"):
            refused = post(f"/_/backups/mine.zip/?act={act}", name="mine")
            assert (refused.status_code, "This is another name." in refused.text) == (400, True)
        assert client.get("/_/backups/other.zip/?act=delete").status_code == 404
        assert (
            "mine.zip is deleted." in post("/_/backups/mine.zip/?act=delete", name="mine.zip").text
        )
        assert shared_server.http.get("/api/backups").json() == []
