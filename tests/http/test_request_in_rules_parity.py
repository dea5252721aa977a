"""What rules are told of a request: headers and queries as they arrive, PocketBase's and ours."""

from __future__ import annotations

import json

import pytest

from tests.http.exchange import JSON, ask
from tests.makers import text

pytestmark = [pytest.mark.pocketbase, pytest.mark.server]

COLLECTION = "/api/collections/asking"
RECORDS = f"{COLLECTION}/records"
ONE = "a" * 15
UTF8 = "é".encode().decode("latin-1")
HEADERS = [
    *(("X-A", "1"), ("X-A", "2"), ("X-B", "  sp  "), ("Cookie", "a=b"), ("Cookie", "c=d")),
    *(("User-Agent", ""), ("Accept", "*/*"), ("X-E", ""), ("X-C", UTF8), ("X_D", "1")),
    *(("X-F", "1"), ("X--G", "1"), ("X-1h", "1"), ("Origin", "http://o"), ("X-N", "12")),
    *(("TE", "trailers"), ("ETag", "1"), ("X-I", "a,b"), ("X-J", "\xe9")),
]
QUERY = "a=1&a=2&b=&c=x+y&d.e=1&%C3%A9=1&n=12&q=a%22b&f=ABC&%ff=1&g=%ff"
REQUESTS = [
    ("GET", RECORDS, [], None),
    ("GET", f"{RECORDS}/{ONE}", [("X-A", "3")], None),
    ("GET", RECORDS, [("Content-Type", JSON)], '{"x":1}'),
    (
        "GET",
        RECORDS,
        [("Content-Type", JSON), ("Transfer-Encoding", "chunked")],
        '7\r\n{"x":1}\r\n0\r\n\r\n',
    ),
    ("PATCH", f"{RECORDS}/{ONE}", [("Content-Type", JSON)], "{}"),
]
RULES = {
    "of connections": [
        *("host != ''", "content_length != ''", "content_length = '7'", "connection != ''"),
        *("transfer_encoding != ''", "te != ''", "trailer != ''", "expect != ''"),
    ],
    "several": [
        *("x_a = '1'", "x_a = '2'", "x_a = '1, 2'", "x_a = '1,2'", "x_i = 'a,b'", "x_i = 'a'"),
        *("cookie = 'a=b'", "cookie = 'a=b; c=d'", "x_a:lower = '1'", "x_a ~ '2'"),
    ],
    "names": [
        *("X_A = '1'", "x_d = '1'", "x__d = '1'", "x_f.a = '1'", "x_g = '1'", "x__g = '1'"),
        *("x_1h = '1'", "x_1_h = '1'", "etag = '1'", "e_tag = '1'", "x_nope = ''"),
        *("x_nope:isset = true", "x_e:isset = true", "x_e = ''", "user_agent:isset = true"),
    ],
    "values": [
        *("x_b = '  sp  '", "x_b = 'sp'", "accept = '*/*'", "user_agent != ''", "x_c = 'é'"),
        *("x_c ~ 'Ã'", "x_n > 5", "x_n = 12", "x_n = '12'", "origin != ''", "x_j = 'é'"),
        *("content_type = 'application/json'", "authorization != ''", "x_j != ''"),
    ],
    "queries": [
        *("a = '1'", "a = '2'", "a:isset = true", "b = ''", "b:isset = true", "c = 'x y'"),
        *("d.e = '1'", "A = '1'", "n > 5", "n = 12", "n = '12'", "zz = null", "zz:isset = true"),
        *("q = 'a\"b'", "f:lower = 'abc'", "g != ''", "g ~ 'ff'"),
    ],
}


@pytest.fixture(scope="module")
def both(pocketbase, shared_server):
    servers = pocketbase, shared_server
    body = {"name": "asking", "type": "base", "fields": [text("t")]}
    for server in servers:
        server.http.post("/api/collections", json=body).raise_for_status()
        server.http.post(RECORDS, json={"id": ONE}).raise_for_status()
    yield servers
    for server in servers:
        server.http.delete(COLLECTION).raise_for_status()


@pytest.mark.parametrize("about", RULES)
def test_rules(both, about):
    for asked in RULES[about]:
        rule = f"@request.{'query' if about == 'queries' else 'headers'}.{asked}"
        rules = dict.fromkeys(("listRule", "viewRule", "updateRule"), rule)
        for server in both:
            server.http.patch(COLLECTION, json=rules).raise_for_status()
        for method, path, more, body in REQUESTS:
            theirs, ours = (
                ask(server, method, f"{path}?{QUERY}", [*HEADERS, *more], body) for server in both
            )
            assert (rule, method, more, shown(ours)) == (rule, method, more, shown(theirs))


def shown(answer):
    """Return what an answer tells of the rule."""
    found = json.loads(answer.body)
    return answer.status, found.get("totalItems"), found.get("message")
