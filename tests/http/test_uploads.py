"""Uploads that should not work: nothing of them stays. And large ones, which need no memory."""

import errno
import io
import os
import re
import socket
import threading
from pathlib import Path

import httpx
import psutil
import pytest
from PIL import Image

from storage_app import choose
from storage_app.local import LocalStorage
from tests import makers
from tests.makers import file, make_collection, text, upload
from tests.servers import Holdall
from tests.waiting import until

FAILED_TO_CREATE = {"data": {}, "message": "Failed to create record.", "status": 400}
RECORDS = "/api/collections/docs/records"
BOUNDARY = "aBoundary"
END = f"--{BOUNDARY}--\r\n".encode()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where files are stored."""
    holder = LocalStorage(location=str(tmp_path / "storage"))
    monkeypatch.setattr(choose, "storages", {"default": holder})
    return tmp_path / "storage"


@pytest.fixture
def docs(db, folder):
    return make_collection(
        "docs",
        text("title"),
        file("one", mimeTypes=["image/png", "image/svg+xml", "text/plain"], thumbs=["50x50"]),
        file("many", maxSelect=3),
        create_rule="",
        list_rule="",
    )


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def part(filename: bytes, content: bytes = b"hello", field: bytes = b"many") -> bytes:
    head = b'Content-Disposition: form-data; name="' + field + b'"; filename="' + filename + b'"'
    return b"--" + BOUNDARY.encode() + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n"


def send(api, body: bytes):
    return api.request("POST", RECORDS, body, f"multipart/form-data; boundary={BOUNDARY}")


@pytest.mark.parametrize(
    "body",
    [
        part(b"a.txt")[:-5],
        part(b"a.txt"),
        part(b"a.txt") + b"--" + BOUNDARY.encode(),
        part(b"a.txt") + part(b"b.txt")[:-5],
        part(b"a.txt", b"x" * 2_000_000)[:-100],
        part(b"a\0.txt") + END,
    ],
)
def test_broken_body(api, docs, folder, body):
    response = send(api, body)
    assert response.status_code == 400
    assert api.get(RECORDS).json()["totalItems"] == 0
    assert files_in(folder) == []


@pytest.mark.parametrize(
    "name",
    [
        *(b"../../../etc/passwd", b"..\\..\\windows\\system.ini", b"/etc/passwd", b"a/../../b.txt"),
        *(b"..", b".", b"/", b".htaccess", b"....//....//x.txt", b"%2e%2e%2fx.txt", b"a.txt/"),
        *(b"a;b.txt", b"&#46;&#46;&#47;x.txt", "日本.txt".encode(), b"con", b"a b/c d.tar.gz"),
        *(b"x" * 700 + b".txt", b"a." + b"y" * 300),
    ],
)
def test_names_stay_in_their_folder(api, docs, folder, name):
    response = send(api, part(name) + END)
    assert response.status_code == 200, response.content
    record = response.json()
    (stored,) = record["many"]
    assert re.fullmatch(r"[a-z0-9_]{3,100}_[a-z0-9]{10}(\.[\w.*\-+=#]{1,20})?", stored)
    inside = folder / docs.id / record["id"]
    assert sorted(folder.rglob("*.attrs")) == [inside / f"{stored}.attrs"]
    assert (inside / stored).read_bytes() == b"hello"


@pytest.mark.parametrize(
    ("field", "content", "code"),
    [
        ("one", b"%PDF-1.4", "validation_invalid_mime_type"),
        ("one", b"<html></html>", "validation_invalid_mime_type"),
        ("many", b"x" * ((5 << 20) + 1), "validation_file_size_limit"),
    ],
)
def test_refused_files_are_not_stored(api, docs, folder, field, content, code):
    data = {field: upload("a.png", content), "title": "t"}
    if field == "one":
        data["many"] = upload("fine.txt")
    response = api.upload(RECORDS, data)
    assert response.status_code == 400
    assert response.json()["data"][field]["code"] == code
    assert (api.get(RECORDS).json()["totalItems"], files_in(folder)) == (0, [])


def test_full_disk(api, docs, folder, monkeypatch):
    replacing, begun = LocalStorage.replacing, []

    def full(self, path):
        begun.append(path)
        if len(begun) == 4:  # in the middle of the second file
            raise OSError(errno.ENOSPC, "no space left on device")
        return replacing(self, path)

    monkeypatch.setattr(LocalStorage, "replacing", full)
    response = api.upload(RECORDS, {"many": [upload("a.txt"), upload("b.txt")]})
    assert (response.status_code, response.json()) == (400, FAILED_TO_CREATE)
    assert len(begun) == 4
    assert (api.get(RECORDS).json()["totalItems"], files_in(folder)) == (0, [])


def test_scripts_in_svg_do_not_run(api, docs):
    script = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    record = api.upload(RECORDS, {"one": upload("a.svg", script)}).json()
    for query in ({}, {"thumb": "50x50"}):
        response = api.get(f"/api/files/docs/{record['id']}/{record['one']}", **query)
        assert response.content == script
        assert response.headers["Content-Type"] == "image/svg+xml"
        assert response.headers["Content-Disposition"].startswith("attachment;")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none';")
        assert policy.endswith("; sandbox")


def bomb() -> bytes:
    """Return a PNG of some kilobytes that needs 400 MB when it is opened."""
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


def test_image_bomb_is_not_opened(api, docs, folder):
    content = bomb()
    assert len(content) < 100_000
    record = api.upload(RECORDS, {"one": upload("a.png", content)}).json()
    response = api.get(f"/api/files/docs/{record['id']}/{record['one']}", thumb="50x50")
    assert (response.status_code, response.content) == (200, content)
    assert files_in(folder) == [record["one"], f"{record['one']}.attrs"]


# a real server


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """Two workers whose temporary files are in ``.temporary``; renderings are counted in a file."""
    base = tmp_path_factory.mktemp("uploads")
    temporary = base / "temporary"
    temporary.mkdir()
    hooks = base / "data" / "hooks"
    hooks.mkdir(parents=True)
    (hooks / "count.py").write_text(
        "import os\n"
        "from storage_app import thumb_images\n"
        "render = thumb_images.render\n"
        "def counted(*given):\n"
        f"    with open({str(base / 'rendered')!r}, 'a') as log:\n"
        "        log.write(f'{os.getpid()}\\n')\n"
        "    return render(*given)\n"
        "thumb_images.render = counted\n"
    )
    with Holdall(base / "data", "--workers", "2", TMPDIR=str(temporary)) as server:
        server.temporary, server.rendered = temporary, base / "rendered"
        fields = [makers.file("big", maxSize=200_000_000, thumbs=["300x200"])]
        made = server.http.post("/api/collections", json={"name": "docs", "fields": fields})
        server.storage = server.data / "storage" / made.json()["id"]
        yield server


@pytest.mark.server
def test_client_that_goes_away_leaves_nothing(running):
    before = running.http.get(RECORDS).json()["totalItems"]
    body = part(b"big.bin", b"x" * 8_000_000, b"big") + END
    head = (
        f"POST {RECORDS} HTTP/1.1\r\nHost: x\r\nAuthorization: {running.token()}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    workers = psutil.Process(running.process.pid).children(recursive=True)

    def temporary():
        """The temporary files that are open; they have no name any more."""
        links = (link for worker in workers for link in Path(f"/proc/{worker.pid}/fd").iterdir())
        return [link for link in links if os.path.realpath(link).startswith(str(running.temporary))]

    with socket.create_connection(("127.0.0.1", running.port)) as connection:
        connection.sendall(head + body[:4_000_000])
        until(temporary)  # it has begun to be written
    until(lambda: not temporary())
    assert list(running.temporary.iterdir()) == []
    assert not running.storage.exists() or files_in(running.storage) == []
    assert running.http.get(RECORDS).json()["totalItems"] == before


@pytest.mark.server
def test_large_upload_needs_no_memory(running):
    size = 80_000_000
    children = psutil.Process(running.process.pid).children(recursive=True)

    def memory():
        return sum(child.memory_info().rss for child in children if child.is_running())

    def chunks():
        yield part(b"big.bin", b"", b"big")[:-2]
        for _ in range(size // 1_000_000):
            yield b"x" * 1_000_000
        yield b"\r\n" + END

    def send_it():
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        response = running.http.post(RECORDS, content=chunks(), headers=headers, timeout=120)
        assert response.status_code == 200, response.text
        return response.json()

    small = running.http.post(RECORDS, files={"big": ("a.bin", b"x" * 2_000_000)}).json()
    before, peak, done = memory(), [0], threading.Event()

    def watch():
        while not done.wait(0.02):
            peak[0] = max(peak[0], memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    record = send_it()
    done.set()
    watcher.join()
    assert peak[0] - before < size / 3
    assert (running.storage / record["id"] / record["big"]).stat().st_size == size
    assert list(running.temporary.iterdir()) == []
    for made in (small, record):
        assert running.http.delete(f"{RECORDS}/{made['id']}").status_code == 204


@pytest.mark.server
def test_thumb_is_made_once_by_all_workers(running):
    out = io.BytesIO()
    Image.effect_noise((3000, 2000), 50).convert("RGB").save(out, "JPEG", quality=90)
    sent = {"big": ("photo.jpg", out.getvalue())}
    record = running.http.post(RECORDS, files=sent).json()
    url = f"{running.url}/api/files/docs/{record['id']}/{record['big']}?thumb=300x200"
    answers, start = [], threading.Barrier(16)

    def ask():
        start.wait()
        answers.append(httpx.get(url, timeout=60))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 16
    assert len({answer.content for answer in answers}) == 1
    assert Image.open(io.BytesIO(answers[0].content)).size == (300, 200)
    assert len(running.rendered.read_text().splitlines()) == 1
    assert len(files_in(Path(running.storage) / record["id"])) == 4


@pytest.mark.pocketbase
def test_names_as_pocketbase(pocketbase, api, docs):
    fields = [makers.file("many", maxSelect=3)]
    made = {"name": "named_files", "createRule": "", "fields": fields}
    pocketbase.http.post("/api/collections", json=made).raise_for_status()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    for name in (
        *(b"../../x.txt", b"..\\..\\w\\s.ini", b"..", b"a.txt/", b"&#46;x.txt", b"/", b"a\0.png"),
        *(b"c:\\x\\y.txt", b"a;b.txt", "日本.txt".encode(), b"x" * 250 + b".txt"),
    ):
        body = part(name) + END
        path = "/api/collections/named_files/records"
        theirs = pocketbase.guest.post(path, content=body, headers=headers)
        ours = send(api, body)
        assert (name, ours.status_code) == (name, theirs.status_code)
        if ours.status_code == 200:
            (mine,), (other,) = ours.json()["many"], theirs.json()["many"]
            assert (name, len(mine)) == (name, len(other))
            assert (name, Path(mine).suffix) == (name, Path(other).suffix)
