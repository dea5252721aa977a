import pytest
from django.test import RequestFactory

from core_app import bodies
from core_app.errors import BadRequest, PayloadTooLarge
from tests.makers import upload

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
LOAD_FAILED = "An error occurred while loading the submitted data."


def request(body=b"", content_type=JSON, path="/"):
    return RequestFactory().generic("POST", path, body, content_type)


def multipart(path="/", method="post", **data):
    names = {name.replace("jsonPayload", "@jsonPayload"): value for name, value in data.items()}
    return getattr(RequestFactory(), method)(path, names)


def values(*args, **kwargs):
    return bodies.read(request(*args, **kwargs)).values


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"a":1,"b":[true,null],"c":{"d":1.5}}', {"a": 1, "b": [True, None], "c": {"d": 1.5}}),
        (b'{"a":"x"}trailing{', {"a": "x"}),
        (b'{"a":"x"}\xff\xff', {"a": "x"}),
        (b' {"a": "b:c\\":" } ', {"a": 'b:c":'}),
        (b"null", {}),
        (b"null x", {}),
        (b'{"a":1e-400}', {"a": 0.0}),
    ],
)
def test_json(raw, expected):
    body = bodies.read(request(raw))
    assert (body.values, body.sent) == (expected, True)


@pytest.mark.parametrize(
    "raw",
    [
        b" ",
        b"[]",
        b'"x"',
        b"x",
        b'{"a":1,"a":2}',
        b'{"a" :1,"a":2}',
        b'{"j":{"a":1,"b":"http://x","a":2}}',
        b'[{"a":1}]',
        b'{"a":1e400}',
        b'{"a":NaN}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":',
        b"[" * 100_000,
    ],
)
def test_broken_json(raw):
    with pytest.raises(BadRequest) as caught:
        bodies.read(request(raw))
    assert caught.value.body() == {
        "data": {},
        "message": "Something went wrong while processing your request.",
        "status": 400,
    }


def test_nothing_sent():
    body = bodies.read(request(b"", ""))
    assert (body.values, body.sent) == ({}, False)


@pytest.mark.parametrize("content_type", ["", "text/plain", "Application/json", "image/png"])
def test_unsupported_type(content_type):
    with pytest.raises(BadRequest, match="Unsupported Content-Type"):
        bodies.read(request(b"x", content_type))


@pytest.mark.parametrize("content_type", ["text/xml", "application/xml; charset=utf-8"])
def test_xml(content_type):
    with pytest.raises(BadRequest) as caught:
        bodies.read(request(b"<a/>", content_type))
    assert caught.value.message == ""


def test_json_by_prefix():
    assert values(b'{"a":1}', "application/jsonx") == {"a": 1}


def test_too_long():
    with pytest.raises(PayloadTooLarge):
        bodies.read(request(b'{"a":1}'), limit=6)
    assert bodies.read(request(b'{"a":1}'), limit=7).values == {"a": 1}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("true", True), ("false", False), ("1", 1), ("-5", -5), ("1.5", 1.5), ("-1.5", -1.5)],
        *[("0", 0), ("0.1", 0.1), ("10000000000000000", 10**16), ("0.0000001", 1e-7)],
        *[(same, same) for same in ("01", "1.0", "1e3", ".5", "5.", "+1", "1.50", "--1", "1-2")],
        *[(same, same) for same in ("TRUE", "null", "", " 1", "1 ", "{}", "٣", "-", ".")],
        ("9007199254740993", "9007199254740993"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("1.2345678901234567890", "1.2345678901234567890"),
    ],
)
def test_inferred(text, value):
    inferred = bodies.infer(text)
    assert (inferred, type(inferred)) == (value, type(value))


def test_urlencoded():
    raw = b"title=a+b%26&tags=x&tags=2&empty=&flag=true&bad=%ff&alone"
    assert values(raw, FORM) == {
        "title": "a b&",
        "tags": ["x", 2],
        "empty": "",
        "flag": True,
        "bad": "�",
        "alone": "",
    }


@pytest.mark.parametrize("raw", [b"a=%zz", b"a=1;b=2", b"%=1"])
def test_broken_urlencoded(raw):
    with pytest.raises(BadRequest):
        values(raw, FORM)


def test_query_comes_after_a_forms_values_and_before_parts():
    assert values(b"rank=3", FORM, "/?rank=9&x=1") == {"rank": [3, 9], "x": 1}
    assert values(b'{"rank":3}', JSON, "/?rank=9") == {"rank": 3}
    assert bodies.read(multipart("/?rank=9", rank="3")).values == {"rank": [9, 3]}


@pytest.mark.parametrize(
    ("query", "payload", "expected"),
    [
        ("", {"a": 1}, {"a": 1}),
        ("a=2&b=true&c=x&c=5", {"a": 1}, {"a": 1, "b": True, "c": ["x", 5]}),
        ("a=2", {"a": None}, {"a": None}),
        ('@jsonPayload={"a":{"x":1}}', {"a": {"y": 2}}, {"a": {"x": 1, "y": 2}}),
    ],
)
def test_over_a_query(query, payload, expected):
    assert bodies.over_query(payload, query) == expected


@pytest.mark.parametrize("query", ["a=%zz", "a=1;b=2", "a=x", "a=1&a=2", "@jsonPayload=x"])
def test_what_cannot_be_over_a_query(query):
    with pytest.raises(BadRequest):
        bodies.over_query({"a": 1}, query)


def test_broken_query_of_a_form():
    with pytest.raises(BadRequest):
        values(b"a=1", FORM, "/?x=%zz")


def test_json_payload_goes_over_the_rest():
    form = multipart(title="form", n="1", jsonPayload=['{"title":"json"}', '{"m":2}'])
    assert bodies.read(form).values == {"title": "json", "n": 1, "m": 2}


def test_null_payload_empties():
    assert bodies.read(multipart(title="form", jsonPayload="null")).values == {}


@pytest.mark.parametrize(
    ("payloads", "expected"),
    [
        (['{"j":{"a":{"x":1},"b":1}}', '{"j":{"a":{"y":2}}}'], {"a": {"x": 1, "y": 2}, "b": 1}),
        (['{"j":[1,2]}', '{"j":[3]}'], [3]),
        (['{"j":1}', '{"j":2.5}'], 2.5),
        (['{"j":1}', '{"j":null}', '{"j":"x"}'], "x"),
    ],
)
def test_payloads_are_put_together(payloads, expected):
    assert bodies.read(multipart(jsonPayload=payloads)).values == {"j": expected}


@pytest.mark.parametrize(
    ("before", "after"), [("1", '"x"'), ('"x"', "1"), ("[1]", "{}"), ("{}", "true"), ("true", "1")]
)
def test_payloads_of_another_type(before, after):
    with pytest.raises(BadRequest):
        bodies.read(multipart(jsonPayload=[f'{{"j":{before}}}', f'{{"j":{after}}}']))


@pytest.mark.parametrize("payload", ["[1]", '{"a":1,"a":2}', '{"a":1} x', "x", '{"a":1e400}'])
def test_broken_payload(payload):
    with pytest.raises(BadRequest):
        bodies.read(multipart(jsonPayload=payload))


def test_files():
    form = multipart(title="a", one=upload("1.txt"), two=[upload("2.txt"), upload("3.txt")])
    body = bodies.read(form)
    assert body.values == {"title": "a"}
    names = {key: [file.name for file in files] for key, files in body.files.items()}
    assert names == {"one": ["1.txt"], "two": ["2.txt", "3.txt"]}


@pytest.mark.parametrize(
    ("values", "files", "together"),
    [
        ({}, {"a": ["new"]}, {"a": "new"}),
        ({"b": 1}, {"a": ["one", "two"]}, {"b": 1, "a": ["one", "two"]}),
        ({"a": "kept"}, {"a": ["new"]}, {"a": ["kept", "new"]}),
        ({"a": ["kept", "too"]}, {"a": ["new"]}, {"a": ["kept", "too", "new"]}),
        ({"a": None}, {"a": ["new"]}, {"a": "new"}),
    ],
)
def test_files_follow_values_of_the_same_key(values, files, together):
    assert bodies.with_files(values, files) == together


def test_broken_multipart():
    with pytest.raises(BadRequest):
        values(b"x", "multipart/form-data")


@pytest.mark.parametrize(
    "raw",
    [
        b"x",
        b"--b\r\n\r\n",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
        b"--b\r\nbroken\r\n--b--",
        b"".join(
            b'--b\r\nContent-Disposition: form-data; name="k%d"\r\n\r\n1\r\n' % at
            for at in range(1001)
        )
        + b"--b--\r\n",
    ],
)
def test_multipart_that_is_not_whole(raw):
    with pytest.raises(BadRequest):
        values(raw, "multipart/form-data; boundary=b")


def test_multipart_without_a_closing_line_break():
    raw = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--'
    assert values(raw, "multipart/form-data; boundary=b") == {"a": 1}


def test_urlencoded_bodies_belong_to_writes():
    form = RequestFactory().generic("DELETE", "/?b=2", b"a=%zz", FORM)
    assert bodies.read(form).values == {"b": 2}


def test_payload_of_fixed_keys():
    raw = b'a=1&@jsonPayload={"A":"2","n":5}'
    form = bodies.read_form(request(raw, FORM), ("a", "n"), {"n": int})
    assert form == {"a": "2", "n": 5}
    with pytest.raises(BadRequest, match=LOAD_FAILED):
        bodies.read_form(request(b"@jsonPayload={bad", FORM), ("a",))


def test_too_large_numbers_matter_only_where_they_are_read():
    for raw in (b'{"other":1e999,"a":"x"}', b' {"other":[-1e999],"a":"x"}\xff\xfe'):
        assert bodies.read_form(request(raw), ("a",)) == {"a": "x"}
    for raw in (b'{"n":1e999}', b'{"other":1e999,"x":"\\ud800"}', b'{"a":1e999,"a":"x"}'):
        with pytest.raises(BadRequest, match=LOAD_FAILED):
            bodies.read_form(request(raw), ("a", "n"), {"n": int})


def test_form_is_read_twice():
    form = multipart(a="1", b=upload("b.txt"))
    assert bodies.read(form).values["a"] == 1
    assert bodies.read_form(form, ("a",)) == {"a": "1"}


def test_fixed_keys_of_json_in_any_case():
    form = bodies.read_form(request(b'{"Identity":"a","other":1}'), ("identity", "password"))
    assert form == {"identity": "a", "password": ""}


def test_null_is_empty():
    form = bodies.read_form(request(b'{"a":null,"n":null}'), ("a", "n"), {"n": int})
    assert form == {"a": "", "n": 0}


def test_types():
    types = {"n": int, "f": float, "b": bool, "l": list, "d": dict}
    raw = b'{"s":"x","n":5,"f":1,"b":true,"l":[1],"d":{"a":1}}'
    form = bodies.read_form(request(raw), ("s", *types), types)
    assert form == {"s": "x", "n": 5, "f": 1.0, "b": True, "l": [1], "d": {"a": 1}}


@pytest.mark.parametrize(
    "raw",
    [
        b'{"s":1}',
        b'{"n":"5"}',
        b'{"n":1.0}',
        b'{"n":true}',
        b'{"s":"a","S":"b"}',
        b"x",
        b"[]",
    ],
)
def test_wrong_types(raw):
    with pytest.raises(BadRequest) as caught:
        bodies.read_form(request(raw), ("s", "n"), {"n": int})
    assert caught.value.message == LOAD_FAILED


def test_fixed_keys_of_forms_are_exact_text():
    raw = b"Identity=x&identity=1&identity=2&n=5"
    form = bodies.read_form(request(raw, FORM), ("identity", "n"), {"n": int})
    assert form == {"identity": "1", "n": 5}


def test_fixed_keys_of_an_unsupported_type():
    with pytest.raises(BadRequest, match="Unsupported Content-Type"):
        bodies.read_form(request(b"x", "text/plain"), ("a",))


def test_another_message_for_an_unsupported_type():
    with pytest.raises(BadRequest, match=LOAD_FAILED):
        bodies.read_form(request(b"x", "text/plain"), ("a",), unsupported=LOAD_FAILED)


def test_body_that_nobody_needs():
    bodies.refuse_unsupported(RequestFactory().get("/"))
    with pytest.raises(BadRequest):
        bodies.refuse_unsupported(request(b"x", "text/plain"))
