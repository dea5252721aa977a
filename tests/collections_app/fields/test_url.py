import pytest

from collections_app.fields import formats
from tests.collections_app.fields.making import REQUIRED, code_of, error_of, made

ACCEPTED = [
    "http://example.com",
    "https://example.com/a/b?c=d#e",
    "ftp://a.co",
    "tcp://a.co:1",
    "udp://a.co",
    "ws://a.co",
    "wss://a.co",
    "example.com/x",
    "localhost:80",
    "127.0.0.1",
    "http://localhost",
    "http://a",
    "http://[::1]/",
    "http://[::ffff:1.2.3.4]",
    "http://user:pw@a.co/",
    "http://@a.co",
    "http://a_b.co",
    "http://ü.com",
    "http://a.co:99999",
    "http://foo.bar.12",
    "http://a.www.www.12b",
    "mailto:a@b.c",
    "https://a.co//b",
    "http://a.co/(x)",
]
REFUSED = [
    "a.b",
    "http://" + "a" * 2076,
    "foobar",
    "localhost",
    "/path",
    "//a.b",
    "HTTP://A.CO",
    "irc://a.co",
    "gopher://a.co",
    "sftp://a.co",
    "ssh://a.co",
    "git://a.co",
    "rtmp://a.co",
    "file:///etc/passwd",
    "data:text/plain,x",
    "tel:+123",
    "javascript:alert(1)",
    "http://a b.co",
    "http://a.co/ x",
    "http://a..co",
    "http://-a.co",
    "http://256.1.1.1",
    "http://foo.bar.1",
    "http://a.b-c",
    "http://a.z.co",
    "http://[1.2.3.4]",
    "http://a.co/%zz",
    "http://a.co:abc",
    "http://a%2fb.co",
    "http://a.co\n",
    ".a.co",
    "1.50",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_is_url(text):
    assert formats.is_url(text)


@pytest.mark.parametrize("text", REFUSED)
def test_is_no_url(text):
    assert not formats.is_url(text)


def test_host_of():
    assert formats.host_of("http://u:p@a.co:80/x?y@z") == "a.co:80"
    assert formats.host_of("a.co/x") == ""
    assert formats.host_of("localhost:80") == ""


def test_validate():
    assert error_of(made("url", required=True), "") == REQUIRED
    assert error_of(made("url"), "") is None
    assert error_of(made("url"), "foobar") == {
        "code": "validation_invalid_url",
        "message": "Must be a valid url.",
    }


@pytest.mark.parametrize(
    ("options", "value", "code"),
    [
        ({"onlyDomains": ["a.co"]}, "http://a.co/x", None),
        ({"onlyDomains": ["a.co"]}, "http://a.co:80", "validation_url_domain_not_allowed"),
        ({"onlyDomains": ["a.co"]}, "a.co/x", "validation_url_domain_not_allowed"),
        ({"exceptDomains": ["a.co"]}, "http://a.co", "validation_url_domain_not_allowed"),
        ({"exceptDomains": ["a.co"]}, "http://a.co:80", None),
    ],
)
def test_domain_lists(options, value, code):
    assert code_of(made("url", **options), value) == code
