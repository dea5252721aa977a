import pickle

import orjson
from django.http import HttpResponse

from core_app.responses import (
    JsonResponse,
    json_response,
    no_content,
    prepare_headers,
    put_headers,
)


def test_is_what_django_would_have_made():
    ours = JsonResponse(b'{"a":1}', 201)
    djangos = HttpResponse(b'{"a":1}', status=201, content_type="application/json")
    assert ours.cookies == djangos.cookies
    assert vars(ours).keys() | {"status_code"} == vars(djangos).keys() | {"status_code"}
    assert ours.headers._store == djangos.headers._store
    assert (ours.content, ours.status_code, ours.reason_phrase, ours.charset) == (
        djangos.content,
        djangos.status_code,
        djangos.reason_phrase,
        djangos.charset,
    )
    assert bytes(ours) == bytes(djangos)
    ours["X-A"] = "1"
    ours.set_cookie("a", "b")
    ours.write(b" ")
    assert ours.content == b'{"a":1} '
    assert pickle.dumps(ours)


def test_json():
    response = json_response({"a": [1, None, "é", orjson.Fragment(b"1e+21")]}, 202)
    assert (response.status_code, response.content) == (202, '{"a":[1,null,"é",1e+21]}'.encode())


def test_picked_fields_on_success_only():
    assert json_response({"a": 1, "b": 2}, fields="a").content == b'{"a":1}'
    assert json_response({"a": 1, "b": 2}, 400, fields="a").content == b'{"a":1,"b":2}'


def test_no_content():
    response = no_content()
    assert (response.status_code, response.content, dict(response.headers)) == (204, b"", {})


def test_prepared_headers():
    response = HttpResponse()
    put_headers(response, prepare_headers({"X-Frame-Options": "DENY"}))
    assert response["x-frame-options"] == "DENY"
