import pytest

from core_app.settings_store import store
from ops_app.jobs import delete_old_logs
from ops_app.logs.entry import data_text
from ops_app.logs.writer import writer
from ops_app.models import LogRow

NOT_FOUND = {"data": {}, "message": "The requested resource wasn't found.", "status": 404}


@pytest.fixture(autouse=True)
def empty_log(db):
    writer.clear()
    yield
    writer.clear()


@pytest.fixture
def logged(root_api):
    """Write what was noted and return the entries, oldest first."""

    def entries(**query):
        writer.flush()
        answer = root_api.get("/api/logs", sort="@rowid", **query)
        assert answer.status_code == 200, answer.content
        return answer.json()["items"]

    return entries


def test_success(api, logged):
    api.using(Referer="http://ref/", User_Agent="ua").get("/api/health", a="b c")
    [entry] = logged()
    assert entry.keys() == {"id", "created", "data", "message", "level"}
    assert 0 < entry["data"].pop("execTime") < 10_000
    assert entry["data"] == {
        "auth": "",
        "method": "GET",
        "referer": "http://ref/",
        "remoteIP": "127.0.0.1",
        "status": 200,
        "type": "request",
        "url": "/api/health?a=b+c",
        "userAgent": "ua",
        "userIP": "127.0.0.1",
    }
    assert (entry["message"], entry["level"]) == ("GET /api/health?a=b+c", 0)
    assert len(entry["id"]) == 15


def test_failure(api, logged):
    api.post("/api/nope")
    [entry] = logged()
    data = entry["data"]
    assert (entry["level"], data["status"], data["details"]) == (8, 404, None)
    assert data["error"] == "The requested resource wasn't found."


def test_a_nul_in_a_url_loses_no_entry(api, logged):
    api.get("/api/health")
    api.get("/api/collections/a%00b/records?filter=%00", c="\\u0000")
    api.get("/api/health")
    messages = [entry["message"] for entry in logged(filter="data.status >= 200")]
    assert (messages[0], messages[2]) == ("GET /api/health", "GET /api/health")
    assert messages[1].startswith("GET /api/collections/a")


def test_who_asked(api, make_user, logged):
    user = make_user()
    store.update({"logs": {"logAuthId": True, "logIP": False}})
    api.as_(user).get("/api/health")
    [entry] = logged()
    assert (entry["data"]["auth"], entry["data"]["authId"]) == ("users", user.id)
    assert not {"userIP", "remoteIP"} & entry["data"].keys()


@pytest.mark.parametrize("path", ["/api/logs", "/api/logs/stats"])
def test_reading_logs_is_only_logged_when_it_fails(api, root_api, logged, path):
    root_api.get(path)
    api.get(path)
    assert [entry["level"] for entry in logged()] == [8]


def test_public_files_are_not_logged(api, settings, tmp_path, logged):
    settings.HOLDALL_PUBLIC_DIR = str(tmp_path)
    (tmp_path / "a.txt").write_text("a")
    api.get("/a.txt")
    api.get("/b.txt")
    assert [entry["message"] for entry in logged()] == ["GET /b.txt"]


def test_off(api, root_api, logged):
    store.update({"logs": {"maxDays": 0}})
    api.post("/api/nope")
    assert logged() == []


def test_min_level(api, logged):
    store.update({"logs": {"minLevel": 4}})
    api.get("/api/health")
    api.post("/api/nope")
    assert [entry["level"] for entry in logged()] == [8]


def entry(message, level=0, created="2024-05-15 10:30:00.000Z", data="{}"):
    return LogRow.objects.create(
        id=f"id_{message}", message=message, level=level, created=created, data=data
    )


@pytest.fixture
def three(db):
    entry("a", 0, "2024-05-15 10:30:00.000Z", '{"status":200,"url":"/x"}')
    entry("b", 8, "2024-05-15 10:59:59.999Z", '{"status":404,"url":"/y"}')
    entry("c", 8, "2024-05-15 11:00:00.000Z", '{"status":500,"url":"/y"}')


@pytest.mark.parametrize(
    ("filter", "messages"),
    [
        ("", "abc"),
        ("level > 0", "bc"),
        ('message = "a"', "a"),
        ("data.status >= 404", "bc"),
        ('data.url ~ "y" && data.status = 500', "c"),
        ('created < "2024-05-15 11:00:00.000Z"', "ab"),
    ],
)
def test_filter(logged, three, filter, messages):
    assert "".join(item["message"] for item in logged(filter=filter)) == messages


@pytest.mark.parametrize(
    ("sort", "messages"), [("-@rowid", "cba"), ("-level,message", "bca"), ("data.status", "abc")]
)
def test_sort(root_api, three, sort, messages):
    items = root_api.get("/api/logs", sort=sort).json()["items"]
    assert "".join(item["message"] for item in items) == messages


def test_pages(root_api, three):
    answer = root_api.get("/api/logs", perPage=2, page=2, sort="message", fields="message").json()
    assert answer == {
        "items": [{"message": "c"}],
        "page": 2,
        "perPage": 2,
        "totalItems": 3,
        "totalPages": 2,
    }
    answer = root_api.get("/api/logs", skipTotal=1, perPage=1).json()
    assert (answer["totalItems"], answer["totalPages"]) == (-1, -1)


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "nope = 1"},
        {"filter": "level >"},
        {"filter": "message:lower = 'a'"},
        {"sort": "nope"},
    ],
)
def test_bad_query(root_api, three, query):
    response = root_api.get("/api/logs", **query)
    assert response.json() == {
        "data": {},
        "message": "Something went wrong while processing your request.",
        "status": 400,
    }


def test_one(root_api, three):
    response = root_api.get("/api/logs/id_b")
    assert response.json() == {
        "id": "id_b",
        "created": "2024-05-15 10:59:59.999Z",
        "data": {"status": 404, "url": "/y"},
        "message": "b",
        "level": 8,
    }
    missing = root_api.get("/api/logs/nope")
    assert (missing.status_code, missing.json()) == (404, NOT_FOUND)


def test_stats(root_api, three):
    assert root_api.get("/api/logs/stats").json() == [
        {"date": "2024-05-15 10:00:00.000Z", "total": 2},
        {"date": "2024-05-15 11:00:00.000Z", "total": 1},
    ]
    assert root_api.get("/api/logs/stats", filter="level > 0").json() == [
        {"date": "2024-05-15 10:00:00.000Z", "total": 1},
        {"date": "2024-05-15 11:00:00.000Z", "total": 1},
    ]
    bad = root_api.get("/api/logs/stats", filter="level >")
    assert (bad.status_code, bad.json()["message"]) == (400, "Invalid filter format.")


def test_delete_all(root_api, three):
    response = root_api.delete("/api/logs")
    assert (response.status_code, response.content) == (204, b"")
    assert LogRow.objects.count() == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/logs"),
        ("GET", "/api/logs/stats"),
        ("GET", "/api/logs/x"),
        ("DELETE", "/api/logs"),
    ],
)
def test_only_superusers(api, make_user, three, method, path):
    assert api.request(method, path).status_code == 401
    assert api.as_(make_user()).request(method, path).status_code == 403
    assert LogRow.objects.count() == 3


def test_old_entries_go(db, three):
    entry("now", created="2999-01-01 00:00:00.000Z")
    delete_old_logs()
    assert [row.message for row in LogRow.objects.all()] == ["now"]


def test_settings_apply_to_stored_entries(
    root_api, three, django_capture_on_commit_callbacks, settings
):
    entry("kept", 8, "2999-01-01 00:00:00.000Z")
    entry("debug", -4, "2999-01-01 00:00:00.000Z")
    with django_capture_on_commit_callbacks(execute=True):
        root_api.patch("/api/settings", {"logs": {"minLevel": 0, "maxDays": 7}})
    assert {row.message for row in LogRow.objects.all()} == {"kept"}
    with django_capture_on_commit_callbacks(execute=True):
        root_api.patch("/api/settings", {"logs": {"maxDays": 0}})
    assert LogRow.objects.count() == 0


@pytest.mark.parametrize(
    ("most", "text"),
    [
        (0, '{"a":"x","b":"yyyyyyyyyy","c":1}'),
        (32, '{"a":"x","b":"yyyyyyyyyy","c":1}'),
        (31, '{"__pb_truncated__":true,"a":"x","b":"yyyyyyyyyy","c":1}'),
        (30, '{"__pb_truncated__":true,"a":"x","b":"yyyyyyyyyy","c":null}'),
        (29, '{"__pb_truncated__":true,"a":"x","b":"yyyyyyyyyy"}'),
        (24, '{"__pb_truncated__":true,"a":"x","b":null}'),
        (5, '{"__pb_truncated__":true,"a":null}'),
        (4, '{"__pb_truncated__":true}'),
    ],
)
def test_long_data_is_cut(most, text):
    assert data_text({"b": "y" * 10, "a": "x", "c": 1}, most) == text


#: what PocketBase 0.40 stored of one request at different sizes
CUT = [
    *((12, '"auth":""'), (20, '"auth":""'), (22, '"auth":"","execTime":null')),
    (25, '"auth":"","execTime":0'),
    (60, '"auth":"","execTime":0.056285,"method":"GET","referer":null'),
    (70, '"auth":"","execTime":0.056285,"method":"GET","referer":"http://ref/"'),
    (81, '"auth":"","execTime":0.056285,"method":"GET","referer":"http://ref/","remoteIP":null'),
]


@pytest.mark.parametrize(("most", "kept"), CUT)
def test_cut_as_pocketbase_cuts(most, kept):
    data = {
        **{"auth": "", "execTime": 0.056285, "method": "GET", "referer": "http://ref/"},
        **{"remoteIP": "127.0.0.1", "status": 200, "type": "request"},
    }
    assert data_text(data, most) == f'{{"__pb_truncated__":true,{kept}}}'
