"""``/api/files`` and uploads, over HTTP."""

import io
import json
import time
from pathlib import Path

import pytest
from django.utils.http import http_date
from PIL import Image

from collections_app import records
from collections_app.schema_edit import service as schema_service
from core_app.settings_store import store
from storage_app import choose
from storage_app.hooks import before_file_download, before_file_token
from storage_app.local import LocalStorage
from tests import makers
from tests.makers import file, make_collection, make_record, make_user, number, text, upload

NOT_FOUND = {"data": {}, "message": "The requested resource wasn't found.", "status": 404}
CREATE_FAILED = "Failed to create record."
OPEN = {f"{act}_rule": "" for act in ("list", "view", "create", "update", "delete")}


@pytest.fixture(autouse=True)
def _commits(monkeypatch, django_capture_on_commit_callbacks):
    """Let what follows a commit happen at the end of each request."""
    request = makers.Api.request

    def committing(*arguments, **named):
        with django_capture_on_commit_callbacks(execute=True):
            return request(*arguments, **named)

    monkeypatch.setattr(makers.Api, "request", committing)


@pytest.fixture(autouse=True)
def _own_storage(tmp_path, monkeypatch):
    holder = LocalStorage(location=str(tmp_path / "storage"))
    monkeypatch.setattr(choose, "storages", {"default": holder})


def folder_of(collection, record_id=""):
    return Path(choose.storage().path(f"{collection.id}/{record_id}"))


def stored_in(collection, record_id):
    folder = folder_of(collection, record_id)
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def png(size=(30, 90)):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def docs(db):
    return make_collection(
        "docs",
        text("title"),
        file("one", thumbs=["50x50", "60x20f"]),
        file("many", maxSelect=3, maxSize=1000),
        file("secret", protected=True),
        **OPEN,
    )


def send(api, path, method="POST", **data):
    response = api.upload(path, data, method)
    assert response.status_code == 200, response.content
    return response.json()


def path_of(record, name="", **query):
    return f"/api/files/{record['collectionId']}/{record['id']}/{name or record['one']}"


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


# uploads


def test_upload_and_fetch(api, docs):
    record = send(api, "/api/collections/docs/records", title="t", one=upload("My Doc.txt", b"hi"))
    assert record["one"].startswith("my_doc_")
    assert record["many"] == []
    assert stored_in(docs, record["id"]) == [record["one"], f"{record['one']}.attrs"]
    response = api.get(path_of(record))
    assert (response.status_code, body(response)) == (200, b"hi")


def test_attributes(api, docs):
    record = send(api, "/api/collections/docs/records", one=upload("My Doc.txt", b"hi"))
    attributes = json.loads((folder_of(docs, record["id"]) / f"{record['one']}.attrs").read_text())
    assert attributes["user.content_type"] == "text/plain; charset=utf-8"
    assert attributes["user.metadata"] == {"original-filename": "My Doc.txt"}


def test_several_on_a_single_field(api, docs):
    files = [upload("first.txt"), upload("last.txt")]
    record = send(api, "/api/collections/docs/records", one=files)
    assert record["one"].startswith("last_")
    assert stored_in(docs, record["id"]) == [record["one"], f"{record['one']}.attrs"]


def test_merging(api, docs):
    path = "/api/collections/docs/records"
    record = send(api, path, many=[upload("one.txt", b"1"), upload("two.txt", b"2")])
    one, two = record["many"]
    path = f"{path}/{record['id']}"

    def names(**data):
        return [name.split("_")[0] for name in send(api, path, "PATCH", **data)["many"]]

    assert names(**{"many+": upload("three.txt")}) == ["one", "two", "three"]
    assert names(**{"many-": one}) == ["two", "three"]
    assert names(**{"+many": upload("zero.txt")}) == ["zero", "two", "three"]
    assert names(many=[two, upload("new.txt")]) == ["two", "new"]
    assert names(many=upload("only.txt")) == ["only"]
    assert len(stored_in(docs, record["id"])) == 2
    assert api.patch(path, {"many": None}).json()["many"] == []
    assert stored_in(docs, record["id"]) == []


def test_reordering_by_json(api, docs):
    path = "/api/collections/docs/records"
    record = send(api, path, many=[upload("one.txt"), upload("two.txt")])
    turned = record["many"][::-1]
    assert api.patch(f"{path}/{record['id']}", {"many": turned}).json()["many"] == turned
    assert len(stored_in(docs, record["id"])) == 4


@pytest.mark.parametrize("name", ["x.txt", "of another record"])
def test_invented_names(api, docs, name):
    if name != "x.txt":
        name = send(api, "/api/collections/docs/records", one=upload("a.txt"))["one"]
    response = api.post("/api/collections/docs/records", {"one": name})
    assert (response.status_code, response.json()) == (
        400,
        {
            "data": {
                "one": {
                    "code": "validation_invalid_file",
                    "message": f"Invalid new files: [{name}].",
                    "params": {"invalidFiles": [name]},
                }
            },
            "message": CREATE_FAILED,
            "status": 400,
        },
    )


def test_too_large_leaves_nothing(api, docs):
    data = {"one": upload("a.txt"), "many": upload("big.bin", b"x" * 1001)}
    response = api.upload("/api/collections/docs/records", data)
    assert response.status_code == 400
    assert response.json()["data"] == {
        "many": {
            "code": "validation_file_size_limit",
            "message": "Failed to upload big.bin - the maximum allowed file size is 1000 bytes.",
            "params": {"file": "big.bin", "maxSize": 1000},
        }
    }
    assert api.get("/api/collections/docs/records").json()["totalItems"] == 0
    assert not folder_of(docs).exists()


def test_failed_write_leaves_nothing(api):
    unique = make_collection(
        "unique",
        text("title"),
        file("one"),
        indexes=["create unique index u on `unique` (title)"],
        **OPEN,
    )
    first = send(api, "/api/collections/unique/records", title="a", one=upload("a.txt"))
    response = api.upload("/api/collections/unique/records", {"title": "a", "one": upload("b.txt")})
    assert response.json()["data"]["title"]["code"] == "validation_not_unique"
    names = [path.name for path in folder_of(unique).rglob("*") if path.is_file()]
    assert sorted(names) == [first["one"], f"{first['one']}.attrs"]


def test_failed_update_keeps_the_old_file(api, docs):
    record = send(api, "/api/collections/docs/records", one=upload("a.txt", b"old"))
    path = f"/api/collections/docs/records/{record['id']}"
    data = {"one": upload("b.txt"), "many": upload("big.bin", b"x" * 1001)}
    assert api.upload(path, data, "PATCH").status_code == 400
    assert stored_in(docs, record["id"]) == [record["one"], f"{record['one']}.attrs"]


def test_files_from_python(docs, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        record = make_record(docs, one=upload("a.txt", b"1"))
        record.set("many+", upload("b.txt", b"2"))
        record.save()
    with django_capture_on_commit_callbacks(execute=True):
        record.set("one", upload("c.txt", b"3"))
        record.save()
    stored = records.get("docs", record.id)
    assert stored["one"].startswith("c")
    names = [stored["one"], *stored["many"]]
    assert stored_in(docs, record.id) == sorted(names + [f"{name}.attrs" for name in names])


# deletion


def test_record_delete_removes_its_folder(api, docs):
    record = send(api, "/api/collections/docs/records", one=upload("a.png", png()))
    api.get(path_of(record), thumb="50x50")
    assert len(stored_in(docs, record["id"])) == 4
    assert api.delete(f"/api/collections/docs/records/{record['id']}").status_code == 204
    assert not folder_of(docs, record["id"]).exists()


def test_replaced_file_takes_its_thumbs_along(api, docs):
    record = send(api, "/api/collections/docs/records", one=upload("a.png", png()))
    api.get(path_of(record), thumb="50x50")
    path = f"/api/collections/docs/records/{record['id']}"
    record = send(api, path, "PATCH", one=upload("b.txt"))
    assert stored_in(docs, record["id"]) == [record["one"], f"{record['one']}.attrs"]


def test_collection_delete_removes_everything(api, docs, django_capture_on_commit_callbacks):
    record = send(api, "/api/collections/docs/records", one=upload("a.txt"))
    with django_capture_on_commit_callbacks(execute=True):
        schema_service.delete(docs)
    assert not folder_of(docs, record["id"]).parent.exists()


# serving


def test_headers(api, docs):
    record = send(api, "/api/collections/docs/records", one=upload("a.png", png()))
    response = api.get(path_of(record))
    stored = folder_of(docs, record["id"]) / record["one"]
    assert {name: value for name, value in response.headers.items() if name != "Vary"} == {
        "Content-Type": "image/png",
        "Content-Disposition": f'inline; filename="{record["one"]}"',
        "Content-Security-Policy": (
            "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
        ),
        "Cache-Control": "max-age=2592000, stale-while-revalidate=86400",
        "Last-Modified": http_date(stored.stat().st_mtime),
        "Accept-Ranges": "bytes",
        "X-XSS-Protection": "1; mode=block",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


@pytest.mark.parametrize(
    ("name", "content", "content_type", "disposition"),
    [
        ("a.svg", b"<p>no svg</p>", "image/svg+xml", "attachment"),
        ("a.js", b"var a", "text/javascript", "attachment"),
        ("a.css", b"a {}", "text/css", "attachment"),
        ("a.html", b"<html></html>", "text/html; charset=utf-8", "attachment"),
        ("a.png", b"hello", "text/plain; charset=utf-8", "attachment"),
        ("a.pdf", b"%PDF-1.4", "application/pdf", "inline"),
    ],
)
def test_type_and_disposition(api, docs, name, content, content_type, disposition):
    record = send(api, "/api/collections/docs/records", one=upload(name, content))
    response = api.get(path_of(record))
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Content-Disposition"].startswith(disposition)


@pytest.mark.parametrize(
    ("value", "kind"),
    [("1", "attachment"), ("true", "attachment"), ("0", "inline"), ("yes", "inline")],
)
def test_download(api, docs, value, kind):
    record = send(api, "/api/collections/docs/records", one=upload("a.png", png()))
    response = api.get(path_of(record), download=value)
    assert response.headers["Content-Disposition"].startswith(kind)


def test_large_file_is_streamed(api, docs):
    content = bytes(range(256)) * 4000
    record = send(api, "/api/collections/docs/records", one=upload("a.bin", content))
    response = api.get(path_of(record))
    assert response.streaming
    assert response.headers["Content-Length"] == str(len(content))
    assert body(response) == content


def test_head(api, docs):
    record = send(api, "/api/collections/docs/records", one=upload("a.txt", b"12345"))
    response = api.head(path_of(record))
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Length"] == "5"


def test_range(api, docs):
    record = send(api, "/api/collections/docs/records", one=upload("a.txt", b"0123456789"))
    response = api.using(Range="bytes=2-4").get(path_of(record))
    assert (response.status_code, body(response)) == (206, b"234")
    assert response.headers["Content-Range"] == "bytes 2-4/10"


def test_several_ranges(api, docs):
    record = send(api, "/api/collections/docs/records", one=upload("a.pdf", b"%PDF-56789"))
    response = api.using(Range="bytes=0-1,8-9").get(path_of(record))
    kind, _, boundary = response.headers["Content-Type"].partition("; boundary=")
    parts = (
        f"--{boundary}\r\nContent-Range: bytes 0-1/10\r\nContent-Type: application/pdf\r\n\r\n%P"
        f"\r\n--{boundary}\r\nContent-Range: bytes 8-9/10\r\n"
        f"Content-Type: application/pdf\r\n\r\n89"
        f"\r\n--{boundary}--\r\n"
    ).encode()
    assert (response.status_code, kind, body(response)) == (206, "multipart/byteranges", parts)
    assert response.headers["Content-Length"] == str(len(parts))


@pytest.mark.parametrize(
    ("header", "content", "content_range"),
    [
        ("bytes=99-", b"invalid range: failed to overlap\n", "bytes */10"),
        ("bytes=x", b"invalid range\n", None),
    ],
)
def test_unsatisfiable(api, docs, header, content, content_range):
    record = send(api, "/api/collections/docs/records", one=upload("a.txt", b"0123456789"))
    response = api.using(Range=header).get(path_of(record))
    assert (response.status_code, response.content) == (416, content)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers.get("Content-Range") == content_range
    assert "Cache-Control" not in response.headers
    assert "Last-Modified" not in response.headers
    assert "X-Frame-Options" not in response.headers


def test_not_modified(api, docs):
    record = send(api, "/api/collections/docs/records", one=upload("a.txt", b"1"))
    changed = api.get(path_of(record)).headers["Last-Modified"]
    response = api.using(If_Modified_Since=changed).get(path_of(record))
    assert (response.status_code, response.content) == (304, b"")
    assert "Content-Type" not in response.headers
    old = api.using(If_Unmodified_Since=http_date(0)).get(path_of(record))
    assert old.status_code in (200, 412)


def test_unknown_things(api, docs):
    record = send(api, "/api/collections/docs/records", one=upload("a.txt", b"1"))
    base = f"/api/files/docs/{record['id']}"
    for path in (
        f"{base}/other.txt",
        f"{base}/{record['one']}.attrs",
        f"{base}/thumbs_{record['one']}",
        f"/api/files/docs/nothere/{record['one']}",
    ):
        response = api.get(path)
        assert (response.status_code, response.json()) == (404, NOT_FOUND)
        assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    response = api.get(f"/api/files/none/{record['id']}/{record['one']}")
    assert response.json()["message"] == "Missing or invalid collection context."
    assert api.get(f"{base}/{record['one']}/").status_code == 404
    assert api.get(f"/api/files/DOCS/{record['id']}/{record['one']}").status_code == 200


def test_missing_blob(api, docs):
    record = send(api, "/api/collections/docs/records", one=upload("a.png", png()))
    (folder_of(docs, record["id"]) / record["one"]).unlink()
    assert api.get(path_of(record)).json() == NOT_FOUND
    assert api.get(path_of(record), thumb="50x50").json() == NOT_FOUND


def test_other_methods(api, docs):
    record = send(api, "/api/collections/docs/records", one=upload("a.txt"))
    assert api.post(path_of(record)).status_code == 404
    assert api.get("/api/files/token").status_code == 404


def test_view_rule_does_not_matter_for_public_files(api):
    make_collection("locked", file("one"), create_rule="")
    record = send(api, "/api/collections/locked/records", one=upload("a.txt", b"hi"))
    assert api.get(path_of(record)).status_code == 200


# thumbs


def test_thumb(api, docs):
    record = send(api, "/api/collections/docs/records", one=upload("a.png", png()))
    response = api.get(path_of(record), thumb="60x20f")
    assert response.headers["Content-Disposition"] == f'inline; filename="60x20f_{record["one"]}"'
    assert Image.open(io.BytesIO(body(response))).size == (6, 20)
    name = f"60x20f_{record['one']}"
    assert name in stored_in(docs, record["id"])
    assert (folder_of(docs, record["id"]) / f"thumbs_{record['one']}" / name).exists()


@pytest.mark.parametrize(
    ("name", "content", "size"),
    [
        ("a.png", png(), "51x51"),
        ("a.txt", b"hello", "50x50"),
        ("a.png", b"\x89PNG\r\n\x1a\nbroken", "50x50"),
    ],
)
def test_original_in_place_of_a_thumb(api, docs, name, content, size):
    record = send(api, "/api/collections/docs/records", one=upload(name, content))
    response = api.get(path_of(record), thumb=size)
    assert (response.status_code, body(response)) == (200, content)
    assert f'filename="{record["one"]}"' in response.headers["Content-Disposition"]


# protected files


def file_token(api, record):
    response = api.as_(record).post("/api/files/token")
    assert response.status_code == 200
    return response.json()["token"]


def test_token_needs_somebody(api):
    response = api.post("/api/files/token")
    assert (response.status_code, response.json()) == (
        401,
        {
            "data": {},
            "message": "The request requires valid record authorization token.",
            "status": 401,
        },
    )


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ("", {"nobody", "owner", "other", "superuser", "auth token"}),
        (None, {"superuser"}),
        ("title = @request.auth.id && @request.auth.id != ''", {"owner", "superuser"}),
        (
            "@request.context = 'protectedFile'",
            {"nobody", "owner", "other", "superuser", "auth token"},
        ),
        ("@request.query.key = 'open'", {"superuser"}),
    ],
)
def test_protected(api, make_superuser, rule, allowed):
    owner, other = make_user("owner@example.com"), make_user("other@example.com")
    make_collection(
        "kept", text("title"), file("one", protected=True), create_rule="", view_rule=rule
    )
    record = send(api, "/api/collections/kept/records", title=owner.id, one=upload("a.txt", b"hi"))
    owner_api = api.as_(owner)
    tokens = {
        "nobody": "",
        "owner": file_token(api, owner),
        "other": file_token(api, other),
        "superuser": file_token(api, make_superuser()),
        "auth token": owner_api.token,
    }
    opened = {
        name
        for name, token in tokens.items()
        if owner_api.get(path_of(record), token=token).status_code == 200
    }
    assert opened == allowed
    if rule and "query" in rule:
        assert api.get(path_of(record), key="open").status_code == 200


def test_superuser_token_from_a_wrong_address(api, make_superuser):
    make_collection("kept", file("one", protected=True), create_rule="", view_rule=None)
    record = send(api, "/api/collections/kept/records", one=upload("a.txt", b"hi"))
    token = file_token(api, make_superuser())
    assert api.get(path_of(record), token=token).status_code == 200
    store.update({"superuserIPs": ["10.9.8.7"]})
    assert api.get(path_of(record), token=token).status_code == 404


def test_token_dies_with_the_token_key(api):
    make_collection(
        "kept", file("one", protected=True), create_rule="", view_rule="@request.auth.id != ''"
    )
    record = send(api, "/api/collections/kept/records", one=upload("a.txt", b"hi"))
    user = make_user()
    token = file_token(api, user)
    assert api.get(path_of(record), token=token).status_code == 200
    user.set("password", "another password")
    user.save()
    assert api.get(path_of(record), token=token).status_code == 404


# views


def test_view_shows_the_original_file(api, docs):
    record = send(
        api, "/api/collections/docs/records", many=[upload("a.txt", b"hi"), upload("b.txt")]
    )
    make_collection("shown", type="view", viewQuery="select id, title, many as files from docs")
    make_collection("nested", type="view", viewQuery="select s.id, s.files as f from shown s")
    name = record["many"][0]
    for view in ("shown", "nested"):
        response = api.get(f"/api/files/{view}/{record['id']}/{name}")
        assert (view, response.status_code, body(response)) == (view, 200, b"hi")


# hooks


def test_download_hook(api, docs):
    seen = []

    def rename(event, **_):
        seen.append((event.collection.name, event.record_id, event.field.name, event.name))
        event.name = "other.txt"

    before_file_download.connect(rename, sender="docs")
    try:
        record = send(api, "/api/collections/docs/records", one=upload("a.txt", b"hi"))
        response = api.get(path_of(record))
    finally:
        before_file_download.disconnect(rename, sender="docs")
    assert seen == [("docs", record["id"], "one", record["one"])]
    assert 'filename="other.txt"' in response.headers["Content-Disposition"]


def test_token_hook(api):
    def replace(event, **_):
        event.token = f"for {event.record.id}"

    before_file_token.connect(replace, sender="users")
    try:
        user = make_user()
        assert file_token(api, user) == f"for {user.id}"
    finally:
        before_file_token.disconnect(replace, sender="users")


# against the real thing

COMPARED = (
    "status",
    "content-type",
    "content-disposition",
    "content-length",
    "content-range",
    "content-security-policy",
    "cache-control",
    "accept-ranges",
    "x-frame-options",
    "x-content-type-options",
    "x-xss-protection",
    "cross-origin-opener-policy",
    "vary",
    "etag",
)
REQUESTS = [
    ("GET", {}, {}),
    ("HEAD", {}, {}),
    ("GET", {"download": "1"}, {}),
    ("GET", {"download": "x"}, {}),
    ("GET", {"thumb": "50x50"}, {}),
    ("GET", {"thumb": "7x7"}, {}),
    ("GET", {}, {"Range": "bytes=0-3"}),
    ("HEAD", {}, {"Range": "bytes=0-3"}),
    ("GET", {}, {"Range": "bytes=-3"}),
    ("GET", {}, {"Range": "bytes=0-3,5-6"}),
    ("GET", {}, {"Range": "bytes=999999-"}),
    ("HEAD", {}, {"Range": "bytes=999999-"}),
    ("GET", {}, {"Range": "bytes=x"}),
    ("GET", {}, {"If-None-Match": "*"}),
    ("GET", {}, {"If-Match": '"x"'}),
    ("GET", {}, {"If-Modified-Since": http_date(time.time() + 1000)}),
    ("GET", {}, {"If-Unmodified-Since": http_date(1_000_000_000)}),
    ("GET", {}, {"Accept-Encoding": "gzip"}),
    ("GET", {}, {"Origin": "https://a.test"}),
]
SENT = [
    ("a b.png", png()),
    ("text.txt", b"hello world"),
    ("script.js", b"var a = 1"),
    ("empty.bin", b""),
    ("big.bin", bytes(range(256)) * 3000),
]


@pytest.mark.pocketbase
@pytest.mark.server
@pytest.mark.parametrize(("name", "content"), SENT)
def test_as_pocketbase(pocketbase, shared_server, name, content):
    answers = []
    for running in (pocketbase, shared_server):
        fields = [file("file", thumbs=["50x50"]), number("n")]
        running.http.post("/api/collections", json={"name": "served", "fields": fields})
        sent = running.http.post("/api/collections/served/records", files={"file": (name, content)})
        record = sent.json()
        url = f"/api/files/served/{record['id']}/{record['file']}"
        answers.append([compared(running.guest, url, record["file"], each) for each in REQUESTS])
    for request, theirs, ours in zip(REQUESTS, *answers, strict=True):
        assert (request, ours) == (request, theirs)


def compared(client, url, name, request):
    method, params, headers = request
    response = client.request(method, url, params=params, headers=headers)
    values = {"status": response.status_code, **response.headers}
    out = {key: values.get(key) for key in COMPARED}
    for key in ("content-type", "content-disposition"):
        value = (out[key] or "").replace(name, "NAME")
        out[key] = value.partition("; boundary=")[0]
    is_thumb = params.get("thumb") == "50x50" and "50x50" in out["content-disposition"]
    out["body"] = None if is_thumb or "multipart" in out["content-type"] else response.content
    if is_thumb:
        out["content-length"] = None
    return out
