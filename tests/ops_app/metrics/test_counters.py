import os
import threading

import pytest

from ops_app.metrics import counters


@pytest.fixture
def count(settings, tmp_path):
    settings.HOLDALL_DATA_DIR = tmp_path
    return counters._Counters().count


def totals():
    return {total.method: total for total in counters.totals()}


def test_nothing_yet(count):
    assert {sum(total.by_status) for total in counters.totals()} == {0}


def test_each_in_its_place(count):
    for method, status, took_s in [
        *(("GET", 200, 0.001), ("GET", 204, 0.0011), ("GET", 404, 99), ("BREW", 101, 0.3)),
        (None, 600, 0.2),
    ]:
        count(method, status, took_s)
    found = totals()
    assert found["GET"].by_status == (2, 0, 1, 0, 0)
    assert found["GET"].buckets == (1, 1, *[0] * 11, 1)
    assert found["GET"].seconds == pytest.approx(99.0021)
    assert found["other"].by_status == (0, 0, 0, 0, 2)
    assert sum(found["POST"].buckets) == 0


def test_threads_lose_nothing(count):
    def many():
        for _ in range(2000):
            count("POST", 200, 0.5)

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals()["POST"].by_status[0] == 8000


def test_processes_add_up(count):
    count("GET", 200, 0.1)
    child = os.fork()
    if not child:
        count("GET", 200, 0.1)
        count("GET", 500, 0.1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    count("GET", 200, 0.1)
    assert totals()["GET"].by_status == (3, 0, 0, 1, 0)
    counters.forget()
    assert totals()["GET"].by_status == (0, 0, 0, 0, 0)
