import pytest
from prometheus_client.parser import text_string_to_metric_families

from core_app import cron_runs
from ops_app.backups import shelf
from ops_app.metrics import counters

PATH = "/api/metrics"


@pytest.fixture(autouse=True)
def own(settings, tmp_path, monkeypatch):
    settings.HOLDALL_DATA_DIR = tmp_path
    monkeypatch.setattr("ops_app.logs.middleware.count", counters._Counters().count)


def samples(response):
    """Read it as Prometheus would: ``{(name, values of labels by name): value}``."""
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, *dict(sorted(sample.labels.items())).values()): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def test_requests(api, root_api):
    for path in ("/api/health", "/api/health", "/api/nope"):
        api.get(path)
    found = samples(root_api.get(PATH))
    assert found["holdall_http_requests_total", "GET", "2xx"] == 2
    assert found["holdall_http_requests_total", "GET", "4xx"] == 1
    assert found["holdall_http_requests_total", "POST", "2xx"] == 0
    assert found["holdall_http_request_duration_seconds_count", "GET"] == 3
    assert found["holdall_http_request_duration_seconds_bucket", "+Inf", "GET"] == 3
    assert 0 < found["holdall_http_request_duration_seconds_sum", "GET"] < 30
    assert samples(root_api.get(PATH))["holdall_http_requests_total", "GET", "2xx"] == 3


@pytest.mark.sqlite
def test_jobs_files_and_backups(root_api):
    job = ("__pbLogsCleanup__",)
    found = samples(root_api.get(PATH))
    assert ("holdall_job_last_run_failed", *job) not in found
    assert found["holdall_backups",] == 0
    assert found["holdall_database_bytes", "default", "main"] > 0
    assert 0 < found["holdall_disk_free_bytes",] < found["holdall_disk_bytes",]
    cron_runs.started(*job)
    cron_runs.finished(*job, 1500, "KeyError: 'x'")
    shelf.folder().mkdir()
    (shelf.folder() / "a.zip").write_bytes(b"1234")
    found = samples(root_api.get(PATH))
    assert found["holdall_job_last_run_failed", *job] == 1
    assert found["holdall_job_last_run_duration_seconds", *job] == 1.5
    assert found["holdall_job_last_run_timestamp_seconds", *job] > 1.7e9
    assert (found["holdall_backups",], found["holdall_backup_last_bytes",]) == (1, 4)


def test_who_may_read(api, make_user, settings):
    assert api.get(PATH).status_code == 401
    assert api.as_(make_user()).get(PATH).status_code == 403
    assert api.using(Authorization="Bearer ").get(PATH).status_code == 401
    settings.HOLDALL_METRICS_TOKEN = "a secret"
    for sent, status in [("Bearer a secret", 200), ("Bearer a secre", 401), ("", 401)]:
        assert api.using(Authorization=sent).get(PATH).status_code == status
    assert api.using(Authorization="Bearer a secret").get("/api/settings").status_code == 401


def test_only_get(root_api):
    assert root_api.post(PATH).status_code == 404
