import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands

from config import command_line
from core_app.commands import as_called, program
from core_app.release import version


@pytest.mark.parametrize(
    ("called", "shown"),
    [
        ("/usr/local/bin/holdall", "holdall"),
        ("./holdall.pyz", "holdall.pyz"),
        ("manage.py", "manage.py"),
        ("/x/pytest/__main__.py", "manage.py"),
    ],
)
def test_texts_name_what_was_called(monkeypatch, called, shown):
    monkeypatch.setattr("sys.argv", [called, "serve"])
    assert program() == shown
    assert as_called("run manage.py serve") == f"run {shown} serve"


def test_version(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["holdall", "--version"])
    command_line.main()
    assert capsys.readouterr().out == f"holdall {version()}\n"


def test_a_checkout_knows_its_version():
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    assert (version(), project["name"]) == (project["version"], "holdall")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ([], ""),
        (["_cffi_backend.cpython-311-x86_64-linux-gnu.so"], "cpython-311-x86_64-linux-gnu"),
        (["_cffi_backend.cpython-313-x86_64-linux-gnu.so"], ""),
        (["_cffi_backend.cpython-311-x86_64-linux-gnu.so", "_cffi_backend.abi3.so"], ""),
    ],
)
def test_packages_of_another_python(tmp_path, files, found):
    for name in files:
        (tmp_path / name).touch()
    suffixes = [".cpython-313-x86_64-linux-gnu.so", ".abi3.so", ".so"]
    assert command_line.built_for_another(tmp_path, suffixes) == found


OURS = {"collections_app", "auth_app", "storage_app", "ops_app", "dashboard_app"}


@pytest.mark.parametrize("arguments", [[], ["help"], ["-h"], ["--help"]])
def test_without_a_command_all_of_ours_are_shown(monkeypatch, capsys, arguments):
    monkeypatch.setattr("sys.argv", ["/usr/bin/holdall", *arguments])
    command_line.main()
    shown = capsys.readouterr().out
    ours = {name for name, app in get_commands().items() if app in OURS}
    assert ours <= set(re.findall(r"^  holdall (\w+) ", shown, re.MULTILINE))
    assert "manage.py" not in shown
