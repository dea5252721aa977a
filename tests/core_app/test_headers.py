from __future__ import annotations

from types import SimpleNamespace

import pytest

from core_app.headers import RequestHeaders, name_of


@pytest.mark.parametrize(
    ("header", "name"),
    [("X-Token", "x_token"), ("ETag", "etag"), ("X--A_b", "x_a_b"), ("X-1", "x_1"), ("_a_", "a")],
)
def test_name_of(header, name):
    assert name_of(header) == name


def test_headers_as_they_were_sent():
    sent = [
        *(
            (b"X_A", b"0"),
            (b"host", b"h"),
            (b"x-a", b"1"),
            (b"X-A", b"2"),
            (b"x_a", b"3"),
            (b"x-c", b"\xc3\xa9"),
        ),
        *((b"transfer-encoding", b"chunked"), (b"content-length", b"5"), (b"x-j", b"\xe9")),
    ]
    seen = RequestHeaders(SimpleNamespace(scope={"headers": sent}, META={}))
    assert dict(seen) == {"x_a": "1", "x_c": "é", "x_j": "\ufffd"}
    assert (len(seen), seen.get("host"), "x_a" in seen) == (3, None, True)


def test_headers_of_a_request_that_is_no_server():
    meta = {
        *(("HTTP_X_A", "1"), ("HTTP_HOST", "h"), ("CONTENT_TYPE", "a/b"), ("CONTENT_LENGTH", "")),
        ("REMOTE_ADDR", "::1"),
    }
    assert dict(RequestHeaders(SimpleNamespace(META=dict(meta)))) == {
        "x_a": "1",
        "content_type": "a/b",
    }
