"""A burst of requests with the request log on and off: is anything lost, what does it cost?

    python bench/logs.py [--seconds 5] [--rounds 3]

Starts ``manage.py serve`` with two workers on a data folder of its own and has wrk send GET /api/health
over 16 connections, as fast as they are answered, in turns with the log on and off. Afterwards it counts
the log's rows. CPU is that of the workers, so that other load on the machine matters less.
"""

import argparse
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.servers import Holdall  # noqa: E402

CONNECTIONS = 16
PATH = "/api/health?burst=1"


def burst(server, seconds):
    """Send requests as fast as they are answered; return how many were, all with 200."""
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", server.url + PATH]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(said)
    return int(re.search(r"(\d+) requests in", said)[1])


def cpu(server):
    children = psutil.Process(server.process.pid).children()
    return sum(sum(child.cpu_times()[:2]) for child in children)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="holdall-bench-") as folder:
        server = Holdall(Path(folder) / "data", "--workers", "2")
        server.wait_s = 300  # on a busy machine
        sent = {5: 0, 0: 0}
        spent = {5: 0.0, 0: 0.0}
        with server:
            for _ in range(options.rounds):
                for days in (5, 0):
                    # a higher level logs nothing of this, and deletes the rows of the turn before
                    level = {"minLevel": 0 if days else 8}
                    server.http.patch("/api/settings", json={"logs": level}).raise_for_status()
                    server.http.get("/api/health")
                    before = cpu(server)
                    began = time.monotonic()
                    count = burst(server, options.seconds)
                    took = time.monotonic() - began
                    time.sleep(4)  # what is noted is written within three seconds
                    used = cpu(server) - before
                    sent[days] += count
                    spent[days] += used
                    state = "on " if days else "off"
                    print(f"log {state}  {count / took:6.0f} req/s  {used / count * 1e6:5.0f} us CPU each")
                    if days:
                        print(f"         {counted(server)} rows for {count} requests")
        for days, state in ((5, "on"), (0, "off")):
            print(f"mean, log {state}: {spent[days] / sent[days] * 1e6:.0f} us of CPU a request")


def counted(server):
    with sqlite3.connect(server.data / "auxiliary.db") as database:
        query = "SELECT COUNT(*) FROM _logs WHERE message = ?"
        (rows,) = database.execute(query, (f"GET {PATH}",)).fetchone()
    database.close()
    return rows


if __name__ == "__main__":
    main()
