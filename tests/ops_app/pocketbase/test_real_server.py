"""Moving in from the real PocketBase and out to it: every answer stays what it was."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ops_app.pocketbase import layout
from tests.ops_app.pocketbase import app
from tests.servers import Holdall, PocketBase

# import and export work on SQLite alone, and say so elsewhere
pytestmark = [pytest.mark.pocketbase, pytest.mark.server, pytest.mark.sqlite]


class Importing(Holdall):
    """A new server that takes in what lies beside its data while it runs."""

    has_superuser = True  # as soon as it has been taken in

    def start(self):
        super().start()
        original = str(self.data.with_name("pb_data"))
        self.dry_run = self.manage("import_pocketbase", original, "--dry-run")
        self.done = self.manage("import_pocketbase", original)


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """The app on PocketBase, moved in while that runs, and out again to another PocketBase."""
    if reason := PocketBase.absent():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("moving")
    seen = {}
    with PocketBase(folder / "pb_data") as original:
        app.make(original)
        tokens = app.Tokens(original)
        seen["original"] = app.answers(original, tokens)
        seen["untouched"] = [_data(folder / "pb_data")]
        ours = Importing(folder / "data")
        with ours:
            seen["untouched"].append(_data(folder / "pb_data"))
            seen["ours"] = app.answers(ours, tokens)
        seen["dry run"], seen["import"] = ours.dry_run, ours.done
    seen["at rest"] = app.contents(folder / "pb_data")
    seen["again"] = ours.manage("import_pocketbase", str(folder / "pb_data"), "--logs")
    seen["at rest"] = seen["at rest"], app.contents(folder / "pb_data")
    seen["export"] = ours.manage("export_pocketbase", str(folder / "given"), "--logs")
    shutil.copytree(folder / "given", folder / "kept")
    given = PocketBase(folder / "given")
    given.has_superuser = True
    with given:
        seen["given"] = app.answers(given, tokens)
    seen["migrations"] = _rows(folder / "given" / "data.db", "SELECT * FROM _migrations")
    seen["folder"] = folder
    return seen


def _data(folder: Path):
    """What an import reads, and a running server does not write by itself."""
    names = ("data.db", "data.db-wal", "data.db-shm", "storage")
    return {name: value for name, value in app.contents(folder).items() if name.startswith(names)}


def _rows(path: Path, statement: str):
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        return database.execute(statement).fetchall()


def _differing(one, other):
    assert one.keys() == other.keys()
    return {key: (one[key], other[key]) for key in one if one[key] != other[key]}


def test_report_and_result(moved):
    dry, done = moved["dry run"], moved["import"]
    assert (dry.returncode, dry.stderr) == (0, "")
    assert "  posts           new, 12 records\n" in dry.stdout
    assert "files: 19 (" in dry.stdout
    beside = f"migrations in {moved['folder']}/pb_migrations (6)"
    assert dry.stdout.partition("cannot be taken:\n")[2].splitlines() == [
        f"  {beside}: the collections come along as they are"
    ]
    assert (done.returncode, done.stderr) == (0, "")
    assert "19 files" in done.stdout.splitlines()[-1]


def test_every_answer_is_the_same_here(moved):
    assert _differing(moved["original"], moved["ours"]) == {}


def test_the_running_original_is_not_written_to(moved):
    before, after = moved["untouched"]
    assert "data.db-wal" in before
    assert before == after


def test_the_original_at_rest_is_not_written_to(moved):
    before, after = moved["at rest"]
    assert before == after


def test_again_brings_only_the_log(moved):
    done = moved["again"]
    assert (done.returncode, done.stderr) == (0, "")
    last = done.stdout.splitlines()[-1]
    assert ": 0 records, 0 files (0 bytes), " in last
    assert int(last.rpartition(", ")[2].split()[0].replace(",", "")) > 50


def test_every_answer_is_the_same_after_the_way_back(moved):
    assert moved["export"].returncode == 0, moved["export"].stderr
    assert _differing(moved["original"], moved["given"]) == {}


def test_the_binary_starts_without_migrations(moved):
    """Those of the original lie beside it, and would make its collections once more."""
    beside = [path.name for path in (moved["folder"] / "pb_migrations").glob("*.js")]
    assert len(beside) > 5
    expected = [*layout.MIGRATIONS, *((name, layout.APPLIED) for name in beside)]
    assert sorted(moved["migrations"]) == sorted(expected)


def test_export_and_import_again_give_the_same(moved):
    folder = moved["folder"]
    second = Holdall(folder / "second")
    done = second.manage("import_pocketbase", str(folder / "kept"))
    assert done.returncode == 0, done.stderr
    exported = second.manage("export_pocketbase", str(folder / "given-again"))
    assert exported.returncode == 0, exported.stderr
    assert _dump(folder / "kept") == _dump(folder / "given-again")
    assert _files(folder / "kept") == _files(folder / "given-again")


def _dump(folder: Path):
    """All statements that make the database, but for the moment the settings were saved at."""
    with closing(sqlite3.connect(folder / "data.db")) as database:
        database.execute("UPDATE _params SET created = '', updated = ''")
        return list(database.iterdump())


def _files(folder: Path):
    return {name: digest for name, (_, digest) in app.contents(folder / "storage").items()}
