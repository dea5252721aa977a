from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time

import pytest

from core_app import lock_files

HOLD = """
import sys
from pathlib import Path
from core_app import lock_files
lock = lock_files.open_lock(Path(sys.argv[1]))
print(lock_files.take(lock), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lock"


@pytest.fixture
def opened(path):
    """Open the lock, as often as it is called."""
    descriptors = []

    def open_one():
        descriptors.append(lock_files.open_lock(path))
        return descriptors[-1]

    yield open_one
    for descriptor in descriptors:
        os.close(descriptor)


def test_one_holds_it(opened):
    one, other = opened(), opened()
    assert not lock_files.is_held(one)
    assert lock_files.take(one)
    assert lock_files.is_held(other)
    assert not lock_files.take(other)
    assert lock_files.take(one)


def test_a_dead_process_holds_nothing(path, opened):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "True\n"
        assert lock_files.is_held(opened())
        other.kill()
    assert not lock_files.is_held(opened())
    assert lock_files.take(opened())


def test_who_asks_hinders_nobody(opened, monkeypatch):
    one, asking = opened(), opened()
    fcntl.flock(asking, fcntl.LOCK_SH)  # as ``is_held`` does for an instant
    monkeypatch.setattr(time, "sleep", lambda _: fcntl.flock(asking, fcntl.LOCK_UN))
    assert lock_files.take(one)
