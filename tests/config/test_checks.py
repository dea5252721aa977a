import os

import pytest

from config import checks


@pytest.fixture
def foreign(monkeypatch):
    """Take away the rights to a path."""

    def forbid(path):
        real = os.access
        monkeypatch.setattr(
            os, "access", lambda at, mode: False if str(at) == str(path) else real(at, mode)
        )

    return forbid


def found(check):
    return [(item.id, item.msg, item.hint) for item in check()]


def test_a_data_folder_that_is_not_ours(settings, tmp_path, foreign):
    settings.HOLDALL_DATA_DIR = tmp_path
    assert found(checks.data_folder_is_writable) == []
    foreign(tmp_path)
    [(number, said, hint)] = found(checks.data_folder_is_writable)
    assert number == "holdall.E001"
    assert said.startswith(f"The data folder {tmp_path} cannot be written to by this user: ")
    assert "chown" in hint


def test_a_database_that_is_not_ours(settings, tmp_path, foreign):
    settings.HOLDALL_DATA_DIR = tmp_path
    path = tmp_path / "data.db-wal"
    foreign(path)
    assert found(checks.data_folder_is_writable) == []
    path.touch()
    [(number, said, _)] = found(checks.data_folder_is_writable)
    assert number == "holdall.E002"
    assert said.startswith(f"{path} cannot be written to by this user: ")


def test_variables_without_effect(settings, monkeypatch, tmp_path):
    before = found(checks.variables_mean_something)
    monkeypatch.setenv("HOLDALL_PASSWORD_COST", "4")
    monkeypatch.setenv("HOLDALL_NONSENSE", "4")
    monkeypatch.setenv("HOLDALL_DATADIR", "/srv")
    monkeypatch.setenv("HOLDALL_PUBLIC_DIR", str(tmp_path / "nope"))
    monkeypatch.setenv("HOLDALL_HOOKS_DIR", str(tmp_path))
    told = [item for item in found(checks.variables_mean_something) if item not in before]
    no_effect = "The environment variable {} has no effect."
    assert told == [
        ("holdall.W001", no_effect.format("HOLDALL_DATADIR"), "Did you mean HOLDALL_DATA_DIR?"),
        (
            "holdall.W001",
            no_effect.format("HOLDALL_NONSENSE"),
            "docs/settings.md lists all that there are.",
        ),
        (
            "holdall.W001",
            no_effect.format("HOLDALL_PASSWORD_COST"),
            "It is a Django setting: set it in a settings module (docs/settings.md).",
        ),
        (
            "holdall.W002",
            f"HOLDALL_PUBLIC_DIR names {tmp_path}/nope, which is no folder.",
            "Make it, or take the variable away.",
        ),
    ]


def test_a_replica_of_nothing(settings, monkeypatch):
    monkeypatch.setenv("DATABASE_REPLICA_URL", "postgres://a/b")
    settings.DATABASE_URL = "postgres://c/d"
    before = found(checks.variables_mean_something)
    settings.DATABASE_URL = ""
    [told] = [item for item in found(checks.variables_mean_something) if item not in before]
    assert told[:2] == (
        "holdall.W003",
        "DATABASE_REPLICA_URL has no effect without DATABASE_URL.",
    )
