"""``make`` on a machine where something is missing."""

import shutil
import subprocess
import sys

import pytest

from tests.servers import ROOT

#: makes half an environment, as Debian's Python does without the package python3-venv
HALF = f"""\
#!/bin/sh
[ "$1 $2" = "-m venv" ] || exec {sys.executable} "$@"
mkdir -p "$3/bin" && ln -s {sys.executable} "$3/bin/python" && exit 1
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / "half"
    python.write_text(HALF)
    python.chmod(0o755)
    return tmp_path


def make(folder, *arguments):
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, text=True)


def test_half_an_environment_does_not_stay(folder):
    assert make(folder, "run", f"PYTHON={folder}/half").returncode == 2
    assert (folder / ".venv").exists()
    assert not (folder / ".venv/bin/python").is_symlink()  # the next call begins anew


def test_a_python_that_is_not_there(folder):
    done = make(folder, "run", "PYTHON=no-such-python")
    assert done.returncode == 2
    assert "Python 3.11 or newer is needed; name it: make run PYTHON=python3.12" in done.stderr
