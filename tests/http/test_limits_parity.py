"""Limits, addresses and headers: the same requests to PocketBase and to two workers of ours."""

import gzip
import socket
from functools import partial

import httpx
import pytest

from tests.makers import text
from tests.servers import EMAIL, PASSWORD, Holdall
from tests.waiting import until

pytestmark = [pytest.mark.pocketbase, pytest.mark.server]

SETTINGS = "/api/settings"
RECORDS = "/api/collections/limited/records"
LIMITED = {
    "name": "limited",
    "type": "base",
    "fields": [text("title")],
    **dict.fromkeys(("listRule", "viewRule", "createRule"), ""),
}
#: what a settings save of one test leaves behind is reset by the next
CLEAN = {
    "rateLimits": {"enabled": False, "rules": [], "excludedIPs": []},
    "trustedProxy": {"headers": ["X-IP"], "useLeftmostIP": False},
    "superuserIPs": [],
}


@pytest.fixture(scope="module")
def both(pocketbase, tmp_path_factory):
    with Holdall(tmp_path_factory.mktemp("limits") / "data", "--workers", "2") as ours:
        for side in (pocketbase, ours):
            side.http.post("/api/collections", json=LIMITED).raise_for_status()
        yield pocketbase, ours
        pocketbase.http.delete("/api/collections/limited")
        pocketbase.http.patch(SETTINGS, json=CLEAN | {"trustedProxy": {"headers": []}})


@pytest.fixture
def configure(both):
    """Change the settings of both sides."""

    def act(**changes):
        for side in both:
            side.http.patch(SETTINGS, json=CLEAN | changes).raise_for_status()

    act()
    yield act
    for side in both:
        root = {"X-IP": "10.0.0.1"}
        side.http.patch(SETTINGS, json=CLEAN, headers=root).raise_for_status()


def fresh(side, method, path, **options):
    """Send a request on a connection of its own: any worker may get it."""
    return httpx.request(method, side.url + path, timeout=30, verify=False, **options)


def rule(label, most, audience="", duration=1000):
    return {"label": label, "maxRequests": most, "duration": duration, "audience": audience}


HEALTH, LIST, CREATE = ("GET", "/api/health"), ("GET", RECORDS), ("POST", RECORDS)
VIEW, ABSENT, OPTIONS = ("GET", f"{RECORDS}/nope"), ("GET", "/api/x"), ("OPTIONS", "/api/health")
LOGIN = ("POST", "/api/collections/users/auth-with-password")
BY_ID = ("GET", "/api/collections/LIMITED/records")


@pytest.mark.parametrize(
    ("rules", "requests"),
    [
        ([rule("/api/health", 3)], [HEALTH] * 6),
        ([rule("/api/", 3)], [HEALTH, ABSENT, ("POST", "/api/x"), HEALTH, ("GET", "/api")]),
        ([rule("/api/", 2)], [LIST, LIST, LIST, HEALTH, HEALTH, HEALTH, CREATE, CREATE, CREATE]),
        ([rule("GET /api/health", 1)], [HEALTH, HEALTH, ("HEAD", "/api/health"), ABSENT]),
        ([rule("*:list", 2), rule("/api/", 9)], [LIST, LIST, LIST, VIEW, VIEW, BY_ID]),
        ([rule("limited:create", 1), rule("*:create", 5)], [CREATE, CREATE, CREATE]),
        ([rule("*:auth", 2)], [LOGIN, LOGIN, LOGIN]),
        ([rule("*:authWithPassword", 1), rule("*:auth", 3)], [LOGIN, LOGIN, LOGIN]),
        ([rule("/api/health", 1)], [OPTIONS, OPTIONS, HEALTH, HEALTH]),
        ([rule("/api/health", 1, "@auth")], [HEALTH, HEALTH]),
        ([rule("/api/health", 1, "@guest")], [HEALTH, HEALTH]),
        ([rule("*:view", 1), rule(f"GET {RECORDS}/", 2)], [VIEW, VIEW, LIST, LIST, LIST]),
    ],
)
def test_rate_limits(both, configure, rules, requests):
    configure(rateLimits={"enabled": True, "rules": rules})
    statuses = [
        [fresh(side, *request, headers={"X-IP": "1.2.3.4"}).status_code for request in requests]
        for side in both
    ]
    assert statuses[1] == statuses[0]


def test_whom_rate_limits_spare(both, configure):
    configure(
        rateLimits={
            "enabled": True,
            "rules": [rule("/api/health", 1)],
            "excludedIPs": ["9.9.9.9", "10.0.0.0/8", "2001:db8::/32"],
        }
    )
    for ip in ("1.1.1.1", "9.9.9.9", "10.7.7.7", "2001:db8::1", "2001:db9::1", "junk"):
        statuses = [
            [fresh(side, *HEALTH, headers={"X-IP": ip}).status_code for _ in range(3)]
            for side in both
        ]
        assert statuses[1] == statuses[0], ip
        superuser = [
            [side.http.get("/api/health", headers={"X-IP": ip}).status_code for _ in range(3)]
            for side in both
        ]
        assert superuser == [[200] * 3] * 2


def test_a_window_ends(both, configure):
    configure(rateLimits={"enabled": True, "rules": [rule("/api/health", 1, duration=2)]})
    for side in both:

        def is_answered_with(status, side=side):
            return fresh(side, *HEALTH, headers={"X-IP": "1.2.3.4"}).status_code == status

        assert is_answered_with(200)
        until(partial(is_answered_with, 429))
        until(partial(is_answered_with, 200))


@pytest.mark.parametrize("leftmost", [False, True])
@pytest.mark.parametrize(
    "sent",
    [
        [("X-IP", "1.1.1.1")],
        [("X-IP", "1.1.1.1, 2.2.2.2")],
        [("X-IP", "1.1.1.1"), ("X-IP", "3.3.3.3,4.4.4.4")],
        [("X-IP", "junk, 1.1.1.1:80")],
        [("X-IP", "junk"), ("X-Other", "5.5.5.5")],
        [("X-Other", "5.5.5.5")],
        [("X-IP", "2001:db8::1")],
        [("X-IP", "::ffff:1.2.3.4")],
        [("X-IP", "fe80::1%eth0")],
        [("X-IP", ", ,6.6.6.6,")],
        [("X-IP", "")],
        [("X-Forwarded-For", "7.7.7.7"), ("CF-Connecting-IP", "8.8.8.8")],
        [("X-Forwarded-For", "7.7.7.7")],
        [("Fly-Client-IP", "7.7.7.7")],
        [("X-IP", "01.1.1.1")],
        [("X-IP", "[2001:db8::1]")],
    ],
)
def test_real_address(both, configure, sent, leftmost):
    configure(trustedProxy={"headers": ["X-IP", "X-Other"], "useLeftmostIP": leftmost})
    seen = []
    for side in both:
        headers = [*sent, ("Authorization", side.http.headers["Authorization"])]
        seen.append(fresh(side, *HEALTH, headers=headers).json()["data"])
    assert seen[1] == seen[0]


@pytest.mark.parametrize("ip", ["10.0.0.1", "10.0.0.2", "192.168.7.7", "2001:db8::5", ""])
def test_superusers_addresses(both, configure, ip):
    configure(superuserIPs=["10.0.0.1", "192.168.0.0/16", "2001:db8::/64"])
    sign_in = "/api/collections/_superusers/auth-with-password"
    seen = []
    for side in both:
        headers = {"X-IP": ip, "Authorization": side.http.headers["Authorization"]}
        answers = [fresh(side, "GET", path, headers=headers) for path in ("/api/health", SETTINGS)]
        answers += [fresh(side, *HEALTH, headers={"X-IP": ip})]
        body = {"identity": EMAIL, "password": PASSWORD}
        login = fresh(side, "POST", sign_in, json=body, headers={"X-IP": ip})
        seen.append([answer.status_code for answer in (*answers, login)])
        seen[-1].append(login.json().get("message"))
    assert seen[1] == seen[0]


OF_SERVERS = ("date", "server", "content-length", "connection")


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/api/health", {"Origin": "https://a.test"}),
        ("GET", "/api/health", {}),
        ("HEAD", "/api/health", {"Origin": "null"}),
        ("GET", "/api/nope", {"Origin": "https://a.test"}),
        ("POST", "/api/nope", {}),
        ("GET", SETTINGS, {"Origin": "https://a.test"}),
        ("OPTIONS", "/api/health", {}),
        ("OPTIONS", "/nope", {"Origin": "https://a.test"}),
        (
            "OPTIONS",
            RECORDS,
            {
                "Origin": "https://a.test",
                "Access-Control-Request-Method": "PATCH",
                "Access-Control-Request-Headers": "authorization,x-y",
            },
        ),
        ("GET", RECORDS, {"Accept-Encoding": "gzip"}),
        ("GET", "/nope.txt", {"Accept-Encoding": "gzip"}),
    ],
)
def test_headers(both, configure, method, path, headers):
    """All headers, each line, but those that the HTTP servers add by themselves."""
    seen = []
    for side in both:
        answer = fresh(side, method, path, headers=headers)
        lines = sorted((name.lower(), value) for name, value in answer.headers.multi_items())
        kept = [line for line in lines if line[0] not in OF_SERVERS]
        seen.append((answer.status_code, kept))
    assert seen[1] == seen[0]


LIMIT = 32 << 20


@pytest.mark.parametrize(
    ("path", "size"),
    [
        (SETTINGS, LIMIT + 1),
        (RECORDS, LIMIT + 1),
        ("/api/nope", LIMIT + 1),
        ("/api/collections/users/auth-with-password", LIMIT + 1),
        (f"{RECORDS}/x", LIMIT + 1),
    ],
)
def test_announced_length(both, configure, path, size):
    """A body that is too long is refused by what it says of itself, before it comes."""
    seen = []
    for side in both:
        with socket.create_connection(("127.0.0.1", side.port), timeout=60) as client:
            method = "PATCH" if path in (SETTINGS, f"{RECORDS}/x") else "POST"
            client.sendall(
                f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                f"Authorization: {side.http.headers['Authorization']}\r\n"
                f"Content-Length: {size}\r\n\r\n{{".encode()
            )
            answer = client.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        seen.append((head.split(b"\r\n")[0].split(b" ")[1], body))
    assert seen[1] == seen[0]


def test_dashboard_is_packed(both):
    """Pages and scripts below ``/_/`` are sent packed to whom takes it; the API is not."""
    _, ours = both
    for path in ("/_/login/", "/_/"):
        with httpx.Client(base_url=ours.url) as client:
            answer = client.get(path, headers={"Accept-Encoding": "gzip"}, follow_redirects=True)
            assert answer.headers.get("Content-Encoding") == "gzip"
            assert "Accept-Encoding" in answer.headers["Vary"]
            with client.stream("GET", answer.url.path, headers={"Accept-Encoding": "gzip"}) as raw:
                assert b"<html" in gzip.decompress(b"".join(raw.iter_raw()))
            plain = client.get(answer.url.path, headers={"Accept-Encoding": "identity"})
            assert "Content-Encoding" not in plain.headers
