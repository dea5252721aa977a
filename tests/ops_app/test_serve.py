import os
import re
import signal
import socket
import stat
import subprocess
import threading

import httpx
import psutil
import pytest
from django.core.management import CommandError, call_command

from tests.ports import free_port
from tests.servers import Holdall
from tests.waiting import until

pytestmark = pytest.mark.server

HOOK = """
import os
import time
from pathlib import Path

from core_app.routes import route


@route("GET", "/api/slow")
def slow(request):
    folder = Path(request.GET["folder"])
    (folder / "begun").touch()
    while not (folder / "go on").exists():
        time.sleep(0.01)
    return {"slept": True}


@route("GET", "/api/pid")
def pid(request):
    return {"pid": os.getpid()}


@route("POST", "/api/length")
def length(request):
    return {"length": len(request.body)}


@route("GET", "/api/fails")
def fails(request):
    raise KeyError("secret reason")
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("serve") / "data"
    (folder / "hooks").mkdir(parents=True)
    (folder / "hooks" / "tests.py").write_text(HOOK)
    (folder / "hooks" / "zz_broken.py").write_text("raise RuntimeError('broken on purpose')\n")
    return folder


@pytest.fixture(scope="module")
def prepared(data):
    """A server with a superuser that is not running."""
    server = Holdall(data, "--workers", "2")
    server.make_superuser()
    return server


@pytest.fixture(scope="module")
def running(data, prepared):
    """One server for all tests that leave it running."""
    with Holdall(data, "--workers", "2") as server:
        yield server


@pytest.fixture
def serving(prepared):
    """A server that the test will stop."""
    with prepared:
        yield prepared


@pytest.fixture
def empty(tmp_path):
    """A server on an empty folder, nobody made a superuser."""
    server = Holdall(tmp_path / "new")
    server.start()
    yield server
    server.stop()


def test_first_start(empty):
    log = empty.log.read_text()
    assert f"Holdall serves {empty.url}\n" in log
    assert f"  REST API   {empty.url}/api/\n" in log
    assert f"  Dashboard  {empty.url}/_/\n" in log
    assert re.search(rf"{empty.url}/_/install/[\w-]+\.[\w-]+\.[\w-]+\n", log)
    assert stat.S_IMODE(empty.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((empty.data / "secret_key").stat().st_mode) == 0o600
    files = {"data.db", "auxiliary.db"}
    assert files & {path.name for path in empty.data.iterdir()} == (
        set() if "DATABASE_URL" in empty.environment else files
    )
    assert empty.stop() == 0


def test_no_link_once_there_is_a_superuser(running):
    assert "install" not in running.log.read_text()


@pytest.mark.parametrize("command", [("serve", "--http"), ("runserver",)])
def test_taken_port(tmp_path, command):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = Holdall(tmp_path / "data")
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        result = server.manage(*command, address)
    assert (result.returncode, result.stdout) == (1, "")
    said = f"CommandError: cannot listen on {address}: Address already in use; end the server "
    assert result.stderr.startswith(said)
    assert not (tmp_path / "data" / "data.db").exists()


def test_bad_address(tmp_path):
    result = Holdall(tmp_path / "data").manage("serve", "--http", "x:y")
    assert result.returncode == 1
    assert "write host:port, for example 127.0.0.1:8090" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serve", "--workers", "0"], "'0' is not a number of 1 or more"),
        (["serve", "--http", "x:y"], "write host:port, for example 127.0.0.1:8090"),
        (["serve", "--origins", "a.test"], "'a.test' is no list of origins: write an origin as"),
        (["serve", "--nope"], "unrecognized arguments: --nope"),
        (["superuser", "create", "x", "1234567890"], "missing or invalid email address"),
        (["superuser", "ips", "junk"], "Invalid IP or CIDR subnet."),
        (["backup", "restore", "nope.zip", "--yes"], "there is no backup nope.zip"),
        (["backup", "create", "A"], "Must be in a valid format."),
    ],
)
def test_mistakes_are_told(db, arguments, said):
    with pytest.raises(CommandError, match=re.escape(said)):
        call_command(*arguments)


@pytest.mark.sqlite
def test_what_is_no_database(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "data.db").write_bytes(b"x" * 5000)
    result = Holdall(data).manage("serve", "--http", f"127.0.0.1:{free_port()}")
    said = "CommandError: the database cannot be used: file is not a database\n"
    assert (result.returncode, result.stderr) == (1, said)


def test_data_folder_that_cannot_be(tmp_path):
    (tmp_path / "data").write_text("a file")
    result = Holdall(tmp_path / "data").manage("serve")
    assert result.returncode == 1
    said = f"the data folder {tmp_path}/data cannot be made: File exists"
    assert result.stderr == f"{said}; HOLDALL_DATA_DIR names another\n"


def test_what_has_no_effect_is_said(tmp_path):
    wrong = {"HOLDALL_DATADIR": "/srv/app", "HOLDALL_HOOKS_DIR": "/nope"}
    with Holdall(tmp_path / "data", **wrong) as server:
        assert server.http.get("/api/health").status_code == 200
    said = server.log.read_text()
    assert "HOLDALL_DATADIR has no effect.\n\tHINT: Did you mean HOLDALL_DATA_DIR?" in said
    assert "HOLDALL_HOOKS_DIR names /nope, which is no folder." in said


def test_help_teaches(tmp_path):
    text = Holdall(tmp_path / "data").manage("serve", "--help").stdout
    assert "manage.py serve --http 0.0.0.0:80" in text
    assert "--pythonpath" not in text


def test_broken_hook_file_is_reported_and_the_others_work(running):
    log = running.log.read_text()
    assert "failed to load the hooks in" in log
    assert "RuntimeError: broken on purpose" in log
    assert running.guest.get("/api/pid").status_code == 200


def test_what_a_route_raises_is_logged_not_told(running):
    response = running.guest.get("/api/fails")
    assert (response.status_code, response.json()["data"]) == (400, {})
    assert "secret reason" not in response.text
    assert "KeyError: 'secret reason'" in running.log.read_text()


def test_several_workers(running):
    pids = set()

    def both():
        pids.add(httpx.get(f"{running.url}/api/pid", timeout=30).json()["pid"])
        return len(pids) == 2

    until(both)


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="Linux alone has this policy")
def test_no_thread_of_a_worker_stops_another_as_it_wakes_up(running):
    pid = running.guest.get("/api/pid").json()["pid"]
    policies = {os.sched_getscheduler(int(thread)) for thread in os.listdir(f"/proc/{pid}/task")}
    assert policies == {os.SCHED_BATCH}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_when_requests_are_finished(serving, number, tmp_path):
    answers = []

    def ask():
        slow = f"{serving.url}/api/slow"
        answers.append(httpx.get(slow, params={"folder": tmp_path}, timeout=60).json())

    thread = threading.Thread(target=ask)
    thread.start()
    until((tmp_path / "begun").exists)
    serving.process.send_signal(number)
    until(lambda: not serving.is_answering())
    (tmp_path / "go on").touch()
    assert serving.process.wait(60) == 0
    thread.join()
    assert answers == [{"slept": True}]


def test_what_does_not_end_in_time_is_cut_off(data, prepared, tmp_path):
    server = Holdall(data, HOLDALL_STOP_TIMEOUT="1")
    server.start()
    failed = []

    def ask():
        try:
            httpx.get(f"{server.url}/api/slow", params={"folder": tmp_path}, timeout=60)
        except httpx.TransportError as error:
            failed.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    until((tmp_path / "begun").exists)
    assert server.stop() == 0
    thread.join()
    assert len(failed) == 1
    assert "refused to gracefully stop" in server.log.read_text()


def test_ctrl_c_in_a_terminal_reaches_everyone(data):
    """A terminal sends SIGINT to the workers too; that is no crash."""
    server = Holdall(data)
    server.start()
    workers = psutil.Process(server.process.pid).children()
    for process in [*workers, server.process]:
        process.send_signal(signal.SIGINT)
    assert server.process.wait(60) == 0
    assert "Unexpected exit" not in server.log.read_text()


def test_streams_do_not_hold_it_up(serving):
    with httpx.stream("GET", f"{serving.url}/api/realtime") as stream:
        assert b"PB_CONNECT" in next(stream.iter_bytes())
        assert serving.stop() == 0


def test_idle_connections_do_not_hold_it_up(serving):
    with httpx.Client() as client:
        client.get(f"{serving.url}/api/health")
        assert serving.stop() == 0


def test_dead_worker_is_replaced(serving):
    def workers():
        return {child.pid for child in psutil.Process(serving.process.pid).children()}

    before = workers()
    os.kill(min(before), signal.SIGKILL)
    until(lambda: min(before) not in workers() and len(workers()) == 2)
    now, answered = workers(), set()
    assert len(now - before) == 1

    def both():
        answered.add(httpx.get(f"{serving.url}/api/pid", timeout=5).json()["pid"])
        return answered >= now

    until(both)
    assert answered == now


def test_logs_are_written_when_it_stops(serving):
    serving.guest.get("/api/health?last=1")
    assert serving.stop() == 0
    serving.start()
    serving.http.headers["Authorization"] = serving.token()
    found = serving.http.get("/api/logs", params={"filter": 'message ~ "last=1"'}).json()
    assert found["totalItems"] == 1


def test_large_upload_needs_no_memory(running):
    size = 30 << 20

    def chunks():
        for _ in range(size >> 16):
            yield b"x" * (1 << 16)

    def memory():
        children = psutil.Process(running.process.pid).children()
        return max(child.memory_info().rss for child in children)

    headers = {"Content-Length": str(size), "Content-Type": "text/plain"}
    before = memory()
    response = running.guest.post("/api/nope", content=chunks(), headers=headers)
    assert response.status_code == 404
    assert memory() - before < 12 << 20


def test_too_large_is_refused_before_it_is_read(running):
    with socket.create_connection(("127.0.0.1", running.port), timeout=60) as client:
        client.sendall(
            b"POST /api/settings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 33554433\r\n\r\n{"
        )
        answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'{"data":{},"message":"Request entity too large.","status":413}' in answer


def test_development_server_runs_the_same_application(data):
    port = free_port()
    server = Holdall(data)
    process = subprocess.Popen(
        [*server.serve_command()[:2], "runserver", "--noreload", f"127.0.0.1:{port}"],
        env={**server.environment, "DJANGO_SETTINGS_MODULE": "config.settings.dev"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=os.path.dirname(os.path.dirname(os.path.dirname(__file__))),
    )
    try:
        url = f"http://127.0.0.1:{port}"
        answer = until(lambda: httpx.get(f"{url}/api/health"))
        assert answer.json() == {"message": "API is healthy.", "code": 200, "data": {}}
        sent = httpx.post(f"{url}/api/length", content=b"x" * 2_000_000, headers={"X-A": "1"})
        assert sent.json() == {"length": 2_000_000}
        with httpx.stream("GET", f"{url}/api/realtime") as stream:
            assert b"PB_CONNECT" in next(stream.iter_bytes())
    finally:
        process.terminate()
        process.wait(60)
