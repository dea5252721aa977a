"""What ``make dist`` builds, away from the checkout: the wheel, and the single file."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from core_app.release import version
from tests.clients.driving import MARKS, drive
from tests.servers import EMAIL, PASSWORD, ROOT, Server

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed"),
]

APP = {
    "greeting/__init__.py": "",
    "greeting/hooks.py": """
from core_app.routes import route


@route("GET", "/api/greeting")
def greeting(request):
    return {"greeting": "hello"}
""",
    "greeting/management/__init__.py": "",
    "greeting/management/commands/__init__.py": "",
    "greeting/management/commands/greet.py": """
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    def handle(self, *args, **options):
        self.stdout.write("hello")
""",
    "site_settings.py": "from config.settings.production import *\nREDIS_URL = ''\n",
    "data/hooks/parting.py": """
from core_app.routes import route


@route("GET", "/api/parting")
def parting(request):
    return {"parting": "goodbye"}
""",
}


class Installed(Server):
    """A server of what was built, in a folder that is the current one."""

    def __init__(self, program: list[str], cwd: Path, **environment: str) -> None:
        super().__init__(cwd / "data", **environment)
        self.program = program
        self.cwd = cwd
        names = ("HOLDALL_DATA_DIR", "DJANGO_SETTINGS_MODULE", "PYTHONPATH")
        for name in set(names) - environment.keys():
            self.environment.pop(name, None)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.program, *arguments],
            env=self.environment,
            cwd=self.cwd,
            capture_output=True,
            text=True,
        )

    def superuser_command(self) -> list[str]:
        return [*self.program, "superuser", "upsert", EMAIL, PASSWORD]

    def serve_command(self) -> list[str]:
        return [*self.program, "serve", "--http", f"127.0.0.1:{self.port}", "--workers", "1"]


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """Both files, built once by whichever process of the run comes first: the others wait."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    folder /= "dist"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not list(folder.glob("holdall*")):
            build(folder)
    return folder


def build(folder):
    bin = str(Path(sys.executable).parent)
    made = subprocess.run(
        ["make", "-o", f"{bin}/.development", "dist", f"DIST={folder}", f"BIN={bin}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stdout + made.stderr


@pytest.fixture(scope="module")
def program(dist, tmp_path_factory):
    """The ``holdall`` of a fresh environment that the wheel was installed into."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    [wheel] = dist.glob("holdall-*.whl")
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "-q", "--python", sys.executable, folder], check=True)
    into = ["--python", folder / "bin" / "python"]
    pinned = ["-r", ROOT / "requirements.lock"]
    subprocess.run([*uv, "pip", "install", "-q", *into, *pinned, wheel], check=True)
    return [str(folder / "bin" / "holdall")]


def test_wheel_in_an_empty_folder(program, tmp_path):
    server = Installed(program, tmp_path)
    asked = server.run("serve", "--help")
    assert (asked.returncode, "holdall serve --http 0.0.0.0:80" in asked.stdout) == (0, True)
    assert "manage.py" not in asked.stdout
    assert server.run("--version").stdout == f"holdall {version()}\n"
    assert list(tmp_path.iterdir()) == []
    with server:
        assert server.guest.get("/_/static/dashboard/dashboard.css").status_code == 200
        assert server.guest.get("/_/static/unfold/css/styles.css").status_code == 200
        assert server.guest.get("/_/", follow_redirects=True).status_code == 200
        records = server.http.get("/api/collections/_superusers/records").json()
        assert [record["email"] for record in records["items"]] == [EMAIL]
        made = server.run("backup", "create", "a.zip")
        assert (made.returncode, made.stderr) == (0, "")
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"data"}
    assert (tmp_path / "data" / "backups" / "a.zip").is_file()
    wrong = server.run("backup", "restore", "nope.zip", "--yes")
    said = "CommandError: there is no backup nope.zip; see: holdall backup list\n"
    assert (wrong.returncode, wrong.stderr) == (1, said)


def test_wheel_with_an_app_and_settings_of_the_current_folder(program, tmp_path):
    for name, text in APP.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    environment = {"HOLDALL_APPS": "greeting", "DJANGO_SETTINGS_MODULE": "site_settings"}
    server = Installed(program, tmp_path, **environment)
    assert server.run("greet").stdout == "hello\n"
    with server:
        assert server.guest.get("/api/greeting").json() == {"greeting": "hello"}
        assert server.guest.get("/api/parting").json() == {"parting": "goodbye"}


@pytest.mark.parametrize("script", [pytest.param("shop.mjs", marks=MARKS)])
def test_single_file_answers_the_sdk(dist, tmp_path, script):
    shutil.copy(dist / "holdall.pyz", tmp_path)
    unpacked = tmp_path / "unpacked"
    folder = tmp_path / "empty"
    folder.mkdir()
    program = [sys.executable, os.fspath(tmp_path / "holdall.pyz")]
    with Installed(program, folder, SHIV_ROOT=str(unpacked)) as server:
        printed = drive(script, server.url)
        assert printed.endswith("14 passed, 0 failed\n"), printed
        style = httpx.get(f"{server.url}/_/static/dashboard/dashboard.css")
        assert style.status_code == 200
    assert [path.name for path in folder.iterdir() if path.is_dir()] == ["data"]
