"""JSON as clients get it, byte by byte, and filters and sorts that compare its text."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from core_app.dialects.postgresql_values import compact
from tests.makers import geo_point, json_field, number

pytestmark = pytest.mark.pocketbase

RECORDS = "/api/collections/boxes/records"
#: what stands in a body, as it is sent
VALUES = (
    '{"b":1,"a":2}', '{"bb":1,"a":{"zz":[{"y":1,"x":2}],"c":3}}', '{"lat":1,"lon":2}',
    '{"lon":1,"lat":2}', '{"lat":"x","lon":null}', '[{"b":1,"a":2},{"bb":{},"c":[]}]', "{}", "[]",
    '{"é":1,"z":2,"aa":3,"Z":4,"":5}', '{"a b":"x, y: z","a\\"b":"\\u001f\\t\\\\","q":"{ [ ,"}',
    '{"n":1e21,"m":1e-7,"o":1e-6,"p":1E5,"q":1.50,"r":12345678901234567890}', "[1e21, 1e-7, 1.0]",
    '{"n":123456789012345678,"m":0.1,"o":1e300,"p":5e-324,"q":-1.5e-9}', "[1.10]", "[0.0000001]",
    "1e21", "1e-7", "12345678901234567890", "5", "1.50", '"text"', '"{ \\"b\\": 1}"', "true",
    "null", '["a","b, c","d"]', '["a", 1, null, true, "x\\\\"]', "[[1,2],[3,[4, 5]]]",
    '{"created":"2024","id":7,"tags":["x","y"],"nested":{"deep":{"deeper":{"b":[],"a":{}}}}}',
)  # fmt: skip

FILTERS = (
    'j = \'{"a":2,"b":1}\'', 'j = \'{"b":1,"a":2}\'', 'j != \'{"a":2,"b":1}\'', 'j ~ \'{"a":2,"b\'',
    'j ~ \'"a":{"c":3\'', 'j ~ "1e+21"', 'j ~ "1e-7"', 'j ~ "100000"', 'j ~ "1.5,"', 'j !~ "{"',
    'j ~ "12345678901234567000"', 'j ~ ", "', 'j ~ "[%]"', 'j > "["', 'j >= \'{"a":2,"b":1}\'',
    'j < "{"', 'j.a = \'{"c":3,"zz":[{"x":2,"y":1}]}\'', 'j.a.zz ~ \'"x":2,"y"\'', "j.a > 1",
    'j:length > 2', 'j:lower ~ "zz"', 'j = j.a', 'j.nested ~ \'"a":{},"b"\'', "j = ''", "j = null",
    'j:each ~ "a"', 'j:each ?= 1',
)  # fmt: skip


@pytest.fixture
def boxes(both):
    fields = [json_field("j"), geo_point("g"), number("n")]
    both("POST", "/api/collections", {"id": "idboxes", "name": "boxes", "fields": fields})
    for at, value in enumerate(VALUES):
        point = f'{{"lat":{at},"lon":1e-7}}'
        both("POST", RECORDS, raw=f'{{"id":"box{at:012}","j":{value},"g":{point},"n":{at}}}')
    return both


def same_bytes(both, method, path, body=None):
    """Send to both; the bodies are the same to the byte, but for blanks between tokens."""
    headers = {"Content-Type": "application/json"} if body else {}
    theirs = both.theirs.request(method, path, content=body, headers=headers)
    ours = both.ours.request(method, path, body)
    shown = f"{method} {path} {body}"
    for one, other in zip(_records(ours.content.decode()), _records(theirs.text), strict=True):
        assert (shown, one) == (shown, other)


def test_bytes(boxes):
    same_bytes(boxes, "GET", f"{RECORDS}?perPage=100&sort=-n")
    for at in range(len(VALUES)):
        same_bytes(boxes, "GET", f"{RECORDS}/box{at:012}")


def test_bytes_of_views(boxes):
    queries = (
        "select id, j, g from boxes",
        "select id, j as v, g as place, n from boxes order by n desc",
        "select id, coalesce(j, 'x') as v, json_extract(j, '$.a') as e from boxes where n < 10",
        "select max(id) as id, j from boxes group by j order by id",
    )
    for at, query in enumerate(queries):
        view = {"id": f"idview{at}", "name": f"seen{at}", "type": "view", "viewQuery": query}
        boxes("POST", "/api/collections", view)
        same_bytes(boxes, "GET", f"/api/collections/seen{at}/records?perPage=100")


def test_answers_to_writes(boxes):
    for at, value in enumerate(VALUES):
        same_bytes(boxes, "PATCH", f"{RECORDS}/box{0:012}", f'{{"j":{value},"n":{at}}}')


@pytest.mark.parametrize("filter", FILTERS)
def test_filters(boxes, filter):
    boxes("GET", f"{RECORDS}?perPage=100&fields=id&filter=" + quote(filter))


@pytest.mark.parametrize("sort", ["j", "-j", "j.a", "-j.a", "j.nested", "j:lower"])
def test_sorts(boxes, sort):
    boxes("GET", f"{RECORDS}?perPage=100&fields=id&sort={sort},n")


def _records(body):
    return compact(body).split('},{"c')
