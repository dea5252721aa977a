import os

import pytest

from core_app.errors import NotFound
from ops_app import public_files

NO_FILE = {"data": {}, "message": "File not found.", "status": 404}


@pytest.fixture
def public(settings, tmp_path):
    settings.HOLDALL_PUBLIC_DIR = str(tmp_path / "public")
    folder = tmp_path / "public"
    (folder / "dir").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / "dir" / "index.html").write_text("<p>dir</p>")
    (folder / "file.txt").write_text("hello world")
    (folder / "app.js").write_text("1")
    (folder / "data.json").write_text("{}")
    (folder / "plain").write_text("<html>")
    (tmp_path / "secret.txt").write_text("secret")
    os.utime(folder / "file.txt", (1700000000, 1700000000))
    return folder


def content(response):
    return b"".join(response) if response.streaming else response.content


def test_file(api, public):
    response = api.get("/file.txt")
    assert (response.status_code, content(response)) == (200, b"hello world")
    assert dict(response.headers) == {
        "Content-Type": "text/plain; charset=utf-8",
        "Accept-Ranges": "bytes",
        "Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT",
        "X-XSS-Protection": "1; mode=block",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Vary": "Origin",
    }


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/data.json", "application/json"),
        ("/plain", "text/html; charset=utf-8"),
        ("/dir/", "text/html; charset=utf-8"),
    ],
)
def test_type(api, public, path, content_type):
    assert api.get(path).headers["Content-Type"] == content_type


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/dir", "/dir/"),
        ("/dir/index.html", "/dir/"),
        ("/file.txt/", "/file.txt"),
        ("/empty", "/empty/"),
    ],
)
def test_moved(api, public, path, target):
    response = api.get(path)
    assert (response.status_code, response.headers["Location"]) == (301, target)
    assert (content(response), "Content-Type" in response.headers) == (b"", False)


@pytest.mark.parametrize("path", ["/nope", "/empty/", "/", "/a%00b"])
def test_missing(api, public, path):
    response = api.get(path)
    assert (response.status_code, response.json()) == (404, NO_FILE)


@pytest.mark.parametrize("path", ["/../secret.txt", "/dir/../../secret.txt", "/.."])
def test_path_out_of_the_folder(rf, public, path):
    request = rf.get("/")
    request.path_info = path  # as it comes in percent-encoded: not cleaned before
    with pytest.raises(NotFound):
        public_files.serve(request)


def test_link_out_of_the_folder(api, public):
    (public / "link.txt").symlink_to(public.parent / "secret.txt")
    assert api.get("/link.txt").status_code == 404


@pytest.mark.parametrize("path", ["/nope", "/api/nope", "/empty/", "/"])
def test_index_for_everything_unknown(api, public, path):
    (public / "index.html").write_text("<p>app</p>")
    response = api.get(path)
    assert (response.status_code, content(response)) == (200, b"<p>app</p>")


def test_no_index_fallback(api, public, settings):
    settings.HOLDALL_INDEX_FALLBACK = False
    (public / "index.html").write_text("<p>app</p>")
    assert api.get("/nope").status_code == 404
    assert content(api.get("/")) == b"<p>app</p>"


def test_range(api, public):
    response = api.using(Range="bytes=0-3").get("/file.txt")
    assert (response.status_code, content(response)) == (206, b"hell")
    assert response.headers["Content-Range"] == "bytes 0-3/11"


def test_not_modified(api, public):
    since = {"If_Modified_Since": "Tue, 14 Nov 2023 22:13:20 GMT"}
    response = api.using(**since).get("/file.txt")
    assert (response.status_code, content(response)) == (304, b"")


def test_large_file_is_not_read_at_once(api, public):
    (public / "large.bin").write_bytes(b"x" * 1_000_000)
    response = api.get("/large.bin")
    assert response.streaming
    assert len(content(response)) == 1_000_000
