import socket

import pytest

from ops_app.serving.address import Address, AddressInUse, BadAddress, parse, require_free


@pytest.mark.parametrize(
    ("text", "address", "url"),
    [
        ("127.0.0.1:8090", ("127.0.0.1", 8090), "http://127.0.0.1:8090"),
        ("0.0.0.0:80", ("0.0.0.0", 80), "http://127.0.0.1"),
        (":9000", ("127.0.0.1", 9000), "http://127.0.0.1:9000"),
        ("9000", ("127.0.0.1", 9000), "http://127.0.0.1:9000"),
        ("example.test", ("example.test", 8090), "http://example.test:8090"),
        ("[::1]:9000", ("::1", 9000), "http://[::1]:9000"),
        ("[::]", ("::", 8090), "http://[::1]:8090"),
    ],
)
def test_read(text, address, url):
    assert parse(text) == address
    assert parse(text).url == url


@pytest.mark.parametrize("text", ["127.0.0.1:x", "127.0.0.1:0", "a:65536", "a:-1", "a:"])
def test_refused(text):
    with pytest.raises(BadAddress):
        parse(text)


def test_taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            AddressInUse, match=f"cannot listen on 127.0.0.1:{port}: Address already"
        ):
            require_free(Address("127.0.0.1", port))
    require_free(Address("127.0.0.1", port))
