import os
import sqlite3
from contextlib import closing

import pytest

from ops_app.replication.keeper import Keeper
from ops_app.serving import registry


@pytest.fixture
def data(settings, tmp_path):
    settings.HOLDALL_DATA_DIR = tmp_path / "data"
    settings.HOLDALL_DATA_DIR.mkdir()
    registry.register()
    yield settings.HOLDALL_DATA_DIR
    os.close(registry._held.pop())


def test_a_litestream_that_has_outlived_its_server_is_ended(data, tmp_path, monkeypatch, caplog):
    path = data / "data.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE t (n)")
    monkeypatch.setattr("ops_app.replication.keeper._database", lambda: path)
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    dead, alive = (Keeper(f"file://{tmp_path}/replica") for _ in range(2))
    orphan = dead._start(folders[0])
    with orphan:
        try:
            (data / ".servers" / "1").touch()  # of a server that has gone: nobody holds it
            assert alive._start(folders[1]) is None
            assert orphan.wait(60) is not None
        finally:
            orphan.kill()
    assert f"litestream {orphan.pid} has outlived its server" in caplog.text
    own = alive._start(folders[1])
    with own:
        assert own.poll() is None
        own.terminate()


def test_one_beside_another_server_is_left_alone(data, tmp_path, monkeypatch):
    """It is that server's: ours waits for its turn."""
    (tmp_path / "one").mkdir()
    monkeypatch.setattr("ops_app.replication.keeper._database", lambda: data / "data.db")
    monkeypatch.setattr(registry, "running", lambda: [1, os.getpid()])
    process = Keeper(f"file://{tmp_path}/replica")._start(tmp_path / "one")
    with process:
        assert Keeper(f"file://{tmp_path}/replica")._start(tmp_path / "one") is None
        assert process.poll() is None
        process.terminate()
