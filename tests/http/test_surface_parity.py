"""Routes, methods, paths, static files, CORS and headers: PocketBase's answers and ours, whole."""

import os

import pytest

from tests.http.exchange import FORM, JSON, MULTIPART, ask
from tests.makers import text
from tests.servers import Holdall, PocketBase

pytestmark = [pytest.mark.pocketbase, pytest.mark.server]

RECORDS = "/api/collections/things/records"
THINGS = {
    "name": "things",
    "type": "base",
    "fields": [
        *(text("title"), {"name": "n", "type": "number"}, {"name": "j", "type": "json"}),
        *({"name": "b", "type": "bool"}, {"name": "f", "type": "file", "maxSelect": 1}),
    ],
    **dict.fromkeys(("viewRule", "createRule", "deleteRule"), ""),
}


class PocketBaseWithPages(PocketBase):
    def serve_command(self):
        return [*super().serve_command(), "--publicDir", str(self.data.parent / "public")]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    if PocketBase.absent():
        pytest.skip(PocketBase.absent())
    folder = tmp_path_factory.mktemp("surface")
    public = folder / "public"
    for name in ("dir/index.html", "only/y.css", "file.txt", "a.json", "a b.txt", "p.png"):
        (public / name).parent.mkdir(parents=True, exist_ok=True)
        (public / name).write_text(f"content of {name}")
        os.utime(public / name, (1700000000, 1700000000))
    theirs = PocketBaseWithPages(folder / "pb")
    ours = Holdall(folder / "data", "--workers", "2", HOLDALL_PUBLIC_DIR=str(public))
    with theirs, ours:
        for side in (theirs, ours):
            side.http.post("/api/collections", json=THINGS).raise_for_status()
        yield theirs, ours


@pytest.fixture
def same(both):
    """Let both sides answer a request; fail unless status, headers and body are the same."""

    def act(*request, **options):
        theirs, ours = (ask(side, *request, **options) for side in both)
        assert (request, ours) == (request, theirs)

    return act


METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO", "get"]
PATHS = [
    *("/api/health", "/api/health/", "/api/nope", "/api", "/api/", "/API/health", "/", "/nope"),
    *("/api/collections", "/api/collections/", "/api/collections/x/", RECORDS, f"{RECORDS}/"),
    *(f"{RECORDS}/zzz", "/api/collections/nope/records", "/api/settings", "/api/settings/x"),
    *("/api/logs", "/api/logs/x", "/api/logs/stats", "/api/batch", "/api/files", "/api/sql"),
    *("/api/files/token", "/api/files/things/x", "/api/files/things/x/y", "/api/backups"),
    *("/api/backups/x", "/api/backups/x/restore", "/api/backups/x/y", "/api/crons", "/api/crons/x"),
    *("/api/collections/things/auth-methods", "/api/collections/users/auth-with-password"),
    *("/_", "/file.txt", "/file.txt/", "/dir", "/dir/", "/dir/index.html", "/index.html"),
    *("/only", "/only/", "/only/y.css", "/a.json", "/a%20b.txt", "/p.png", "/.well-known/x"),
]


@pytest.mark.parametrize("method", METHODS)
def test_method(same, method):
    for path in PATHS:
        if (method, path) != ("POST", RECORDS):
            same(method, path)


@pytest.mark.parametrize(
    "path",
    [
        *("//", "//api/health", "/api//health", "/api/./health", "/api/../api/health", "/../x"),
        *("/..", "/.", "/a/./", "/a/..", "/dir//", "/file.txt//", "/%2e%2e/x", "/api/%68ealth"),
        *("/api%2Fhealth", "/api/health%00", "/api/health%20", "/%zz", "/%", "/api/health%"),
        *("/api/health?%zz", "/api/health?a=%", "/api/health;x", "/%ff", "/a%00b", "/a\\b", "/a;b"),
        *("/api/collections/%zz/records", "/api/collections/things%2Frecords"),
        *("/api/collections/a%2Fb/records", "/api/collections/%20/records", f"{RECORDS}/%2e%2e"),
        *(f"{RECORDS}/a%00b", "/dir%2Findex.html", "/dir/%2e%2e/file.txt", "/file.txt%2F"),
        *("/file.txt?x=1", "/dir?x=1", "/dir/index.html?x=1", "/%5c..%5c", "/~", "/a:b"),
        *(f"/{'a' * 300}", f"/{'a' * 5000}", f"/api/collections/{'x' * 3000}/records"),
        f"/api/health?{'a=1&' * 3000}",
        *(f"/api/health?fields={value}" for value in ("code&fields=message", "%zz", "nope", "")),
    ],
)
def test_path(same, path):
    for method in ("GET", "HEAD", "POST"):
        same(method, path)


@pytest.mark.parametrize(
    "headers",
    [
        *({"Range": value} for value in ("bytes=0-0", "bytes=5-", "bytes=-1", "x", "bytes=3-1")),
        *({"Range": "bytes=0-1,1-2"}, {"If-Range": "x", "Range": "bytes=0-0"}),
        *({"If-Modified-Since": "Tue, 01 Jan 2030 00:00:00 GMT"}, {"If-Modified-Since": "x"}),
        *({"If-Unmodified-Since": "Tue, 01 Jan 2000 00:00:00 GMT"}, {"If-Match": "x"}),
        *({"If-None-Match": "*"}, {"Accept-Encoding": "gzip, br"}, {"Accept": "image/png"}),
    ],
)
def test_conditions(same, headers):
    for path in ("/file.txt", "/dir/", "/api/health", "/nope"):
        for method in ("GET", "HEAD"):
            same(method, path, headers)


@pytest.mark.parametrize(
    "headers",
    [
        *({"Origin": origin} for origin in ("https://a.test", "", "null", "a\xe9")),
        {"Origin": "x", "Access-Control-Request-Method": "PATCH"},
        {"Origin": "x", "Access-Control-Request-Headers": "a, B,c"},
        {"Access-Control-Request-Method": "PUT"},
        {"Origin": "https://a.test", "Access-Control-Request-Private-Network": "true"},
    ],
)
def test_origins(same, headers):
    for path in ("/api/health", "/nope", "/file.txt", "/api/settings", "//x", "/_", "/%zz"):
        for method in ("GET", "OPTIONS", "POST", "HEAD"):
            same(method, path, headers)


@pytest.mark.parametrize(
    "form",
    [
        *("Bearer {}", "bearer {}", "BEARER {}", "Bearer  {}", "Token {}", "{}", " {} ", "{}x"),
        *("", "Bearer", "Bearer ", "Basic {}", "{},{}", "\t{}", "Bearer\t{}"),
    ],
)
def test_authorization(both, form):
    answers = [
        [
            ask(side, "GET", path, {"Authorization": form.format(*[token] * 2)})
            for path in ("/api/health", "/api/settings")
        ]
        for side in both
        for token in [side.http.headers["Authorization"]]
    ]
    assert answers[1] == answers[0]


@pytest.mark.parametrize(
    "forms", [("{}", "x"), ("x", "{}"), ("{}", "{}"), ("", "{}"), ("Bearer {}", "x"), ("{}", "")]
)
def test_several_authorizations(both, forms):
    answers = [
        ask(side, "GET", "/api/settings", [("Authorization", form.format(token)) for form in forms])
        for side in both
        for token in [side.http.headers["Authorization"]]
    ]
    assert answers[1] == answers[0]


@pytest.mark.parametrize("kinds", [(JSON, "text/plain"), ("text/plain", JSON), (JSON, FORM)])
def test_several_content_types(same, kinds):
    same("POST", RECORDS, [("Content-Type", kind) for kind in kinds], '{"title":"a"}')


CONTENT_TYPES = [
    *(JSON, f"{JSON}; charset=utf-8", "Application/json", f"{JSON}p", "application/ld+json"),
    *("text/plain", "", FORM, MULTIPART, "multipart/form-data", "multipart/form-data; boundary="),
    *("text/xml", "application/xml", "application/octet-stream", "x"),
]
BODIES = [
    *('{"title":"a","n":1}', "title=a&n=1", "", "null", "<a/>"),
    '--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nq\r\n--x--\r\n',
]


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_content_type(same, content_type):
    for body in BODIES:
        headers = {"Content-Type": content_type}
        same("POST", RECORDS, headers, body)
        same("DELETE", f"{RECORDS}/x", headers, body)
        same("GET", f"{RECORDS}/x", headers, body)


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_nothing_in_a_body_of_unknown_length(same, content_type):
    """It is a body all the same, of no JSON, without parts, or of no known type."""
    headers = {"Content-Type": content_type, "Transfer-Encoding": "chunked"}
    for method, path in (
        ("POST", RECORDS),
        ("PATCH", f"{RECORDS}/x"),
        ("DELETE", f"{RECORDS}/x"),
        ("GET", f"{RECORDS}/x"),
        ("POST", "/api/collections/users/auth-with-password"),
        ("POST", "/api/collections/users/request-verification"),
    ):
        same(method, path, headers, "0\r\n\r\n")
    for path in ("/api/settings", "/api/collections/things"):
        same("PATCH", path, headers, "0\r\n\r\n", root=True)


@pytest.mark.parametrize(
    "body",
    [
        *("[]", "x", "1", '"x"', '{"a":1,"a":2}', '{"title":"a","Title":"b"}', '{"title":"a"} x'),
        *('{"title":"a"}{', '{"title":"a"', "\ufeff{}", b'{"title":"\xff"}', '{"n":1e400}'),
        *('{"title":"\\ud800"}', '{"title":"\\ud83d\\ude00"}', '{"n":1e308}', '{"n":NaN}'),
        *('{"n":01}', '{"n":"1e5"}', '{"j":{"a":1,"a":2}}', '{"title":1.0}', '{"title":[]}'),
        *('{"title":12345678901234567890}', '{"title":{"a":1}}', '{"n":9007199254740993}'),
        *('{"n":-0}', '{"b":"x"}', '{"b":2}', '{"title":"a\tb"}', '{"title":"a\\/b"}', "\x0b{}"),
        # PostgreSQL has no place for NUL
        pytest.param('{"title":"\\u0000"}', marks=pytest.mark.sqlite),
        *(" \r\n\t{} ", '{"n":1E+2}', '{"title":"a",}', "{'title':1}"),
        *('{"title":"<&>\u2028"}', '{"":1}', '{"id":""}', '{"id":null}', '{"expand":1}'),
        '{"x":' + "[" * 800 + "]" * 800 + "}",
    ],
)
def test_json(same, body):
    same("POST", RECORDS, {"Content-Type": JSON}, body)


@pytest.mark.parametrize(
    "body",
    [
        *("n=01", "n=1.0", "n=1e3", "n=.5", "n=-5", "n=+5", "n=1&n=2", "title=1.0", "title=true"),
        *("title=a&title=b", "title=%zz", "title=%ff", "title=a+b", "a;b", "=", "&", "title"),
        *('@jsonPayload={"title":"p","n":5}', 'title=a&@jsonPayload={"title":"p"}'),
        *("@jsonPayload=[]", "@jsonPayload=x", "@jsonPayload=null", 'j={"a":1}', "j=x", "b=on"),
        *("title[]=a", "title.x=a", "n=Infinity", "n=0x10", "j=null", "title=é"),
    ],
)
def test_form(same, body):
    same("POST", RECORDS, {"Content-Type": FORM}, body)
    same("POST", f"{RECORDS}?title=q&n=9", {"Content-Type": FORM}, body)
