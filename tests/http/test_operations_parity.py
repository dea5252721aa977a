"""Logs, backups, crons and trials of the settings: PocketBase's answers and ours, whole."""

import io
import zipfile
from urllib.parse import quote

import pytest

from tests.http.exchange import FORM, JSON, MULTIPART, ask, both_servers
from tests.waiting import until

pytestmark = [pytest.mark.pocketbase, pytest.mark.server]

BACKUPS = "/api/backups"


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    with both_servers(tmp_path_factory.mktemp("operations")) as both:
        for side in both:
            user = {"email": "u@example.com", "password": "12345678", "passwordConfirm": "12345678"}
            side.http.post("/api/collections/users/records", json=user).raise_for_status()
        yield both


@pytest.fixture
def same(both):
    def act(*request, root=True, **options):
        theirs, ours = (ask(side, *request, root=root, **options) for side in both)
        assert (request, ours) == (request, theirs)
        return ours

    return act


@pytest.mark.parametrize(
    "body",
    [
        *({}, {"email": "x", "template": "y"}, {"email": None, "template": None}, {"email": 1}, []),
        *("null", "", "x", {"Email": "a@b.co", "TEMPLATE": "x"}, {"email": "a" * 300}),
        *({"email": "a@b.co", "template": "otp", "collection": name} for name in ("nope", 1)),
        *({"email": "a@b.co", "template": "OTP"}, {"filesystem": 1}, {"filesystem": "x"}),
        *({"filesystem": "storage"}, {"FileSystem": "backups"}, {"filesystem": ""}),
    ],
)
def test_trials(same, body):
    for path in ("/api/settings/test/email", "/api/settings/test/s3"):
        same("POST", path, {"Content-Type": JSON} if isinstance(body, str) else (), body)


@pytest.mark.parametrize("content_type", [FORM, "text/plain"])
def test_trial_by_form(same, content_type):
    form = "email=a@b.co&template=x"
    same("POST", "/api/settings/test/email", {"Content-Type": content_type}, form)


APPLE = {"clientId": "a", "teamId": "1234567890", "keyId": "1234567890", "duration": 10}


@pytest.mark.parametrize(
    "change",
    [
        *({"clientId": ""}, {"teamId": "1"}, {"keyId": "123456789012"}, {"privateKey": ""}),
        *({"privateKey": "x"}, {"duration": 0}, {"duration": -1}, {"duration": 15777001}),
        *({"duration": "1"}, {"duration": 1.5}, {"clientId": None}),
    ],
)
def test_secret_of_apple(same, change):
    same("POST", "/api/settings/apple/generate-client-secret", (), APPLE | change)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("POST", f"/api/crons/{key}") for key in ("nope", "__pbDBOptimize__", "%20", "")),
        *(("GET", "/api/crons/x"), ("DELETE", "/api/crons"), ("POST", "/api/crons")),
        ("POST", "/api/crons/__PBDBOPTIMIZE__"),
    ],
)
def test_crons(same, method, path):
    same(method, path)


REQUESTS = [
    *(("GET", "/api/health?a=b%20c+d"), ("GET", "/api/nope"), ("GET", "/api/health?x=%zz%20")),
    *(("GET", f"/api/health?{'%20' * 1500}"), ("GET", "/%E2%82%AC"), ("GET", "/api/x%2Fy")),
    *(("HEAD", "/api/health"), ("PUT", "/api/health"), ("OPTIONS", "/api/health")),
    *(("GET", "//a"), ("GET", "/_"), ("GET", "/api/logs"), ("GET", "/api/oauth2-redirect")),
    ("POST", "/api/collections/users/request-password-reset", {"email": "nope@example.com"}),
    ("POST", "/api/collections/users/auth-with-password", {"identity": "x", "password": "y"}),
    ("POST", "/api/collections/users/records", {"id": "x"}),
    ("PATCH", "/api/settings", {"meta": {"appName": ""}}),
]
MOST = len(REQUESTS) - 4  # no preflight, no redirects to a clean path, to the dashboard, of OAuth2
#: each server says what went wrong in words of its own
WORDS = ("details", "error")


def entries(side):
    """Return what was logged of ``REQUESTS``, with the words of errors left out."""

    def items_of_all():
        shown = side.http.get("/api/logs", params={"perPage": 500, "filter": "data.referer ~ 'r'"})
        items = shown.json()["items"]
        return items if len(items) >= MOST else None

    items = until(items_of_all)
    for item in items:
        assert item["data"].pop("execTime") >= 0
        assert ("error" in item["data"]) is (item["level"] == 8)
        for name in WORDS:
            item["data"].pop(name, None)
    return sorted([item["message"], item["level"], item["data"]] for item in items)


def _sent(text):
    """Return what is sent as ``text`` in UTF-8."""
    return text.encode().decode("latin-1")


def test_entries_of_the_log(both):
    long = {"Referer": "http://r/" + "r" * 2100, "User-Agent": "u" * 2100}
    utf8 = {"Referer": _sent("http://r/é"), "User-Agent": _sent("日")}
    for side in both:
        for at, (method, path, *body) in enumerate(REQUESTS):
            ask(side, method, path, utf8 if at == 0 else long, *body, root=method == "PATCH")
    theirs, ours = (entries(side) for side in both)
    assert ours == theirs
    assert len(ours) == MOST


@pytest.mark.parametrize(
    "query",
    [
        *("page=2&perPage=3", "perPage=0", "perPage=-1", "perPage=5000", "page=x", "page=1.5"),
        *("sort=x", "sort=-created,%2Blevel", "sort=data.status", "sort=@rowid", "sort=@random"),
        *("sort=id,", "sort=,", "sort=level desc", "sort=data.nope", "filter=level>0"),
        *("filter=level>", "filter=data.status=404", "filter=data.x.y=1", "filter=data!=''"),
        *("filter=x=1", "filter=@request.auth.id!=''", "filter=@now>created", "filter=%zz"),
        *("filter=created>@todayStart", "filter=message:length>1", "filter=@rowid>0"),
        *("filter=id:isset=true", "filter=level=true", "filter=level=null", "skipTotal=1"),
        *("skipTotal=x", "fields=id", "fields=data.status", "perPage=3&perPage=1"),
        *(f"filter={'x' * 5000}", "filter=@collection.users.id!=''"),
    ],
)
def test_queries_of_the_log(both, query):
    query = quote(query, safe="=&%@,.:-'")
    for path in ("/api/logs", "/api/logs/stats"):
        answers = []
        for side in both:
            answer = side.http.get(f"{path}?{query}")
            shown = answer.json()
            if answer.status_code == 200:  # whatever has been logged by now
                shown = sorted(shown) if path == "/api/logs" else type(shown)
            answers.append((path, answer.status_code, shown))
        assert answers[1] == answers[0]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", f"/api/logs/{key}") for key in ("x", "", "%20", "stats/", "stats?filter=x")),
        *(("POST", "/api/logs"), ("PATCH", "/api/logs/x"), ("DELETE", "/api/logs/x")),
    ],
)
def test_other_requests_of_the_log(same, method, path):
    same(method, path)


def zip_file(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return made.getvalue()


ZIP = zip_file(a="b")


def part(name, content=ZIP, field="file", kind="application/zip"):
    head = f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
    return f"{head}Content-Type: {kind}\r\n\r\n".encode() + content + b"\r\n--x--\r\n"


@pytest.mark.parametrize(
    "upload",
    [
        *(part("u.zip"), part("u.zip"), part("U 2.zip"), part("no.txt"), part("ä.zip")),
        *(part("../x.zip"), part("a/b.zip"), part(""), part("tttt.zip", b"hello")),
        *(part("empty.zip", b""), part("none.zip", zip_file()), part("v.zip", field="other")),
        *(part("w.zip", kind="text/plain"), part("broken.zip", ZIP[:40]), part("con\\sep.zip")),
        *(part("html.zip", b"<html>"), part("gzip.zip", b"\x1f\x8b\x08\x00aaaa")),
        part("docx.zip", zip_file(word__document="x")),
        part("q.zip")[:-7] + part("second.zip"),
    ],
)
def test_uploads(same, upload):
    same("POST", f"{BACKUPS}/upload", {"Content-Type": MULTIPART}, upload)
    assert same("GET", f"{BACKUPS}?fields=key").status == 200


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        *((JSON, "{}"), (JSON, '{"file":"x"}'), ("", ""), ("text/plain", "x"), (FORM, "file=x")),
        *(("multipart/form-data", "x"), ("application/zip", ZIP), (JSON, "{")),
    ],
)
def test_uploads_that_are_none(same, content_type, body):
    same("POST", f"{BACKUPS}/upload", {"Content-Type": content_type}, body)


@pytest.mark.parametrize(
    "body",
    [
        *({"name": name} for name in ("m.zip", "m.zip", "A.zip", "a", ".zip", "a b.zip", 1)),
        *({"name": name} for name in ("../a.zip", "@a.zip", "é.zip", "a.zip\n", " a.zip", None)),
        *([], "null", "x", {"Na_me": "n.zip"}, {"name": f"{'x' * 147}.zip"}),
    ],
)
def test_making_backups(same, body):
    same("POST", BACKUPS, {"Content-Type": JSON} if isinstance(body, str) else (), body)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("POST", "/nope.zip/restore"), ("POST", "/%20/restore"), ("POST", "/a%2Fb/restore")),
        *(("GET", "/u.zip/restore"), ("PATCH", "/u.zip"), ("GET", "/u.zip"), ("GET", "/x?token=")),
        *(("PUT", ""), ("DELETE", ""), ("DELETE", "/u.zip/")),
    ],
)
def test_other_requests_of_backups(same, method, path):
    same(method, BACKUPS + path)


@pytest.mark.parametrize("key", ["kept.zip", "nope.zip", "%C3%BC.zip", ".", "kept.zip/", "a%2Fb"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"Range": "bytes=0-3"}, {"Range": "bytes=99999-"}, {"Origin": "http://x"}],
)
def test_downloads(both, key, headers):
    answers = []
    for side in both:
        for name in ("kept.zip", "ü.zip"):
            sent = {"Content-Type": MULTIPART}
            ask(side, "POST", f"{BACKUPS}/upload", sent, part(name), root=True)
        token = side.http.post("/api/files/token").json()["token"]
        found = []
        for text in (token, "", "x", side.http.headers["Authorization"]):
            for method in ("GET", "HEAD"):
                answer = ask(side, method, f"{BACKUPS}/{key}?token={text}", headers)
                kept = [
                    line for line in answer.headers if line[0] not in ("last-modified", "location")
                ]
                found.append((answer.status, kept, answer.body.replace(text, "") if text else ""))
        answers.append(found)
    assert answers[1] == answers[0]
