"""Workers and the server are killed under the official SDK; it goes on by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time

import psutil

from tests.clients.driving import HERE, MARKS
from tests.servers import EMAIL, PASSWORD, Holdall

pytestmark = MARKS
WAIT_S = 120


def test_subscriptions_come_back(tmp_path):
    with Holdall(tmp_path / "data", "--workers", "2") as server:
        acts = {"kill the workers": kill_workers, "restart the server": restart}
        script = subprocess.Popen(
            ["node", "reconnect.mjs", server.url, EMAIL, PASSWORD],
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        end = threading.Timer(WAIT_S, script.kill)
        end.start()
        printed, done = [], []
        with script:
            for line in script.stdout:
                printed.append(line)
                if line.startswith("please "):
                    act = line.removeprefix("please ").strip()
                    acts[act](server)
                    done.append(act)
                    script.stdin.write("done\n")
                    script.stdin.flush()
        end.cancel()
    assert printed[-1] == "3 passed, 0 failed\n", "".join(printed)
    assert done == list(acts)


def kill_workers(server):
    """Kill all of them, and wait for those that take their places."""
    workers = {child.pid for child in psutil.Process(server.process.pid).children()}
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + WAIT_S
    while not server.is_answering():
        assert time.monotonic() < deadline, server.log.read_text()


def restart(server):
    """Kill the server with its workers and start it anew on its port and data."""
    parent = psutil.Process(server.process.pid)
    family = [parent, *parent.children(recursive=True)]
    for process in family:
        process.kill()
    server.process.wait(WAIT_S)
    psutil.wait_procs(family, WAIT_S)
    server.start()
