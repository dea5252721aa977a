"""Fetching pictures from addresses that strangers chose."""

from __future__ import annotations

import pytest

from auth_app.oauth2 import avatars
from tests.auth_app.fake_provider import FakeProvider


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("100.64.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
    ],
)
def test_public_addresses(address, expected):
    assert avatars.is_public(address) is expected


@pytest.fixture
def pictures(monkeypatch):
    """A host on this machine that counts as public."""
    running = FakeProvider()
    monkeypatch.setattr(avatars, "is_public", lambda address: True)

    def respond(handler, form):
        if handler.path == "/moved.png":
            handler.send_response(302)
            handler.send_header("Location", "/a.png?x=1")
            handler.end_headers()
            raise BrokenPipeError
        if handler.path == "/missing.png":
            return 404, b"", "text/plain"
        return 200, b"picture", "image/png"

    running.respond = respond
    yield running.url
    running.close()


def test_picture(pictures):
    file = avatars.download(f"{pictures}/some/a.png?size=1")
    assert (file.name, file.read()) == ("a.png", b"picture")


@pytest.mark.parametrize("path", ["/missing.png"])
def test_no_picture(pictures, path):
    with pytest.raises(avatars.NoPicture):
        avatars.download(f"{pictures}{path}")


def test_large_picture(pictures, monkeypatch):
    monkeypatch.setattr(avatars, "LIMIT_BYTES", 3)
    with pytest.raises(avatars.NoPicture):
        avatars.download(f"{pictures}/a.png")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/a.png",
        "http://localhost:9/a",
        "file:///etc/passwd",
        "ftp://x/y",
        "",
        "//x",
        "http://[::1]:9/",
    ],
)
def test_addresses_that_are_not_asked(url):
    with pytest.raises(avatars.NoPicture):
        avatars.download(url)
