"""Files of records in a bucket: everything they can do on the disk, over a real S3 API."""

import io

import httpx
import pytest
from PIL import Image

from collections_app.schema_edit import service as schema_service
from core_app import sql
from core_app.settings_store import store
from tests import makers
from tests.makers import file, make_collection, make_record, make_user, text, upload
from tests.servers import Holdall

OPEN = {f"{act}_rule": "" for act in ("list", "view", "create", "update", "delete")}
NOT_FOUND = {"data": {}, "message": "The requested resource wasn't found.", "status": 404}
FAILED_TO_CREATE = {"data": {}, "message": "Failed to create record.", "status": 400}
RECORDS = "/api/collections/docs/records"


@pytest.fixture(autouse=True)
def _commits(monkeypatch, django_capture_on_commit_callbacks):
    """Let what follows a commit happen at the end of each request."""
    request = makers.Api.request

    def committing(*arguments, **named):
        with django_capture_on_commit_callbacks(execute=True):
            return request(*arguments, **named)

    monkeypatch.setattr(makers.Api, "request", committing)


@pytest.fixture
def bucket(db, s3_server):
    """An empty bucket, which the settings name."""
    made = s3_server.bucket()
    store.update({"s3": made.settings})
    return made


@pytest.fixture
def docs(bucket):
    return make_collection(
        "docs",
        text("title", required=True),
        file("one", thumbs=["50x50"], maxSize=30_000_000),
        file("many", maxSelect=3, maxSize=1000),
        file("secret", protected=True),
        indexes=["create unique index docs_title on docs (title)"],
        **OPEN,
    )


def png(size=(30, 90)):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "PNG")
    return out.getvalue()


def create(api, **data):
    response = api.upload(RECORDS, {"title": "t", **data})
    assert response.status_code == 200, response.content
    return response.json()


def path_of(record, field="one"):
    return f"/api/files/{record['collectionId']}/{record['id']}/{record[field]}"


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_upload_and_fetch(api, docs, bucket):
    record = create(api, one=upload("My Doc.txt", b"hello"))
    key = f"{docs.id}/{record['id']}/{record['one']}"
    assert bucket.names() == [key]
    response = api.get(path_of(record))
    assert (response.status_code, body(response)) == (200, b"hello")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert bucket.head(key)["Metadata"] == {"original-filename": "My%20Doc.txt"}


def test_thumb(api, docs, bucket):
    record = create(api, one=upload("a.png", png()))
    for _ in range(2):
        response = api.get(path_of(record), thumb="50x50")
        assert Image.open(io.BytesIO(body(response))).size == (50, 50)
    folder = f"{docs.id}/{record['id']}"
    thumb = f"{folder}/thumbs_{record['one']}/50x50_{record['one']}"
    assert bucket.names() == [f"{folder}/{record['one']}", thumb]
    assert bucket.head(thumb)["ContentType"] == "image/png"


def test_ranges_of_a_large_file(api, docs):
    content = bytes(range(256)) * 40_000  # 10 MB: sent in parts
    record = create(api, one=upload("a.bin", content))
    response = api.get(path_of(record))
    assert response.headers["Content-Length"] == str(len(content))
    assert body(response) == content
    response = api.using(Range="bytes=1000000-9999999").get(path_of(record))
    assert (response.status_code, body(response)) == (206, content[1_000_000:10_000_000])
    response = api.using(Range="bytes=0-1,-2").get(path_of(record))
    sent = body(response)
    assert (response.status_code, len(sent)) == (206, int(response.headers["Content-Length"]))
    assert b"\r\n\r\n\x00\x01\r\n" in sent
    assert b"\r\n\r\n\xfe\xff\r\n" in sent
    response = api.head(path_of(record))
    assert (response.headers["Content-Length"], response.content) == (str(len(content)), b"")
    changed = response.headers["Last-Modified"]
    assert api.using(If_Modified_Since=changed).get(path_of(record)).status_code == 304


def test_protected(api, docs):
    record = create(api, secret=upload("a.txt", b"hi"))
    docs = store_rule(docs, "@request.auth.id != ''")
    token = api.as_(make_user()).post("/api/files/token").json()["token"]
    assert api.get(path_of(record, "secret")).json() == NOT_FOUND
    assert body(api.get(path_of(record, "secret"), token=token)) == b"hi"


def store_rule(collection, rule):
    return schema_service.update(collection, {"viewRule": rule})


def test_update_drops_old_files_with_their_thumbs(api, docs, bucket):
    record = create(api, one=upload("a.png", png()), many=[upload("m.txt"), upload("n.txt")])
    api.get(path_of(record), thumb="50x50")
    assert len(bucket.names()) == 4
    changed = api.upload(f"{RECORDS}/{record['id']}", {"one": upload("b.txt")}, "PATCH").json()
    folder = f"{docs.id}/{record['id']}"
    assert bucket.names() == sorted(
        f"{folder}/{name}" for name in [changed["one"], *record["many"]]
    )


def test_deleting(api, docs, bucket):
    first = create(api, one=upload("a.png", png()))
    second = create(api, title="u", one=upload("b.txt"))
    api.get(path_of(first), thumb="50x50")
    assert api.delete(f"{RECORDS}/{first['id']}").status_code == 204
    assert bucket.names() == [f"{docs.id}/{second['id']}/{second['one']}"]


def test_truncate_and_collection_delete(root_api, docs, bucket):
    create(root_api, one=upload("a.txt"))
    assert root_api.delete("/api/collections/docs/truncate").status_code == 204
    assert bucket.names() == []
    create(root_api, one=upload("a.txt"))
    assert root_api.delete("/api/collections/docs").status_code == 204
    assert bucket.names() == []


def test_refused_write_leaves_nothing(api, docs, bucket):
    create(api, title="taken")
    response = api.upload(RECORDS, {"title": "taken", "one": upload("a.txt")})
    assert response.json()["data"]["title"]["code"] == "validation_not_unique"
    assert bucket.names() == []


def test_failed_batch_leaves_nothing(api, docs, bucket):
    store.update({"batch": {"enabled": True}})
    requests = [
        {"method": "POST", "url": RECORDS, "body": {"title": "a"}},
        {"method": "POST", "url": RECORDS, "body": {"title": "a"}},
    ]
    form = {"@jsonPayload": f'{{"requests": {requests}}}'.replace("'", '"')}
    form["requests.0.one"] = upload("a.txt")
    assert api.upload("/api/batch", form).status_code == 400
    assert bucket.names() == []
    requests.pop()
    form["@jsonPayload"] = f'{{"requests": {requests}}}'.replace("'", '"')
    form["requests.0.one"] = upload("a.txt")
    assert api.upload("/api/batch", form).status_code == 200
    assert len(bucket.names()) == 1


def test_missing_object(api, docs, bucket):
    record = create(api, one=upload("a.png", png()))
    bucket.delete(bucket.names()[0])
    assert api.get(path_of(record)).json() == NOT_FOUND
    assert api.get(path_of(record), thumb="50x50").json() == NOT_FOUND


def test_out_of_reach(api, docs, bucket):
    record = create(api, one=upload("a.png", png()))
    store.update({"s3": {"endpoint": "http://127.0.0.1:1"}})
    for query in ({}, {"thumb": "50x50"}):
        response = api.get(path_of(record), **query)
        assert (response.status_code, response.json()) == (404, NOT_FOUND)
    response = api.upload(RECORDS, {"title": "u", "one": upload("b.txt")})
    assert (response.status_code, response.json()) == (400, FAILED_TO_CREATE)
    assert api.post(RECORDS, {"title": "without"}).status_code == 200
    assert api.delete(f"{RECORDS}/{record['id']}").status_code == 204
    assert {item["title"] for item in api.get(RECORDS).json()["items"]} == {"without"}


def test_switching_moves_no_files(api, docs, bucket):
    record = create(api, one=upload("a.txt", b"hi"))
    store.update({"s3": {"enabled": False}})
    assert api.get(path_of(record)).json() == NOT_FOUND
    store.update({"s3": {"enabled": True}})
    assert body(api.get(path_of(record))) == b"hi"


COMPARED = (
    *("content-type", "content-disposition", "content-range", "cache-control"),
    *("content-security-policy", "last-modified", "accept-ranges", "etag", "x-frame-options"),
)
REQUESTS = [
    ("GET", {}, {}),
    ("HEAD", {}, {}),
    ("GET", {"download": "1"}, {}),
    ("GET", {"thumb": "50x50"}, {}),
    ("GET", {}, {"Range": "bytes=2-5"}),
    ("GET", {}, {"Range": "bytes=999999-"}),
    ("GET", {}, {"If-None-Match": "*"}),
]


@pytest.mark.pocketbase
def test_bucket_of_pocketbase(pocketbase, root_api, bucket):
    """What PocketBase has put into a bucket is read as it is, and sent as PocketBase sends it."""
    fields = [file("one", thumbs=["50x50"])]
    pocketbase.http.patch("/api/settings", json={"s3": bucket.settings}).raise_for_status()
    try:
        made = {"id": "fromtheother123", "name": "taken_over", "fields": fields}
        pocketbase.http.post("/api/collections", json=made).raise_for_status()
        sent = {"one": ("Mÿ Photo.png", png())}
        record = pocketbase.http.post("/api/collections/taken_over/records", files=sent).json()
        theirs = {"collectionId": made["id"], **record}
        collection = make_collection("taken_over", *fields, id=made["id"])
        ours = make_record(collection, id=record["id"], one=upload("x.png"))
        rename(collection, ours.id, record["one"])
        for method, query, headers in REQUESTS:
            path = path_of(theirs)
            expected = pocketbase.guest.request(method, path, params=query, headers=headers)
            api = root_api.using(**headers)
            response = api.head(path, **query) if method == "HEAD" else api.get(path, **query)
            assert response.status_code == expected.status_code
            assert [response.headers.get(key) for key in COMPARED] == [
                expected.headers.get(key) for key in COMPARED
            ]
            assert body(response) == expected.content
    finally:
        pocketbase.http.patch("/api/settings", json={"s3": {"enabled": False}})


def rename(collection, record_id, name):
    """Let the record name a file that somebody else has stored."""
    statement = sql.marked(f"UPDATE {collection.table} SET one = ? WHERE id = ?")
    sql.execute(statement, (name, record_id))


@pytest.mark.server
def test_every_worker_goes_by_a_change_at_once(tmp_path, s3_server):
    bucket = s3_server.bucket()
    with Holdall(tmp_path / "data", "--workers", "2") as server:
        server.http.post("/api/collections", json={"name": "docs", "fields": [file("one")]})
        record = server.http.post(RECORDS, files={"one": ("a.txt", b"on the disk")}).json()
        path = path_of(record)
        bucket.put(path.removeprefix("/api/files/"), b"in the bucket")

        def answers():
            """What both workers say: each connection may end at another of them."""
            return {httpx.get(server.url + path).content for _ in range(12)}

        assert answers() == {b"on the disk"}
        server.http.patch("/api/settings", json={"s3": bucket.settings}).raise_for_status()
        assert answers() == {b"in the bucket"}
        server.http.patch("/api/settings", json={"s3": {"enabled": False}})
        assert answers() == {b"on the disk"}
