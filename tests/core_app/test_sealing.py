import json
import sqlite3
import subprocess
from contextlib import closing

import pytest

from config import env
from core_app import sql, versions
from core_app.settings_store import sealing, store
from core_app.transactions import write
from tests.servers import Holdall, PocketBase

KEY, OTHER = "k" * 32, "o" * 32


def stored():
    return sql.fetch_one("SELECT value FROM _params WHERE id = 'settings'")[0]


def read_again():
    with write():
        versions.bump("settings")
    return store.current()


@pytest.fixture
def key(settings):
    def use(text):
        settings.HOLDALL_ENCRYPTION_KEY = text

    return use


def test_plain_without_a_key(db):
    store.update({"meta": {"appName": "é"}})
    assert json.loads(stored())["meta"]["appName"] == "é"


@pytest.mark.parametrize("size", [16, 24, 32])
def test_sealed(db, key, size):
    store.update({"smtp": {"password": "plain"}})
    key("k" * size)
    assert read_again().smtp.password == "plain"  # stays as it is until it is saved
    store.update({"smtp": {"password": "secret"}})
    first = stored()
    assert "secret" not in first
    assert read_again().smtp.password == "secret"
    store.update({})
    assert stored() != first  # another nonce


@pytest.mark.parametrize("wrong", ["", OTHER])
def test_wrong_key(db, key, wrong):
    key(KEY)
    store.update({})
    sealed = stored()
    key(wrong)
    with pytest.raises(sealing.Sealed, match="HOLDALL_ENCRYPTION_KEY"):
        read_again()
    assert stored() == sealed
    key(KEY)
    assert read_again() == store.current()


@pytest.mark.parametrize("broken", ["", "x", "AAAA", "not base64 !"])
def test_broken(key, broken):
    key(KEY)
    with pytest.raises(sealing.Sealed):
        sealing.unseal(broken)


def test_length_of_the_key(monkeypatch):
    assert env.encryption_key("HOLDALL_TEST") == ""
    monkeypatch.setenv("HOLDALL_TEST", KEY)
    assert env.encryption_key("HOLDALL_TEST") == KEY
    monkeypatch.setenv("HOLDALL_TEST", "short")
    with pytest.raises(SystemExit, match="must have 32 characters"):
        env.encryption_key("HOLDALL_TEST")


@pytest.mark.pocketbase
def test_pocketbase_opens_ours_and_we_open_its(tmp_path, key):
    if PocketBase.absent():
        pytest.skip(PocketBase.absent())
    key(KEY)
    environment = {"PB_KEY": KEY}
    command = [PocketBase.binary(), "superuser", "ips", "10.0.0.1", "--encryptionEnv", "PB_KEY"]
    command += ["--dir", str(tmp_path)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    with closing(sqlite3.connect(tmp_path / "data.db")) as database:
        [(theirs,)] = database.execute("SELECT value FROM _params WHERE id = 'settings'")
        values = sealing.unseal(theirs)
        assert values["superuserIPs"] == ["10.0.0.1"]
        values["meta"]["appName"] = "From Holdall"
        values["superuserIPs"] = []
        ours = sealing.seal(values)
        database.execute("UPDATE _params SET value = ? WHERE id = 'settings'", (ours,))
        database.commit()
    command[3:4] = ["192.0.2.1"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    with closing(sqlite3.connect(tmp_path / "data.db")) as database:
        [(theirs,)] = database.execute("SELECT value FROM _params WHERE id = 'settings'")
    values = sealing.unseal(theirs)
    assert (values["meta"]["appName"], values["superuserIPs"]) == ("From Holdall", ["192.0.2.1"])


@pytest.mark.server
def test_a_server_without_the_key_does_not_start(tmp_path):
    sealed = Holdall(tmp_path / "data", HOLDALL_ENCRYPTION_KEY=KEY)
    assert sealed.manage("superuser", "ips", "10.0.0.1").returncode == 0
    refused = Holdall(tmp_path / "data").manage("serve", "--http", f"127.0.0.1:{sealed.port}")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("CommandError: invalid settings db data or missing encryption")
