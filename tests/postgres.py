"""PostgreSQL for tests: is there one, databases of their own, and the suite's own database."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections

from tests.ports import free_port

URL = os.environ.get("HOLDALL_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432")


def absent() -> str:
    """Return why there is no PostgreSQL to ask, ``""`` if there is one."""
    import psycopg

    try:
        psycopg.connect(URL, dbname="postgres", connect_timeout=2).close()
    except psycopg.OperationalError as error:
        return f"no PostgreSQL: {error}".splitlines()[0]
    return ""


@contextmanager
def empty_database() -> Iterator[str]:
    """Give the address of a new database, which is dropped at the end."""
    url = _new_database()
    try:
        yield url
    finally:
        _drop_database(url)


#: data folder -> address of its database
_of_folders: dict[Path, str] = {}


def database_of(folder: Path) -> str:
    """Return the address of the database that goes with a data folder, which may not exist yet."""
    if folder not in _of_folders:
        _of_folders[folder] = _new_database()
    return _of_folders[folder]


def copy_database(pattern: Path, folder: Path) -> None:
    """Let the database of ``folder``, if it has one, be like that of ``pattern``."""
    if folder in _of_folders:
        _drop_database(_of_folders[folder])
        _create_database(_of_folders[folder], _of_folders[pattern])


def drop_databases(place: Path) -> None:
    """Drop the databases of all data folders in ``place``."""
    for folder in [folder for folder in _of_folders if folder.is_relative_to(place)]:
        _drop_database(_of_folders.pop(folder))


def _new_database() -> str:
    if reason := absent():
        pytest.skip(reason)
    url = f"{URL.rstrip('/')}/holdall_{uuid.uuid4().hex[:12]}"
    _create_database(url)
    return url


def _create_database(url: str, pattern: str = "/template1") -> None:
    _tell_server(f'CREATE DATABASE "{_name(url)}" TEMPLATE "{_name(pattern)}"')


def _drop_database(url: str) -> None:
    _tell_server(f'DROP DATABASE "{_name(url)}" WITH (FORCE)')


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _tell_server(statement: str) -> None:
    import psycopg

    with psycopg.connect(URL, dbname="postgres", autocommit=True) as server:
        server.execute(statement)


@contextmanager
def fresh_copy() -> Iterator[Callable[[], None]]:
    """Complete the database of the suite and keep a copy of it; give what brings the copy back."""
    import psycopg

    # both aliases are one database to Django, so it has migrated the first alone
    call_command("migrate", "ops_app", database="auxiliary", verbosity=0)
    settings = connections["default"].settings_dict
    name = settings["NAME"]
    copy = f"{name}_fresh"
    given = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    where = {key: settings[ours] for key, ours in given.items() if settings[ours]}

    def replace(target: str, source: str) -> None:
        connections.close_all()
        server.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    with psycopg.connect(dbname="postgres", autocommit=True, **where) as server:
        replace(copy, name)
        try:
            yield lambda: replace(name, copy)
        finally:
            connections.close_all()
            server.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')


@contextmanager
def place() -> Iterator[Path]:
    """Give a folder for clusters, which is removed at the end; skip where there can be none."""
    if reason := Cluster.absent():
        pytest.skip(reason)
    # the server's user has no way into pytest's folders
    folder = Path(tempfile.mkdtemp(prefix="holdall-postgres-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


class Cluster:
    """A PostgreSQL server of the test's own, which may be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        folder.mkdir(0o700)
        shutil.chown(folder, self.user)
        self.fill()

    def fill(self) -> None:
        self._run("initdb", "-D", str(self.folder), "-U", "postgres", "-A", "trust", "-N")

    #: PostgreSQL refuses to run as root
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    @classmethod
    def absent(cls) -> str:
        """Return why there can be none, ``""`` if there can."""
        return "" if cls._binaries() else "PostgreSQL's initdb and postgres are not installed"

    def start(self, *options: str) -> None:
        settings = ("-p", str(self.port), "-k", str(self.folder), "-h", "127.0.0.1", *options)
        command = [str(self._binaries() / "postgres"), "-D", str(self.folder), *settings]
        self.log = (self.folder.parent / "postgres.log").open("ab")
        self.process = subprocess.Popen(
            command, user=self.user, stdout=self.log, stderr=self.log, cwd=self.folder
        )
        self._run("pg_isready", "-p", str(self.port), "-h", "127.0.0.1", "-t", "30", until=True)

    def stop(self) -> None:
        """Stop at once, with open connections."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        self.log.close()

    def _run(self, name: str, *arguments: str, until: bool = False) -> None:
        command = [str(self._binaries() / name), *arguments]
        deadline = time.monotonic() + 60
        while True:
            made = subprocess.run(command, user=self.user, capture_output=True, cwd=self.folder)
            if not made.returncode:
                return
            if not until or time.monotonic() > deadline:
                raise RuntimeError(made.stderr.decode())
            time.sleep(0.05)

    @staticmethod
    def _binaries() -> Path | None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if found:
            return found[-1].parent
        beside = shutil.which("initdb")
        return Path(beside).parent if beside else None


class Standby(Cluster):
    """A streaming replica of a cluster that runs."""

    def __init__(self, folder: Path, primary: Cluster) -> None:
        self.primary = primary
        super().__init__(folder)

    def fill(self) -> None:
        place = ("-D", str(self.folder), "-R", "-X", "stream", "-c", "fast", "-N")
        self._run("pg_basebackup", "-d", self.primary.url, *place)


@contextmanager
def server_of_a_run() -> Iterator[tuple[str, str]]:
    """Give the address of a server and ``""``, or ``""`` and why there is none.

    It is the run's own where that can be, and waits for no disk: what it holds dies with it.
    """
    if "HOLDALL_TEST_POSTGRES" in os.environ or Cluster.absent():
        reason = absent()
        yield ("", reason) if reason else (URL, "")
        return
    with place() as folder:
        cluster = Cluster(folder / "cluster")
        careless = ("fsync", "synchronous_commit", "full_page_writes")
        options = [option for name in careless for option in ("-c", f"{name}=off")]
        cluster.start(*options, "-c", "max_connections=300")
        try:
            yield cluster.url.removesuffix("/postgres"), ""
        finally:
            cluster.stop()


def _main(command: str, *arguments: str) -> int:
    """``beside COMMAND``: run it with a server; ``on COMMAND``: with the suite's database there.

    Where there is no server, the first goes without and the second does not run.
    """
    with server_of_a_run() as (url, reason):
        environment = dict(os.environ)
        if url:
            environment["HOLDALL_TEST_POSTGRES"] = url
        if command == "on":
            if reason:
                sys.stderr.write(f"not on PostgreSQL: {reason}\n")
                return 0
            environment["HOLDALL_TEST_DATABASE"] = f"{url.rstrip('/')}/holdall_{os.getpid()}"
        return subprocess.run(arguments, env=environment).returncode


if __name__ == "__main__":
    raise SystemExit(_main(*sys.argv[1:]))
