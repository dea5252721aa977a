import threading

import pytest

from core_app import crons

UNKNOWN = {"data": {}, "message": "Missing or invalid cron job.", "status": 404}


@pytest.fixture
def job(transactional_db):
    done = threading.Event()
    crons.cron("my job", "@hourly")(done.set)
    yield done
    for thread in threading.enumerate():
        if thread.name.startswith("cron "):
            thread.join()
    crons.remove("my job")


def test_list(root_api, job):
    assert root_api.get("/api/crons").json() == [
        {"id": "my job", "expression": "0 * * * *"},
        {"id": "__pbDBOptimize__", "expression": "0 0 * * *"},
        {"id": "__pbMFACleanup__", "expression": "0 * * * *"},
        {"id": "__pbOTPCleanup__", "expression": "0 * * * *"},
        {"id": "__pbLogsCleanup__", "expression": "0 */6 * * *"},
        {"id": "purgeTrash", "expression": "30 3 * * *"},
    ]


def test_run_now(root_api, job):
    response = root_api.post("/api/crons/my job")
    assert (response.status_code, response.content) == (204, b"")
    assert job.wait(60)


def last_run(root_api):
    [found] = [job for job in root_api.get("/api/crons/runs").json() if job["id"] == "my job"]
    assert found["expression"] == "0 * * * *"
    return found["lastRun"]


def finished_run(root_api):
    for thread in threading.enumerate():
        if thread.name.startswith("cron "):
            thread.join()
    return last_run(root_api)


def test_last_run(root_api, job):
    assert last_run(root_api) is None
    root_api.post("/api/crons/my job")
    run = finished_run(root_api)
    assert run["started"] <= run["finished"]
    assert (run["error"], run["running"]) == ("", False)
    assert 0 <= run["duration"] < 10_000


def test_error_of_the_last_run(root_api, job):
    crons.cron("my job", "@hourly")(lambda: {}["nope"])
    root_api.post("/api/crons/my job")
    assert finished_run(root_api)["error"] == "KeyError: 'nope'"
    crons.cron("my job", "@hourly")(lambda: None)
    root_api.post("/api/crons/my job")
    assert finished_run(root_api)["error"] == ""


def test_runs_do_not_overlap(root_api, job):
    begun, end, count = threading.Event(), threading.Event(), []

    def slow():
        count.append(1)
        begun.set()
        assert end.wait(60)

    crons.cron("my job", "@hourly")(slow)
    root_api.post("/api/crons/my job")
    assert begun.wait(60)
    assert last_run(root_api)["running"] is True
    crons.run_in_background(crons.find("my job")).join()
    end.set()
    run = finished_run(root_api)
    assert (len(count), run["running"], run["error"]) == (1, False, "")


def test_unknown(root_api):
    response = root_api.post("/api/crons/nope")
    assert (response.status_code, response.json()) == (404, UNKNOWN)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/crons"), ("GET", "/api/crons/runs"), ("POST", "/api/crons/my job")],
)
def test_only_superusers(api, make_user, job, method, path):
    assert api.request(method, path).status_code == 401
    assert api.as_(make_user()).request(method, path).status_code == 403
    assert not job.is_set()
