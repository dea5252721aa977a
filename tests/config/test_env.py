import multiprocessing
import stat

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


def test_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOLDALL_DATA_DIR", str(tmp_path / "a" / "b"))
    folder = env.data_dir()
    assert folder == tmp_path / "a" / "b"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_values(monkeypatch):
    monkeypatch.setenv("A", "yes")
    monkeypatch.setenv("B", "")
    monkeypatch.setenv("C", "x, y,,z ")
    assert (env.flag("A"), env.flag("B", True), env.flag("C")) == (True, True, False)
    assert (env.text("B", "d"), env.words("C"), env.words("D", "*")) == (
        "d",
        ["x", "y", "z"],
        ["*"],
    )
