"""The official SDK's scripts with the data in PostgreSQL: two workers, and two machines."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.clients.driving import MARKS, drive
from tests.clients.test_sdk import ONLY_OURS, STEPS
from tests.postgres import empty_database
from tests.realtime.transports import RedisServer
from tests.servers import Holdall

SCRIPTS = STEPS | ONLY_OURS

pytestmark = [*MARKS, pytest.mark.postgres]


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory):
    data = tmp_path_factory.mktemp("workers") / "data"
    with empty_database() as url, Holdall(data, "--workers", "2", DATABASE_URL=url) as server:
        yield server.url


@pytest.fixture(scope="module")
def two_machines(tmp_path_factory, s3_server):
    """Two data folders; database, bucket and a Redis of their own are what they share."""
    if reason := RedisServer.absent():
        pytest.skip(reason)
    redis = RedisServer(tmp_path_factory.mktemp("redis"))
    redis.start()
    with ExitStack() as stack:
        stack.callback(redis.stop)
        shared = {
            "DATABASE_URL": stack.enter_context(empty_database()),
            "HOLDALL_SECRET_KEY": "a secret that both machines have",
            "REDIS_URL": redis.url,
        }
        machines = []
        for name in ("one", "two"):
            data = tmp_path_factory.mktemp(name) / "data"
            machine = Holdall(data, "--workers", "1", **shared)
            machine.has_superuser = bool(machines)
            machines.append(stack.enter_context(machine))
        changed = {"s3": s3_server.bucket().settings}
        machines[0].http.patch("/api/settings", json=changed).raise_for_status()
        yield ",".join(machine.url for machine in machines)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("where", ["two_workers", "two_machines"])
def test_sdk(where, script, request):
    printed = drive(script, request.getfixturevalue(where))
    assert printed.endswith(f"{SCRIPTS[script]} passed, 0 failed\n"), printed
