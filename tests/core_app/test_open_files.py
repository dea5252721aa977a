from __future__ import annotations

import resource
import subprocess
import sys

from core_app import open_files


def test_connections_leave_room_for_files_and_streams_for_connections(monkeypatch):
    monkeypatch.delenv("HOLDALL_MAX_CONNECTIONS", raising=False)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    assert (open_files.most_connections(), open_files.most_streams()) == (896, 784)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY,) * 2)
    assert open_files.most_connections() > 900_000
    monkeypatch.setenv("HOLDALL_MAX_CONNECTIONS", "40")
    assert (open_files.most_connections(), open_files.most_streams()) == (40, 35)


def test_a_process_takes_what_it_may():
    code = (
        "import resource as r; from core_app import open_files;"
        "r.setrlimit(r.RLIMIT_NOFILE, (100, 200)); open_files.raise_limit();"
        "print(r.getrlimit(r.RLIMIT_NOFILE)); open_files.raise_limit()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "(200, 200)\n"
