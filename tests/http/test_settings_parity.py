"""Settings: what is taken, kept and refused, by PocketBase and by two workers of ours."""

import json

import pytest

from tests.http.exchange import FORM, JSON, MULTIPART, ask, both_servers
from tests.http.test_settings import DEFAULTS

pytestmark = [pytest.mark.pocketbase, pytest.mark.server]

PATH = "/api/settings"
#: with the secrets, which are never shown: some, as PocketBase forgets none before it restarts
CLEAN = {
    **DEFAULTS,
    "smtp": {**DEFAULTS["smtp"], "password": "secret"},
    "s3": {**DEFAULTS["s3"], "secret": "secret"},
    "backups": {**DEFAULTS["backups"], "s3": {**DEFAULTS["backups"]["s3"], "secret": "secret"}},
}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    with both_servers(tmp_path_factory.mktemp("settings")) as both:
        for side in both:
            side.http.patch(PATH, json=CLEAN).raise_for_status()
        yield both


@pytest.fixture
def same(both):
    """Send a patch to both; fail unless the answers and the settings after it are the same."""

    def act(body, content_type=JSON, query=""):
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        seen = []
        for side in both:
            headers = {"Content-Type": content_type}
            answer = ask(side, "PATCH", PATH + query, headers, content, root=True)
            seen.append((content, answer, ask(side, "GET", PATH, root=True)))
        if seen[0][1].status == 200:
            for side in both:
                side.http.patch(PATH, json=CLEAN).raise_for_status()
        assert seen[1] == seen[0]

    return act


VALUES = [
    *(None, "", "x", " ", 0, 1, -1, 1.5, 1e3, True, False, [], {}, ["x"], [1], "1", "true"),
    *(2**31, 2**53, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, "é" * 300),
]
CRONS = [
    *("* * * * *", "*/5 * * * *", "@daily", "@x", "@Daily", "* * * *", "* * * * * *", "60 * * * *"),
    *("* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 7", "1-0 * * * *", "*/0 * * * *"),
    *("1,2,3 * * * *", "1,, * * * *", " * * * * *", "a * * * *", "1-5/2 * * * *", "5/2 * * * *"),
    *("-1 * * * *", "*/-1 * * * *", "1-2-3 * * * *", "*/100 * * * *", "1/ * * * *", "+1 * * * *"),
]
HOSTS = [
    *("localhost", "1.2.3.4", "::1", "[::1]", "a_b", "_a", "a..b", "-a", "a-", "a.-b", "a.b."),
    *("a.b_", "host:25", "x" * 63, "x" * 64, ".".join(["x" * 63] * 4), ".".join(["x" * 60] * 5)),
]
URLS = [
    *("http://", "http://x", "//x", "ftp://a.b", "http://a b", "a.b", "http://localhost:99999"),
    *("https://exämple.com", "javascript:alert(1)", "localhost:9000", "a/b", "-", "."),
]
EMAILS = ["a@b", "a@b.c", "A <a@b.co>", "a@b.co", "ä@b.co", "a@bü.de", "a@localhost"]
NETWORKS = [
    *(["127.0.0.1", "x"], ["127.0.0.1/32"], ["127.0.0.1", ""], [None], ["127.0.0.1 "]),
    *(["127.0.0.0/8", "::1/129"], ["127.0.0.1", "01.2.3.4"], ["127.0.0.1", "fe80::1%eth0"]),
]
MORE = {
    "meta.accentColor": ["#fff", "#ABCDEF", "1055c9#", "#zzzzzz"],
    "meta.appURL": URLS,
    "meta.senderAddress": EMAILS,
    "smtp.host": HOSTS,
    "smtp.localName": HOSTS,
    "smtp.authMethod": ["PLAIN", "LOGIN", "plain", "CRAM"],
    "s3.endpoint": URLS,
    "backups.cron": CRONS,
    "superuserIPs": NETWORKS,
    "rateLimits.excludedIPs": NETWORKS,
    "trustedProxy.headers": [["X-A", "X-A"], [""], ["x y"], [None]],
}


def paths(group, *before):
    """Yield the path of every value of ``group``, and of the group itself."""
    for key, value in group.items():
        yield (*before, key)
        if isinstance(value, dict):
            yield from paths(value, *before, key)


def nested(path, value):
    for key in reversed(path):
        value = {key: value}
    return value


@pytest.mark.parametrize("path", [".".join(path) for path in paths(CLEAN)])
def test_value(same, path):
    *outer, last = path.split(".")
    for value in [*VALUES, *MORE.get(path, ())]:
        same(nested([*outer, last], value))
        if outer and last != "enabled":
            same(nested(outer, {"enabled": True, last: value}))


S3 = {
    "enabled": True,
    **dict.fromkeys(("bucket", "region", "accessKey", "secret"), "a"),
    "endpoint": "e.com",
}


@pytest.mark.parametrize("key", [key for key in S3 if key != "enabled"])
def test_bucket_that_is_on(same, key):
    for value in ("", " ", *(URLS if key == "endpoint" else ())):
        same({"s3": S3 | {key: value}})
        same({"backups": {"s3": S3 | {key: value}}})


def rule(label="x", audience="", duration=1, most=1):
    return {"label": label, "audience": audience, "duration": duration, "maxRequests": most}


LABELS = [
    *("POST /a", "post /a", "/", "/a-b_c/", "/a.b", "a:b", "*:b", "*:*", "a", "a b", "a:", "*"),
    *("é", "/é", "/a b", "POST  /a", "POST a", "a:b:c", "@x", "/a/*", "a-b", "x" * 300),
]


@pytest.mark.parametrize(
    "rules",
    [
        *([rule()], [rule(label) for label in LABELS], [rule("a"), rule("a")], [{}], [None]),
        *([rule("a", "@guest"), rule("a", "@auth")], [rule("a", "@guest"), rule("a")]),
        *([rule("a"), rule("a", "@guest")], [rule("/a"), rule("/a/")], [rule("a", "@g")]),
        *([rule(duration=0)], [rule(most=0)], [rule(duration=-5)], [{"label": "a"}], ["x"], [1]),
        *([[]], [rule(duration="1")], [rule(duration=1.5)], [rule(most=10**19)]),
        [{"Label": "q", "DURATION": 1, "max_requests": 2}],
        [rule("a", "@guest"), rule("a", "@auth"), rule("a")],
    ],
)
@pytest.mark.parametrize("enabled", [True, False])
def test_rules(same, rules, enabled):
    limits = {"rules": rules, "enabled": enabled, "excludedIPs": ["127.0.0.1"]}
    same({"rateLimits": limits})


@pytest.mark.parametrize(
    "body",
    [
        *("", "{}", "[]", "x", "1", '"x"', "true", '{"a":1,"a":2}', '{"meta":{"appName":"A"}} x'),
        *('{"meta":{"appName":"A","appName":"B"}}', '{"meta":{"appName":"A","APPNAME":"B"}}'),
        *('{"META":{"appname":"Z"}}', '{"me-ta":{"__app_Name":"Z"}}', '{"xx":{"a":1,"A":2}}'),
        *('{"meta":{"appName":"A"},"META":{"appName":"B"}}', '{"meta":{"appName":"A"}', "{'a':1}"),
        *('{"a":1,}', '\ufeff{"meta":{}}', '{"meta":{"appName":"\\ud800"}}', '{"n":NaN}'),
        *(b'{"meta":{"appName":"\xff"}}', '{"meta":{"appName":"a\\u0000b"}}', '{"n":1e999}'),
        *('{"meta":{"appName":"a\tb"}}', '{"n":01}', '{"n":.5}', "   {}  ", "/*c*/{}", "{}{}"),
        *('{"smtp":{"port":25.0}}', '{"smtp":{"port":2e1}}', '{"superuserIPs":null}', '{"":1}'),
        *('{"rateLimits":{"rules":null}}', '{"meta":{"hideControls":null}}'),
    ],
)
def test_json(same, body):
    same(body)


@pytest.mark.parametrize(
    "content_type",
    [
        *("", f"{JSON}; charset=utf-8", f"{JSON}x", "APPLICATION/JSON", "text/plain", FORM),
        *("multipart/form-data", MULTIPART, "*/*", f"{JSON}, text/plain"),
    ],
)
def test_content_type(same, content_type):
    for body in ('{"meta":{"appName":"CT"}}', "meta=1&smtp.port=3", ""):
        same(body, content_type)


@pytest.mark.parametrize(
    "form",
    [
        *("meta=1&smtp.port=3", "Meta.AppName=Q", "smtp.Port=27", "smtp[port]=28", "port=25"),
        *("meta.appName=Q", "meta.appName=", "meta.appName=A&meta.appName=B", "meta.appName=%zz"),
        *("superuserIPs=127.0.0.1", "superuserIPs=127.0.0.1&superuserIPs=127.0.0.2", "a;b"),
        *("superuserIPs=", "superuserIPs[]=127.0.0.1", "logs.maxDays=abc", "logs.maxDays=1.5"),
        *("batch.enabled=true", "batch.enabled=1", "batch.enabled=T", "batch.enabled=yes"),
        *("batch.enabled=", "batch.timeout=-1", "logs.minLevel=-4", "logs.logIP=false"),
        *("smtp.port=", "smtp.port=1e2", "smtp.port=+5", "smtp.port= 5", "smtp.port=0x10"),
        *("smtp.port=99999999999999999999", "backups.cronMaxKeep=5", "backups.s3.bucket=zz"),
        *("rateLimits.rules=[]", "rateLimits.rules.0.label=x", "rateLimits.enabled=1", "logs=1"),
        *('@jsonPayload={"meta":{"appName":"CT"}}', "@jsonPayload=x", "@jsonPayload=[]"),
        'meta.appName=Q&@jsonPayload={"meta":{"senderName":"CT"}}',
        '@jsonPayload={"meta":{"appName":"CT"}}&@jsonPayload={"smtp":{"port":5}}',
    ],
)
def test_form(same, form):
    same(form, FORM)
    same(form, FORM, "?logs.minLevel=4")


def test_parts(same):
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n--x--\r\n'
    same(part.format("smtp.port", "26"), MULTIPART)
    same(part.format("@jsonPayload", '{"meta":{"appName":"MP"}}'), MULTIPART)


@pytest.mark.parametrize(
    "fields",
    [
        *("meta", "meta.appName,smtp.port", "*", "", "nope", "meta.*", "rateLimits.rules.label"),
        *("META", "meta.appName:excerpt(2)", "%zz", "meta&fields=smtp", "meta.appName.x"),
    ],
)
def test_picked_fields(both, fields):
    theirs, ours = (ask(side, "GET", f"{PATH}?fields={fields}", root=True) for side in both)
    assert ours == theirs
