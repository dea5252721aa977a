import fcntl
import multiprocessing
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from config import env


def test_secret_key_is_made_once_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.delenv("HOLDALL_SECRET_KEY", raising=False)
    key = env.secret_key(tmp_path)
    assert len(key) >= 50
    assert env.secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_secret_key_of_the_environment_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("HOLDALL_SECRET_KEY", "given")
    assert env.secret_key(tmp_path) == "given"
    assert not (tmp_path / "secret_key").exists()


def test_processes_that_start_together_agree_on_the_key(tmp_path):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        keys = pool.map(env.secret_key, [tmp_path] * 8)
    assert len(set(keys)) == 1
    assert keys[0]


def test_key_that_another_process_is_about_to_write(tmp_path):
    path = tmp_path / "secret_key"
    with ThreadPoolExecutor() as threads, path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        asked = [threads.submit(env.secret_key, tmp_path) for _ in range(4)]
        file.write("of the other one")
        file.flush()
        fcntl.flock(file, fcntl.LOCK_UN)
        assert {waiting.result() for waiting in asked} == {"of the other one"}


def test_key_that_was_never_written_is_made(tmp_path):
    path = tmp_path / "secret_key"
    path.touch(0o600)
    key = env.secret_key(tmp_path)
    assert len(key) >= 50
    assert path.read_text() == key


def test_key_that_may_only_be_read(tmp_path):
    path = tmp_path / "secret_key"
    path.write_text("given\n")
    path.chmod(0o400)
    assert env.secret_key(tmp_path) == "given"


def test_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOLDALL_DATA_DIR", str(tmp_path / "a" / "b"))
    folder = env.data_dir()
    assert folder == tmp_path / "a" / "b"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_values(monkeypatch):
    monkeypatch.setenv("A", "yes")
    monkeypatch.setenv("B", "")
    monkeypatch.setenv("C", "x, y,,z ")
    monkeypatch.setenv("E", "Off")
    assert (env.flag("A"), env.flag("B", True), env.flag("E", True)) == (True, True, False)
    assert (env.text("B", "d"), env.words("C"), env.words("D", "*")) == (
        "d",
        ["x", "y", "z"],
        ["*"],
    )


@pytest.mark.parametrize("word", ["ja", "2", "wahr"])
def test_a_flag_is_true_or_false(monkeypatch, word):
    monkeypatch.setenv("A", word)
    with pytest.raises(SystemExit, match=f"A is '{word}'; it must be true or false"):
        env.flag("A")


@pytest.mark.parametrize(
    ("given", "found"),
    [("", ["*"]), ("https://a.test, *.b.test", ["https://a.test", "*.b.test"]), ("null", ["null"])],
)
def test_origins(monkeypatch, given, found):
    monkeypatch.setenv("HOLDALL_ORIGINS", given)
    assert env.origins("HOLDALL_ORIGINS") == found


@pytest.mark.parametrize("given", ["a.test", "https://a.test/", "https://a.test,b.test:80"])
def test_origins_that_no_browser_sends(monkeypatch, given):
    monkeypatch.setenv("HOLDALL_ORIGINS", given)
    with pytest.raises(SystemExit, match="write an origin as browsers send it"):
        env.origins("HOLDALL_ORIGINS")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("HOLDALL_DATADIR", "HOLDALL_DATA_DIR"),
        ("HOLDALL_THREAD", "HOLDALL_THREADS"),
        ("HOLDALL_DATABASE_URL", "DATABASE_URL"),
        ("HOLDALL_PASSWORD_COST", ""),
    ],
)
def test_misspelt(monkeypatch, name, near):
    before = env.misspelt()
    monkeypatch.setenv(name, "x")
    assert env.misspelt() == {**before, name: near}


def test_a_key_of_somebody_else(tmp_path, monkeypatch):
    monkeypatch.delenv("HOLDALL_SECRET_KEY", raising=False)
    (tmp_path / "secret_key").mkdir()  # as little to be read as a file without rights
    with pytest.raises(SystemExit, match="cannot be used: Is a directory; run this as the user "):
        env.secret_key(tmp_path)
