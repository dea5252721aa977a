"""The screens beside collections and records."""

import json
import os
import threading
import time

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.db.migrations.loader import MigrationLoader

from auth_app.models import StaffUser
from collections_app import records
from collections_app.schema import lookup, present
from core_app import cron_runs, crons, ids
from core_app.settings_store import store
from dashboard_app.tools import bars, slow_queries
from ops_app.hooks import settings_update_request
from ops_app.logs.entry import wire
from ops_app.logs.writer import writer
from ops_app.models import LogRow
from ops_app.replication import position
from storage_app import choose
from tests.dashboard_app.conftest import Dashboard, text_of
from tests.makers import make_collection, make_record, make_superuser, relation, text

SCREENS = [
    "",
    "logs/",
    "crons/",
    "migrations/",
    "backups/",
    "settings/",
    "sql/",
    "transfer/",
    "transfer/collections.json",
]


@pytest.fixture
def editor(db):
    """A signed-in editor who may look at ``posts``."""
    user = StaffUser.objects.create_user(
        username="ed", email="ed@example.com", password="1234567890", is_staff=True
    )
    user.user_permissions.set(Permission.objects.none())
    made = Dashboard()
    assert made.sign_in("ed").status_code == 302
    return made


@pytest.mark.parametrize("path", SCREENS)
def test_screens_are_for_superusers_alone(dashboard, editor, path):
    assert dashboard.get(path).status_code == 200
    assert Dashboard().get(path).status_code == 302
    if path:
        assert editor.get(path).status_code == 403
    else:
        assert "nothing here that you may see yet" in text_of(editor.get(path))


@pytest.mark.parametrize("path", ["logs/clear/", "crons/", "settings/", "sql/", "transfer/import/"])
def test_editors_change_nothing(editor, path):
    assert editor.post(path, query="DELETE FROM _params", job="x").status_code == 403


# --- home -----------------------------------------------------------------------------------------


def test_home_has_figures_and_warnings(dashboard):
    posts = make_collection("posts", text("title"), create_rule="", delete_rule="")
    make_record(posts, title="a")
    page = text_of(dashboard.get(""))
    assert "Collections 2 Records 1 Users 0" in page
    assert "Everyone may create and delete records of posts. See the rules" in page
    assert "SMTP is off. Set up mail" in page
    live = dashboard.client.get("/_/?live")
    assert "Records" in text_of(live)
    assert "<html" not in live.content.decode()


def test_state_of_backups_and_files(dashboard, tmp_path, settings):
    settings.HOLDALL_DATA_DIR = tmp_path
    answer = dashboard.client.get("/_/?state")
    assert "<html" not in answer.content.decode()
    assert "There is no backup. Make one" in text_of(answer)
    assert "Last backup none Files 0" in text_of(answer)
    (tmp_path / "storage" / "a").mkdir(parents=True)
    (tmp_path / "storage" / "a" / "b.txt").write_bytes(b"x" * 2048)
    (tmp_path / "backups").mkdir()
    backup = tmp_path / "backups" / "one.zip"
    backup.write_bytes(b"")
    said = text_of(dashboard.client.get("/_/?state"))
    assert "No backup is made by the clock. Say when" in said
    assert "Last backup just now Files 2.0 KB" in said
    os.utime(backup, (time.time() - 9 * 86_400,) * 2)
    said = text_of(dashboard.client.get("/_/?state"))
    assert "The last backup was made 9 days ago." in said


def test_the_replica(dashboard, tmp_path, settings):
    settings.HOLDALL_DATA_DIR = tmp_path
    assert "Replica" not in text_of(dashboard.client.get("/_/?state"))
    settings.HOLDALL_REPLICATE = "s3://bucket/app"
    assert "Replica has all of not begun" in text_of(dashboard.client.get("/_/?state"))
    position.write(position.Position("s3://bucket/app", time.time() - 130))
    said = text_of(dashboard.client.get("/_/?state"))
    assert "Replica has all of 2 minutes ago" in said
    assert "does not follow" not in said
    position.write(position.Position("s3://bucket/app", time.time() - 7300, "no such bucket"))
    said = text_of(dashboard.client.get("/_/?state"))
    assert "Replica has all of 2 hours ago" in said
    assert "The replica does not follow: no such bucket See the log" in said


def test_no_mail_can_be_sent(dashboard, settings, monkeypatch):
    settings.HOLDALL_MAILER = "core_app.mail.sendmail.EmailBackend"
    monkeypatch.setattr("shutil.which", lambda name: None)
    said = text_of(dashboard.get(""))
    assert "No mail can be sent, not even to superusers: SMTP is off" in said
    assert "Mail goes out through sendmail" not in said
    monkeypatch.setattr("shutil.which", lambda name: "/usr/sbin/sendmail")
    said = text_of(dashboard.get(""))
    assert "No mail can be sent" not in said
    assert "Mail goes out through sendmail" in said


@pytest.mark.parametrize(
    ("address", "is_reached"),
    [("we@firm.com", True), ("we@Example.com", False), ("we@a.local", False), ("a@b.test", False)],
)
def test_superusers_whom_no_mail_reaches(dashboard, address, is_reached):
    make_superuser(address)
    said = text_of(dashboard.get(""))
    assert ("No superuser has an address that mail reaches" in said) is not is_reached


def write_entries(*found):
    for data in found:
        values = {"id": ids.random_lower(15), "data": json.dumps(data), "message": data["url"]}
        LogRow.objects.using("auxiliary").create(created=wire(time.time()), **values)


def test_slow_requests_name_fields_without_an_index(dashboard):
    posts = make_collection(
        "posts",
        text("title"),
        text("slug"),
        relation("by", "_pb_users_auth_"),
        indexes=["CREATE INDEX by_slug ON posts (slug)"],
    )
    url = "/api/collections/posts/records?filter=title ~ 'slug' && by.name = 1&sort=-slug,nothing"
    assert slow_queries.fields_in(posts, url.partition("?")[2]) == {"title", "slug", "by"}
    write_entries(
        {"url": url, "execTime": 900.4},
        {"url": url, "execTime": 300},
        {"url": url, "execTime": 3},
        {"url": "/api/collections/posts/records/abc", "execTime": 900},
    )
    said = text_of(dashboard.client.get("/_/?state"))
    assert (
        "2 slow requests (up to 900 ms) looked through posts by title, which has no index." in said
    )
    assert "by slug" not in said


def test_warnings_end_when_they_are_heeded(dashboard):
    make_superuser("a@firm.com")
    store.update(
        {
            "smtp": {"enabled": True},
            "meta": {"appURL": "https://example.com", "senderAddress": "we@example.com"},
            "rateLimits": {"enabled": True},
        }
    )
    assert "Worth a look" not in text_of(dashboard.get(""))


def test_bars():
    from datetime import UTC, datetime

    now = datetime(2026, 1, 2, 1, 30, tzinfo=UTC)
    requests = [
        {"date": "2026-01-02 01:00:00.000Z", "total": 4},
        {"date": "2026-01-01 23:00:00.000Z", "total": 8},
        {"date": "2026-01-01 10:00:00.000Z", "total": 99},
    ]
    errors = [{"date": "2026-01-02 01:00:00.000Z", "total": 1}]
    found = bars.last_hours(3, requests, errors, now)
    assert [(bar.label, bar.total, bar.errors, bar.high) for bar in found] == [
        ("2026-01-01 23:00", 8, 0, 100.0),
        ("2026-01-02 00:00", 0, 0, 0.0),
        ("2026-01-02 01:00", 4, 1, 50.0),
    ]
    assert found[2].errors_high == 12.5


# --- logs -----------------------------------------------------------------------------------------


@pytest.fixture
def log(api):
    """Some requests in the log."""
    writer.clear()
    api.get("/api/health")
    api.get("/api/collections/nothing/records")
    writer.flush()


def test_logs_are_filtered(dashboard, log):
    whole = text_of(dashboard.get("logs/"))
    assert "GET /api/health" in whole
    assert "GET /api/collections/nothing/records" in whole
    for query in ({"errors": "on"}, {"q": "nothing"}, {"q": "data.status = 404"}):
        page = text_of(dashboard.get("logs/", **query))
        assert "GET /api/collections/nothing/records" in page
        assert "GET /api/health" not in page
    assert "This filter cannot be read" in text_of(dashboard.get("logs/", q="data.status ="))


def log_at(*moments):
    for moment in moments:
        values = {"id": ids.random_lower(15), "data": "{}", "message": f"at {moment}"}
        LogRow.objects.using("auxiliary").create(created=f"{moment}.000Z", **values)


def test_a_span_of_time_narrows_the_list_the_chart_and_the_download(dashboard):
    log_at(
        "2026-01-02 10:04:59", "2026-01-02 10:05:00", "2026-01-02 10:19:59", "2026-01-02 10:20:00"
    )
    span = {"from": "2026-01-02T10:05", "to": "2026-01-02T10:20"}
    response = dashboard.get("logs/", **span)
    found = [entry["message"] for entry in response.context["entries"]]
    assert found == ["at 2026-01-02 10:19:59", "at 2026-01-02 10:05:00"]
    shown = [(bar.label, bar.total) for bar in response.context["bars"]]
    assert (len(shown), shown[0], shown[14]) == (
        15,
        ("2026-01-02 10:05", 1),
        ("2026-01-02 10:19", 1),
    )
    assert [item["message"] for item in dashboard.get("logs/entries.json", **span).json()] == found
    moves = {move: address for _, address, move in response.context["moves"]}
    assert moves == {
        "earlier": "?from=2026-01-02T09%3A50&to=2026-01-02T10%3A05",
        "later": "?from=2026-01-02T10%3A20&to=2026-01-02T10%3A35",
        "out": "?from=2026-01-02T09%3A57&to=2026-01-02T10%3A27",
        "all": "?",
    }
    narrower = dashboard.get("logs/", q="04:59", errors="on", **span)
    assert narrower.context["entries"] == []
    assert narrower.context["moves"][-1][1] == "?q=04%3A59&errors=on"


@pytest.mark.parametrize(
    ("begin", "end", "step", "count"),
    [
        ("2026-01-02T10:00", "2026-01-02T10:01", 1, 1),
        ("2026-01-02T10:00", "2026-01-02T11:00", 1, 60),
        ("2026-01-02T10:01", "2026-01-02T12:00", 2, 60),
        ("2026-01-01T00:00", "2026-01-03T00:00", 60, 48),
        ("2026-01-01T00:30", "2026-01-06T00:00", 120, 60),
        ("2026-01-01T00:00", "2026-02-01T00:00", 1440, 31),
    ],
)
def test_bars_of_a_span(dashboard, begin, end, step, count):
    log_at("2026-01-02 10:00:30")
    found = dashboard.get("logs/", **{"from": begin, "to": end}).context["bars"]
    assert len(found) == count
    assert (found[0].end - found[0].begin).total_seconds() == step * 60
    assert sum(bar.total for bar in found) == (begin != "2026-01-02T10:01")


@pytest.mark.parametrize(
    "span",
    [
        {"from": "yesterday"},
        {"from": "2026-01-02T10:00", "to": "2026-01-02T10:00"},
        {"from": "0001-01-01T00:00", "to": "0002-01-01T00:00"},
        {"to": "0001-01-01T00:00"},
        {"from": "2000-01-01", "to": "2026-01-01"},
        {"from": "9999-12-31T23:59:59-12:00"},
    ],
)
def test_spans_that_are_none(dashboard, log, span):
    response = dashboard.get("logs/", **span)
    assert (response.status_code, response.context["entries"]) == (200, [])
    assert response.context["error"] != ""
    assert dashboard.get("logs/entries.json", **span).status_code == 302


def test_one_end_of_a_span_is_enough(dashboard, log):
    assert dashboard.get("logs/", **{"from": "2026-01-02T10:00"}).context["entries"] != []
    found = dashboard.get("logs/", to="2026-01-02T10:00")
    assert (found.context["entries"], len(found.context["bars"])) == ([], 48)


def test_logs_without_superusers(dashboard, root, api, log):
    api.as_(root).get("/api/settings")
    writer.flush()
    assert "GET /api/settings" in text_of(dashboard.get("logs/"))
    shown = text_of(dashboard.get("logs/", others="on"))
    assert "GET /api/settings" not in shown
    assert "GET /api/health" in shown


def test_logs_as_json(dashboard, log):
    response = dashboard.get("logs/entries.json", q="nothing")
    assert "attachment" in response.headers["Content-Disposition"]
    assert [entry["data"]["status"] for entry in response.json()] == [404]
    broken = dashboard.client.get("/_/logs/entries.json", {"q": "data.nothing ="}, follow=True)
    assert "This filter cannot be read" in text_of(broken)


def test_one_entry(dashboard, log):
    entry = dashboard.get("logs/", q="nothing").context["entries"][0]
    page = text_of(dashboard.get(f"logs/{entry['id']}/"))
    assert '"status": 404' in page
    assert dashboard.get("logs/missing/").status_code == 404


def test_the_log_is_emptied_when_confirmed(dashboard, log):
    assert "cannot be undone" in text_of(dashboard.get("logs/clear/"))
    assert "GET /api/health" in text_of(dashboard.get("logs/"))
    assert dashboard.post("logs/clear/").status_code == 302
    assert "GET /api/health" not in text_of(dashboard.get("logs/"))


# --- crons ----------------------------------------------------------------------------------------


def test_an_expression_is_explained(dashboard):
    found = dashboard.get("crons/next/", expression="0 3 * * *").json()
    assert (found["words"], found["error"]) == ("every day at 03:00 UTC", "")
    assert [", 03:00 UTC (in " in run for run in found["next"]] == [True] * 3
    assert dashboard.get("crons/next/", expression="0 0 30 2 *").json()["next"] == ["never"]
    found = dashboard.get("crons/next/", expression="0 3 * *").json()
    assert (found["words"], found["next"]) == ("", [])
    assert "exactly 5 space separated segments" in found["error"]


def test_crons_and_backups_say_when(dashboard):
    assert "None is made by the clock" in text_of(dashboard.get("backups/"))
    store.update({"backups": {"cron": "0 3 * * *"}})
    assert "By the clock: every day at 03:00 UTC; next: " in text_of(dashboard.get("backups/"))
    page = text_of(dashboard.get("crons/"))
    assert "0 3 * * * every day at 03:00 UTC Next: " in page
    store.update({"backups": {"cron": ""}})


@pytest.fixture
def job(transactional_db):
    """A job of the app's own, as the event that its run sets."""
    done = threading.Event()

    @crons.cron("my job", "@hourly")
    def run():
        """Count the sheep."""
        done.set()

    yield done
    for thread in threading.enumerate():
        if thread.name.startswith("cron "):
            thread.join()  # what became of the run is kept in the database
    crons.remove("my job")


def test_a_job_is_run_now(job, dashboard):
    said = text_of(dashboard.get("crons/"))
    assert "my job Count the sheep. 0 * * * * every hour at minute 0 Next: " in said
    assert "minutes) never Run now" in said or "in a minute) never Run now" in said
    assert dashboard.post("crons/", job="nothing").status_code == 404
    assert not job.is_set()
    assert dashboard.post("crons/", job="my job").status_code == 302
    assert job.wait(60)


def test_what_became_of_a_job(dashboard):
    cron_runs.started("__pbLogsCleanup__")
    cron_runs.finished("__pbLogsCleanup__", 1234, "OSError: no room")
    page = text_of(dashboard.get("crons/"))
    assert "OSError: no room 0 */6 * * *" in page
    assert "failed 1234 ms" in page
    assert "purgeTrash" in page
    assert "never" in page


# --- migrations -----------------------------------------------------------------------------------


def test_migrations(dashboard, monkeypatch):
    page = text_of(dashboard.get("migrations/"))
    assert "Everything is applied." in page
    assert "auth_app" in page
    whole = MigrationLoader.build_graph

    def lacking(self):
        whole(self)
        del self.applied_migrations["auth_app", "0001_initial"]

    monkeypatch.setattr(MigrationLoader, "build_graph", lacking)
    assert "Pending auth_app 0001_initial" in text_of(dashboard.get("migrations/"))


# --- settings -------------------------------------------------------------------------------------


def form_of(response):
    """Return what a browser would send if nothing was changed."""
    data = {}
    for _title, controls in response.context["sections"]:
        for control in controls:
            if control.kind != "flag":
                data[control.name] = control.value
            elif control.value:
                data[control.name] = "on"
    return data


def test_settings_are_saved_as_by_the_api(dashboard):
    store.update({"smtp": {"password": "secret"}})
    seen = []

    def note(event, **kwargs):
        seen.append(event.patch)

    settings_update_request.connect(note)
    try:
        page = dashboard.get("settings/")
        assert "secret" not in [
            control.value for _, controls in page.context["sections"] for control in controls
        ]
        data = form_of(page)
        data |= {"meta.appName": "Shop", "smtp.enabled": "on", "smtp.port": "2525"}
        data |= {"superuserIPs": "127.0.0.1\n10.0.0.0/8\n"}
        del data["logs.logIP"]
        assert dashboard.post("settings/", **data).status_code == 302
    finally:
        settings_update_request.disconnect(note)
    assert seen == [
        {
            "meta": {"appName": "Shop"},
            "smtp": {"enabled": True, "port": 2525},
            "superuserIPs": ["127.0.0.1", "10.0.0.0/8"],
            "logs": {"logIP": False},
        }
    ]
    settings = store.current()
    assert (settings.meta.app_name, settings.smtp.port) == ("Shop", 2525)
    assert (settings.smtp.password, settings.logs.log_ip) == ("secret", False)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("meta.appName", "", "Cannot be blank."),
        ("smtp.port", "many", "This is not a whole number."),
        ("rateLimits.rules", "[{", "This is not JSON"),
        ("backups.cron", "now and then", "cron"),
    ],
)
def test_refused_settings_change_nothing(dashboard, name, value, error):
    before = store.current()
    data = form_of(dashboard.get("settings/")) | {name: value}
    response = dashboard.post("settings/", **data)
    assert response.status_code == 400
    controls = [item for _, controls in response.context["sections"] for item in controls]
    assert [item.name for item in controls if item.error] == [name]
    assert error.lower() in next(item.error for item in controls if item.error).lower()
    assert store.current() == before


def test_a_test_mail(dashboard):
    users = lookup.get("users")
    data = {"email": "a@example.com", "template": "otp", "collection": users.id}
    assert dashboard.post("settings/test-mail/", **data).status_code == 302
    assert [item.to for item in mail.outbox] == [["a@example.com"]]
    assert "The mail to a@example.com has been sent." in text_of(dashboard.get("settings/"))
    dashboard.post("settings/test-mail/", **(data | {"email": "nobody"}))
    assert len(mail.outbox) == 1


# --- collections as JSON --------------------------------------------------------------------------


def test_a_bucket_is_tried(dashboard, monkeypatch):
    def tried(name):
        path = "/_/settings/test-storage/"
        return text_of(dashboard.client.post(path, {"filesystem": name}, follow=True))

    assert "S3 storage filesystem is not enabled" in tried("storage")
    at = {"endpoint": "http://127.0.0.1:9", "bucket": "b", "region": "r"}
    keys = {"accessKey": "a", "secret": "s"}
    store.update({"backups": {"s3": {"enabled": True, **at, **keys}}})
    assert "S3 storage filesystem is not enabled" in tried("storage")
    bucket = MemoryBucket()
    monkeypatch.setattr(choose, "bucket", lambda group: bucket)
    assert "The bucket takes files and lets them go." in tried("backups")
    assert bucket.files == {}
    assert bucket.written == 1


class MemoryBucket:
    """What ``choose.bucket`` gives, as far as a trial needs it."""

    def __init__(self):
        self.files, self.written = {}, 0

    def write(self, name, content, content_type, attributes):
        self.files[name] = content.read()
        self.written += 1

    def delete_folder(self, folder):
        self.files = {name: body for name, body in self.files.items() if folder not in name}


def test_export_is_what_the_api_gives(dashboard):
    make_collection("posts", text("title"))
    response = dashboard.get("transfer/collections.json")
    assert "attachment" in response.headers["Content-Disposition"]
    found = {item["name"]: item for item in response.json()}
    assert found["posts"] == json.loads(json.dumps(present.collection_json(lookup.get("posts"))))


def test_export_by_choice(dashboard):
    posts, tags = make_collection("posts", text("title")), make_collection("tags", text("word"))
    make_collection("others", text("word"))
    response = dashboard.get("transfer/collections.json", id=[posts.id, tags.id])
    assert {item["name"] for item in response.json()} == {"posts", "tags"}
    page = dashboard.get("transfer/").content.decode()
    assert f'value="{posts.id}"' in page
    assert "listRule" not in page  # a page with the export in it would be megabytes


def test_import_shows_the_changes_first(dashboard):
    posts = make_collection("posts", text("title"))
    make_record(posts, title="a")
    shape = json.loads(json.dumps(present.collection_json(posts)))
    shape["listRule"] = ""
    shape["fields"].append({"type": "bool", "name": "seen"})
    fresh = {"name": "tags", "type": "base", "fields": [{"type": "text", "name": "word"}]}
    text_sent = json.dumps([shape, fresh])
    response = dashboard.post("transfer/import/", json=text_sent)
    assert [(item.name, item.kind, item.lines) for item in response.context["changes"]] == [
        (
            "posts",
            "changed",
            [
                'adds column "seen", empty in 1 row',
                "List and search: superusers only → everyone",
            ],
        ),
        ("tags", "new", ['makes table "tags" with 2 columns']),
    ]
    assert lookup.get("posts").list_rule is None
    assert dashboard.post("transfer/import/", json=text_sent, act="import").status_code == 302
    assert lookup.get("posts").list_rule == ""
    assert list(lookup.get("tags").by_name) == ["id", "word"]
    assert records.count("posts") == 1


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ("[", "This is not JSON"),
        ("3", "This must be a list of collections."),
        ("[]", "There is no collection in it."),
        ('[{"name": "bad name", "type": "base"}]', "bad name"),
    ],
)
def test_a_refused_import_says_why(dashboard, sent, error):
    before = present.collection_json(lookup.get("users"))
    for act in ("", "import"):
        response = dashboard.post("transfer/import/", json=sent, act=act)
        assert response.status_code == 400
        assert error in " ".join(response.context["errors"])
    assert present.collection_json(lookup.get("users")) == before


def test_deletions_are_told(dashboard):
    posts = make_collection("posts", text("title"))
    users = json.dumps([present.collection_json(lookup.get("users"))])
    response = dashboard.post("transfer/import/", json=users, deleteMissing="on")
    assert [(item.name, item.kind) for item in response.context["changes"]] == [
        ("posts", "deleted")
    ]
    assert lookup.get("posts").id == posts.id
