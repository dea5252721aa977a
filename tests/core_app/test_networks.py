import pytest
from django.test import RequestFactory

from core_app import networks
from core_app.settings_store.shape import TrustedProxy


def request(remote="10.0.0.1", lines=(), **headers):
    made = RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers)
    if lines:
        made.scope = {"headers": [(name.encode(), value.encode()) for name, value in lines]}
    return made


@pytest.mark.parametrize(
    ("_case", "headers", "sent", "leftmost", "ip"),
    [
        ("no proxy", (), {"X-Forwarded-For": "1.1.1.1"}, False, "10.0.0.1"),
        (
            "rightmost",
            ("X-Forwarded-For",),
            {"X-Forwarded-For": "1.1.1.1, 2.2.2.2"},
            False,
            "2.2.2.2",
        ),
        (
            "leftmost",
            ("x-forwarded-for",),
            {"X-Forwarded-For": "1.1.1.1, 2.2.2.2"},
            True,
            "1.1.1.1",
        ),
        ("junk", ("X-F",), {"X-F": "1.1.1.1, 2.2.2.2:80, x, 1.2.3"}, False, "1.1.1.1"),
        ("next header", ("X-A", "X-B"), {"X-A": "x", "X-B": "3.3.3.3"}, False, "3.3.3.3"),
        ("none", ("X-A",), {"X-A": ""}, False, "10.0.0.1"),
        (
            "ipv6",
            ("X-A",),
            {"X-A": "2001:db8::1"},
            False,
            "2001:0db8:0000:0000:0000:0000:0000:0001",
        ),
    ],
)
def test_real_ip(_case, headers, sent, leftmost, ip):
    proxy = TrustedProxy(headers=headers, use_leftmost_ip=leftmost)
    assert networks.real_ip(request(**sent), proxy) == ip


def test_last_line_counts():
    lines = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "2.2.2.2, 3.3.3.3")]
    proxy = TrustedProxy(headers=("X-Forwarded-For",), use_leftmost_ip=True)
    assert networks.real_ip(request(lines=lines), proxy) == "2.2.2.2"


@pytest.mark.parametrize(
    ("remote", "ip"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "0000:0000:0000:0000:0000:0000:0000:0001"),
        ("::ffff:1.2.3.4", "0000:0000:0000:0000:0000:ffff:0102:0304"),
        ("fe80::1%eth0", "fe80:0000:0000:0000:0000:0000:0000:0001%eth0"),
    ],
)
def test_socket_address(remote, ip):
    assert networks.real_ip(request(remote), TrustedProxy()) == ip


@pytest.mark.parametrize(
    ("ip", "listed"),
    [("10.1.2.3", True), ("1.2.3.4", True), ("1.2.3.5", False), ("::1", True), ("x", False)],
)
def test_listed(ip, listed):
    assert networks.is_listed(ip, ("10.0.0.0/8", "1.2.3.4", "::/64", "junk")) is listed
