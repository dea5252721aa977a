import logging
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from core_app import crons
from tests.servers import ROOT, Holdall


@pytest.fixture
def ran(transactional_db):
    before = dict(crons._jobs)
    crons._jobs.clear()
    yield []
    crons._jobs.clear()
    crons._jobs.update(before)


def run(moment):
    for thread in crons.run_due(moment):
        thread.join()


def test_due_jobs_run(ran):
    crons.cron("hourly", "0 * * * *")(lambda: ran.append("hourly"))
    crons.cron("daily", "@daily")(lambda: ran.append("daily"))
    run(datetime(2024, 5, 15, 10, 0, tzinfo=UTC))
    assert ran == ["hourly"]


def test_a_minute_is_taken_once(ran):
    """As on two machines with one database: the second comes too late."""
    crons.cron("a", "* * * * *")(lambda: ran.append("a"))
    for minute in (0, 0, 1, 1, 0):
        run(datetime(2024, 5, 15, 10, minute, 30, tzinfo=UTC))
    assert ran == ["a", "a"]


def test_a_clock_that_was_ahead_does_not_stop_jobs(ran):
    """As after a start before the time was known, or when a machine is woken."""
    crons.cron("a", "* * * * *")(lambda: ran.append("a"))
    moments = [(15, 10, 0), (25, 10, 0), (15, 10, 1), (15, 10, 1), (15, 10, 2)]
    for day, hour, minute in moments:
        run(datetime(2024, 5, day, hour, minute, tzinfo=UTC))
    assert ran == ["a"] * 4


def test_same_id_replaces(ran):
    crons.cron("a", "* * * * *")(lambda: ran.append("old"))
    crons.cron("a", "* * * * *")(lambda: ran.append("new"))
    run(datetime(2024, 5, 15, 10, 0, tzinfo=UTC))
    assert ran == ["new"]


def test_removed(ran):
    crons.cron("a", "* * * * *")(lambda: ran.append("a"))
    crons.remove("a")
    crons.remove("a")
    assert crons.jobs() == []


def test_error_is_logged_and_stops_nobody(ran, caplog):
    crons.cron("bad", "* * * * *")(lambda: 1 / 0)
    crons.cron("good", "* * * * *")(lambda: ran.append("good"))
    with caplog.at_level(logging.ERROR, "holdall.crons"):
        run(datetime(2024, 5, 15, 10, 0, tzinfo=UTC))
    assert ran == ["good"]
    assert "cron job bad failed" in caplog.text


def test_jobs_follow_the_settings_without_requests(ran):
    """The worker that keeps the time may have no requests: it reads the settings itself."""
    from core_app import versions
    from core_app.settings_store.hooks import settings_reloaded
    from core_app.transactions import write

    def follow(settings, **_):
        crons.cron("a", "* * * * *")(lambda: ran.append(settings.meta.app_name))

    settings_reloaded.connect(follow)
    try:
        with write():
            versions.bump("settings")
        crons._tick_once(datetime(2024, 5, 15, 10, 0, tzinfo=UTC))
    finally:
        settings_reloaded.disconnect(follow)
    for thread in threading.enumerate():
        if thread.name == "cron a":
            thread.join()
    assert ran == ["Acme"]


WORKER = """
import sys, time
import django
django.setup()
from datetime import UTC, datetime
from core_app import crons

@crons.cron("job", "* * * * *")
def job():
    with open(sys.argv[1], "a") as file:
        file.write("x")
    time.sleep(0.2)

for thread in crons.run_due(datetime(2024, 5, 15, 10, 0, tzinfo=UTC)):
    thread.join()
"""


@pytest.mark.server
def test_several_processes(tmp_path):
    """A job of one minute runs in one of two processes."""
    ours = Holdall(tmp_path / "data")
    assert ours.manage("superuser", "ips").returncode == 0
    environment = {**ours.environment, "PYTHONPATH": str(ROOT)}
    written = tmp_path / "runs"
    command = [sys.executable, "-c", WORKER, str(written)]
    workers = [subprocess.Popen(command, env=environment) for _ in range(2)]
    assert [worker.wait(120) for worker in workers] == [0, 0]
    assert written.read_text() == "x"
