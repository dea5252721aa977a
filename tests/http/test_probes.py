import sqlite3

import pytest

from ops_app.api import probes
from ops_app.backups import swap

ALL_OK = {"data": "ok", "logs": "ok", "disk": "ok", "restore": "ok"}


def test_live(api):
    response = api.get("/api/health/live")
    assert (response.status_code, response.json()) == (
        200,
        {"message": "Alive.", "code": 200, "data": {}},
    )


def test_ready(api):
    response = api.get("/api/health/ready")
    assert (response.status_code, response.json()) == (
        200,
        {"message": "Ready.", "code": 200, "data": ALL_OK},
    )


@pytest.fixture
def own_data(settings, tmp_path):
    settings.HOLDALL_DATA_DIR = tmp_path


def not_ready(api, what):
    response = api.get("/api/health/ready")
    assert (response.status_code, response.json()) == (
        503,
        {"message": "Not ready.", "code": 503, "data": ALL_OK | {what: "failed"}},
    )


def test_not_while_data_is_exchanged(api, own_data):
    swap.stage_folder().mkdir(parents=True)
    swap.prepare("a.zip", swap.Scope())
    not_ready(api, "restore")
    assert api.get("/api/health/live").status_code == 200
    swap.finish()
    assert api.get("/api/health/ready").status_code == 200


def test_not_on_a_full_disk(api, monkeypatch):
    usage = type("Usage", (), {"free": 1 << 20})
    monkeypatch.setattr(probes.shutil, "disk_usage", lambda _: usage)
    not_ready(api, "disk")


@pytest.mark.parametrize(
    "error", [probes.DatabaseError("disk I/O error"), sqlite3.OperationalError("disk I/O error")]
)
def test_probes_answer_without_the_database(api, monkeypatch, caplog, error):
    for name in ("fetch_one", "fetch_all"):
        fetch = getattr(probes.sql, name)

        def failing(text, params=(), using="default", fetch=fetch):
            if using == "default":
                raise error
            return fetch(text, params, using)

        monkeypatch.setattr(probes.sql, name, failing)
    not_ready(api, "data")
    assert api.get("/api/health/live").status_code == 200
    assert caplog.records == []
    assert api.get("/api/health").status_code == 500
    [told] = caplog.records
    assert (told.name, told.getMessage()) == ("holdall.errors", "GET /api/health failed")


def test_not_without_the_log_database(api, monkeypatch):
    fetch = probes.sql.fetch_one

    def failing(text, params=(), using="default"):
        if using == "auxiliary":
            raise probes.DatabaseError("disk I/O error")
        return fetch(text, params, using)

    monkeypatch.setattr(probes.sql, "fetch_one", failing)
    not_ready(api, "logs")
