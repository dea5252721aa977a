import pytest

from core_app.middleware.origins import Origins
from tests.makers import Api
from tests.servers import PocketBase

SECURITY = {
    "X-XSS-Protection": "1; mode=block",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/api/health", "/api/nope", "/nope", "/api/settings"])
def test_every_answer_may_be_read_from_anywhere(api, path):
    response = api.using(Origin="https://a.test").get(path)
    assert dict(response.headers) == {
        "Content-Type": "application/json",
        "Vary": "Origin",
        "Access-Control-Allow-Origin": "*",
        **SECURITY,
    }


@pytest.mark.parametrize("path", ["/api/health", "/nope"])
def test_preflight(api, path):
    headers = {"Origin": "https://a.test", "Access_Control_Request_Headers": "x-y"}
    response = api.using(**headers).request("OPTIONS", path)
    assert (response.status_code, response.content) == (204, b"")
    assert dict(response.headers) == {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
        "Access-Control-Allow-Headers": "x-y",
    }
    assert response.more_headers == [
        (b"vary", b"Access-Control-Request-Method"),
        (b"vary", b"Access-Control-Request-Headers"),
    ]


def test_options_without_origin(api):
    response = api.request("OPTIONS", "/api/health")
    assert (response.status_code, dict(response.headers)) == (204, {"Vary": "Origin"})


@pytest.fixture
def own_origins(db, settings):
    settings.HOLDALL_ORIGINS = ["https://a.test", "https://*.b.test"]
    return Api()


def test_listed_origin(own_origins):
    response = own_origins.using(Origin="https://x.b.test").get("/api/health")
    assert response.headers["Access-Control-Allow-Origin"] == "https://x.b.test"


def test_unlisted_origin_is_served_without_permission(own_origins):
    api = own_origins.using(Origin="https://c.test")
    response = api.get("/api/health")
    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response.headers
    preflight = api.request("OPTIONS", "/api/health")
    assert (preflight.status_code, dict(preflight.headers)) == (204, {"Vary": "Origin"})


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://a.test", True),
        ("http://a.test", False),
        ("https://a.test:8080", False),
        ("https://x.b.test", True),
        ("https://x.y.b.test", True),
        ("https://b.test", False),
        ("https://x.b.test.evil.test", False),
        ("https://evil.test/.b.test", False),
        ("https://A.test", False),
    ],
)
def test_patterns(origin, allowed):
    assert Origins(["https://a.test", "https://*.b.test"]).allows(origin) is allowed


LISTS = [
    "https://a.test,https://*.b.test",
    "*.c.test,http://localhost:*,https://d.test:8443,https://x*.test,https://*.*.e.test,https://F.test,",
    "http://*,https://*.g.test:*,https://k?.test,https://l.*,null,https://i.test/",
]
SENT = [
    *("https://a.test", "http://a.test", "https://a.test:443", "https://A.test", "a.test", "null"),
    *("https://b.test", "https://x.b.test", "https://x.y.b.test", "https://.b.test"),
    *("http://x.b.test", "https://x.b.test:1", "https://xb.test", "https://x.b.test.evil.test"),
    *("https://c.test", "https://x.c.test", "x.c.test", "http://localhost", "http://localhost:"),
    *("http://localhost:3000", "https://localhost:3000", "https://d.test:8443", "https://d.test"),
    *(
        "https://x.test",
        "https://xy.test",
        "https://x.y.test",
        "https://a.b.e.test",
        "https://f.test",
    ),
    *("https://a.e.test", "https://a.b.c.e.test", "https://F.test", "http://[::1]:90", "https://"),
    *("https://g.test:1", "https://x.g.test:1", "https://x.g.test", "https://k1.test"),
    *("https://k.test", "https://l.test", "https://l.a.test", "https://i.test", "https://*.b.test"),
    f"https://{'x' * 246}.b.test",
    f"https://{'x' * 247}.b.test",
]


class PocketBaseWithOrigins(PocketBase):
    origins = ""

    def serve_command(self):
        return [*super().serve_command(), "--origins", self.origins]


@pytest.mark.pocketbase
@pytest.mark.parametrize("listed", LISTS)
def test_patterns_as_pocketbase_reads_them(tmp_path, listed):
    if PocketBase.absent():
        pytest.skip(PocketBase.absent())
    theirs = PocketBaseWithOrigins(tmp_path / "pb")
    theirs.origins = listed
    ours = Origins(listed.split(","))
    with theirs:
        for origin in SENT:
            headers = theirs.guest.get("/api/health", headers={"Origin": origin}).headers
            expected = headers.get("Access-Control-Allow-Origin") == origin
            assert ours.allows(origin) is expected, origin
