"""What a newcomer gets wrong on the command line: one clear line, no traceback, nothing changed."""

import shutil
import socket
import sqlite3
import subprocess
from contextlib import closing

import pytest

from tests.servers import Holdall
from tests.started import StartedHoldall

pytestmark = [pytest.mark.server, pytest.mark.sqlite]

ADDRESS = ("--http", "127.0.0.1:1", "--workers", "1")  # nobody gets as far as listening
EACH = [
    ("serve", *ADDRESS),
    ("superuser", "create", "a@example.com", "1234567890"),
    ("superuser", "delete", "a@example.com"),
    ("backup", "create"),
    ("export_pocketbase", "{out}"),
    ("migrate",),
    ("typegen", "--python"),
    ("storage_check",),
    ("openapi",),
    ("schema_preview",),
    ("schema_snapshot",),
    ("move_database", "--to", "postgres://127.0.0.1:1/x"),
]


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Ours, once started for all commands; its data folder is each test's."""
    with StartedHoldall(tmp_path_factory.mktemp("started") / "base" / "data") as running:
        yield running


@pytest.fixture
def ours(started):
    """Ours with an empty data folder."""
    shutil.rmtree(started.data)
    started.data.mkdir()
    return started


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A data folder as the first start makes it."""
    ours = Holdall(tmp_path_factory.mktemp("fresh") / "data")
    assert ours.manage("migrate", "-v", "0").returncode == 0
    return ours.data


def refused(ours, command, out, **options):
    """Run a command; return its one line, without what comes first in each."""
    done = ours.manage(*(word.replace("{out}", str(out)) for word in command), **options)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    [line] = done.stderr.splitlines()
    return line.removeprefix("CommandError: ").removeprefix("the database cannot be used: ")


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name == "data.db"}


@pytest.mark.parametrize("command", EACH, ids=lambda command: command[0])
def test_data_that_is_no_database(tmp_path, ours, command):
    (ours.data / "data.db").write_bytes(b"once upon a time " * 1000)
    before = files(ours.data)
    assert refused(ours, command, tmp_path / "out") == "file is not a database"
    assert files(ours.data) == before
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", EACH[:5], ids=lambda command: command[0])
def test_data_of_a_newer_version(tmp_path, ours, fresh, command):
    shutil.copytree(fresh, ours.data, dirs_exist_ok=True)
    with closing(sqlite3.connect(ours.data / "data.db")) as database:
        row = "('core_app', '9999_future', '2030-01-01')"
        database.execute(f"INSERT INTO django_migrations (app, name, applied) VALUES {row}")
        database.commit()
    before = files(ours.data)
    assert refused(ours, command, tmp_path / "out") == (
        "a newer version has used this data: its migration core_app.9999_future is not known "
        "here; install that version"
    )
    assert files(ours.data) == before


@pytest.mark.parametrize("command", [*EACH[:2], ("migrate",)], ids=lambda command: command[0])
def test_database_that_cannot_be_reached(tmp_path, command):
    ours = Holdall(tmp_path / "data", DATABASE_URL="postgres://127.0.0.1:1/x")
    said = refused(ours, command, tmp_path)
    assert said.startswith('connection failed: connection to server at "127.0.0.1", port 1 failed')


WHOLE = "it must be a whole number of at least 1"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "x", "DATABASE_URL must begin with postgres:// (without it"),
        ("DATABASE_URL", "postgres://", "DATABASE_URL must name a database: "),
        ("HOLDALL_ENCRYPTION_KEY", "short", "HOLDALL_ENCRYPTION_KEY must have 32 characters"),
        ("HOLDALL_THREADS", "0", f"HOLDALL_THREADS is '0'; {WHOLE}"),
        ("HOLDALL_THREADS", "x", f"HOLDALL_THREADS is 'x'; {WHOLE}"),
        ("HOLDALL_QUERY_TIMEOUT", "nan", "HOLDALL_QUERY_TIMEOUT is 'nan'; it must be a number"),
        ("HOLDALL_AUTOMIGRATE", "ja", "HOLDALL_AUTOMIGRATE is 'ja'; it must be true or false"),
        ("HOLDALL_ORIGINS", "a.test", "HOLDALL_ORIGINS has 'a.test'; write an origin as "),
        ("HOLDALL_APPS", "nope.apps", "HOLDALL_APPS names nope.apps, which is neither "),
        ("DJANGO_SETTINGS_MODULE", "nope", "DJANGO_SETTINGS_MODULE names nope, which is "),
        ("REDIS_URL", "x", "REDIS_URL must begin with redis://, rediss:// or unix://"),
        ("HOLDALL_DATA_DIR", "/proc/nope", "the data folder /proc/nope cannot be made: "),
    ],
)
def test_wrong_variable(tmp_path, name, value, said):
    ours = Holdall(tmp_path / "data", **{name: value})
    assert refused(ours, EACH[0], tmp_path).startswith(said)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("serve", "--http", "x:y"), "'x:y' is not an address; write host:port, for example "),
        (
            (*EACH[0], "--replicate", "nope://x"),
            "'nope://x' is no place for a replica; write s3://",
        ),
        (("restore", "--from", "nope://x", "--yes"), "'nope://x' is no place for a replica; "),
        (("superuser", "create", "x", "1234567890"), "missing or invalid email address"),
        (("superuser", "create"), "missing email and password arguments"),
        (("superuser", "otp", "a@b.test"), 'superuser with email "a@b.test" doesn\'t exist'),
        (("superuser", "ips", "x"), "failed to change the superuser IPs: superuserIPs.0: "),
        (("backup", "create", "A B"), "A B: Must be in a valid format. Example: "),
        (
            ("backup", "check", "nope.zip"),
            "there is no backup nope.zip; see: manage.py backup list",
        ),
        (
            ("backup", "restore", "/etc/hostname", "--yes"),
            "the zip file is damaged: File is not",
        ),
        (("import_pocketbase", "/nope"), "/nope is not a folder"),
        (("import_pocketbase", "/etc"), "/etc is no data folder of PocketBase: it has no data.db"),
        (("export_pocketbase", "/etc"), "/etc is not empty: name a folder that is, or a new one"),
        (("typegen", "--python", "--out", "/nope/x"), "cannot write /nope/x: No such file or "),
        (("openapi", "--out", "/nope/x"), "cannot write /nope/x: No such file or directory"),
        (("storage_copy", "--to", "s3"), "the settings' s3 group has no endpoint, bucket, region"),
        (("move_database", "--to", "mysql://a/b"), "DATABASE_URL must begin with postgres://"),
        (("move_database", "--to", "sqlite"), "the data is in such a database already: "),
        (("schema_preview", "nope"), 'no schema migration begins with "nope"'),
        (("migrate", "nope"), "No installed app with label 'nope'."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_argument(tmp_path, ours, fresh, command, said):
    shutil.copytree(fresh, ours.data, dirs_exist_ok=True)
    before = files(ours.data)
    assert refused(ours, command, tmp_path).startswith(said)
    assert files(ours.data) == before


def test_address_in_use(fresh):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        told = refused(Holdall(fresh), ("serve", "--http", address), "")
    assert told.startswith(f"cannot listen on {address}: Address already in use; end the server ")


@pytest.fixture
def small_disk(ours):
    """A file system of its own with some room, if this user may make one, around the data."""
    folder = ours.data.parent
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    try:
        made = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount")
    if made.returncode:
        pytest.skip("this user may not mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("command", EACH[:5], ids=lambda command: command[0])
def test_full_disk(ours, small_disk, fresh, command):
    shutil.copytree(fresh, ours.data, dirs_exist_ok=True)
    with (small_disk / "rest").open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(4096))
            except OSError:
                break
    before = files(ours.data)
    said = refused(ours, command, small_disk / "out")
    assert "full" in said or "No space left on device" in said
    assert files(ours.data) == before


def test_before_the_first_start(tmp_path):
    ours = Holdall(tmp_path / "data")
    asking = "from collections_app import records; records.count('users')"
    done = ours.manage("shell", "-v", "0", "-c", asking)
    said = "CommandError: the tables are not there yet: manage.py migrate makes them\n"
    assert (done.returncode, done.stderr) == (1, said)
    checked = ours.manage("check", "--deploy")
    assert checked.returncode == 0
    assert "(holdall.W100) The app's settings cannot be read" in checked.stderr


def test_interrupted(tmp_path, fresh):
    ours = Holdall(tmp_path / "data")
    shutil.copytree(fresh, ours.data)
    interrupted = (
        "import os, signal\n"
        "from collections_app import records\n"
        "from core_app.transactions import write\n"
        "with write():\n"
        "    records.create('users', email='a@example.com', password='1234567890')\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
    )
    done = ours.manage("shell", "-v", "0", "-c", interrupted)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted.\n")
    with closing(sqlite3.connect(ours.data / "data.db")) as database:
        assert database.execute("SELECT COUNT(*) FROM users").fetchone() == (0,)
