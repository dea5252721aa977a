"""``serve`` with two workers: a change anywhere reaches every subscriber, whoever holds it."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import threading
import time
from contextlib import ExitStack, contextmanager

import httpx
import psutil
import pytest

from realtime.bus import TAG_LENGTH
from tests.makers import PASSWORD
from tests.realtime.sse import WAIT_S, Sse
from tests.servers import Holdall

pytestmark = pytest.mark.server

_numbers = itertools.count()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workers") / "data"
    with Holdall(folder, "--workers", "2") as running:
        users = {"listRule": "", "viewRule": "", "updateRule": "id = @request.auth.id"}
        running.http.patch("/api/collections/users", json=users).raise_for_status()
        yield running


@pytest.fixture
def collection(server):
    """Make a collection with a public list rule and return its name."""

    def make(*fields, **rules):
        name = f"c{next(_numbers)}"
        body = {"name": name, "fields": list(fields), "listRule": "", "viewRule": "", **rules}
        server.http.post("/api/collections", json=body).raise_for_status()
        return name

    return make


@pytest.fixture
def open_stream(server):
    opened = []

    def open_one(**headers):
        opened.append(Sse(server, **headers))
        return opened[-1]

    yield open_one
    for stream in opened:
        stream.close()


@pytest.fixture
def one_of_each(open_stream):
    """Return two streams that different workers hold."""
    by_worker = {}
    deadline = time.monotonic() + WAIT_S
    while len(by_worker) < 2:
        assert time.monotonic() < deadline, "all connections went to one worker"
        stream = open_stream()
        by_worker.setdefault(stream.id[:TAG_LENGTH], stream)
    return list(by_worker.values())


@contextmanager
def connections(server, count, token=""):
    """Return clients with a connection each, so that every worker serves some."""
    with ExitStack() as stack:
        headers = {"Authorization": token} if token else {}
        yield [
            stack.enter_context(httpx.Client(base_url=server.url, headers=headers, timeout=WAIT_S))
            for _ in range(count)
        ]


def subscribe(stream, http, *topics, **headers):
    response = stream.subscribe(http, *topics, **headers)
    assert response.status_code == 204, response.text


def create(http, collection, **values):
    response = http.post(f"/api/collections/{collection}/records", json=values)
    response.raise_for_status()
    return response.json()


def sign_in(server, email):
    body = {"email": email, "password": PASSWORD, "passwordConfirm": PASSWORD}
    record = create(server.http, "users", **body)
    credentials = {"identity": email, "password": PASSWORD}
    path = "/api/collections/users/auth-with-password"
    return record, server.guest.post(path, json=credentials).json()["token"]


TITLE = {"name": "title", "type": "text"}


def test_changes_of_any_worker_reach_the_subscribers_of_all(server, collection, one_of_each):
    posts = collection(TITLE, createRule="")
    for stream in one_of_each:
        subscribe(stream, server.guest, f"{posts}/*")
    with connections(server, 8) as clients:
        for number, http in enumerate(clients * 5):
            create(http, posts, title=str(number))
    for stream in one_of_each:
        titles = [record["title"] for _, _, record in stream.records(40)]
        assert sorted(titles, key=int) == [str(number) for number in range(40)]


def test_one_connection_is_served_in_order(server, collection, one_of_each):
    posts = collection(TITLE)
    for stream in one_of_each:
        subscribe(stream, server.guest, posts)
    for number in range(30):
        create(server.http, posts, title=str(number))
    for stream in one_of_each:
        titles = [record["title"] for _, _, record in stream.records(30)]
        assert titles == [str(number) for number in range(30)]


def test_every_worker_takes_subscriptions(server, collection, one_of_each):
    posts = collection(TITLE)
    with connections(server, 8) as clients:
        for number, http in enumerate(clients):
            for stream in one_of_each:
                subscribe(stream, http, f"{posts}/*?{number}")
            create(server.http, posts)
            for stream in one_of_each:
                assert [name for name, _, _ in stream.records(1)] == [f"{posts}/*?{number}"]


def test_every_worker_refuses_alike(server, one_of_each):
    _, anna = sign_in(server, f"anna{next(_numbers)}@example.com")
    _, bert = sign_in(server, f"bert{next(_numbers)}@example.com")
    for stream in one_of_each:
        subscribe(stream, server.guest, "a", Authorization=anna)
    with connections(server, 8) as clients:
        for http in clients:
            for stream in one_of_each:
                assert stream.subscribe(http, "b", Authorization=anna).status_code == 204
                assert stream.subscribe(http, "b", Authorization=bert).status_code == 403
                assert stream.subscribe(http, "b").status_code == 403
                unknown = {"clientId": stream.id[:TAG_LENGTH] + "x" * 32}
                assert http.post("/api/realtime", json=unknown).status_code == 404
            nowhere = {"clientId": "x" * 40}
            assert http.post("/api/realtime", json=nowhere).status_code == 404


def test_every_worker_compares_addresses(server, open_stream):
    proxy = {"trustedProxy": {"headers": ["X-Real"], "useLeftmostIP": False}}
    server.http.patch("/api/settings", json=proxy).raise_for_status()
    try:
        stream = open_stream(X_Real="10.0.0.1")
        with connections(server, 8) as clients:
            for http in clients:
                assert stream.subscribe(http, "a", X_Real="10.0.0.1").status_code == 204
                response = stream.subscribe(http, "a", X_Real="10.0.0.2")
                assert response.status_code == 400
                assert response.json()["message"] == "Invalid realtime client."
    finally:
        proxy = {"trustedProxy": {"headers": [], "useLeftmostIP": False}}
        server.http.patch("/api/settings", json=proxy).raise_for_status()


def test_rules_and_hidden_fields_hold_for_each_subscriber(server, collection, one_of_each):
    notes = collection(
        {"name": "owner", "type": "text"},
        {"name": "secret", "type": "text", "hidden": True},
        listRule="owner = @request.auth.id",
    )
    people = [sign_in(server, f"{name}{next(_numbers)}@example.com") for name in ("anna", "bert")]
    for stream, (_, token) in zip(one_of_each, people, strict=True):
        subscribe(stream, server.guest, notes, Authorization=token)
    for _ in range(3):
        for record, _ in people:
            create(server.http, notes, owner=record["id"], secret="hidden")
    for stream, (record, _) in zip(one_of_each, people, strict=True):
        seen = [shown for _, _, shown in stream.records(3)]
        assert {shown["owner"] for shown in seen} == {record["id"]}
        assert not any("secret" in shown for shown in seen)


def test_a_new_password_signs_out_at_every_worker(server, collection, one_of_each):
    notes = collection(TITLE, listRule="@request.auth.id != ''")
    public = collection(TITLE)
    record, token = sign_in(server, f"anna{next(_numbers)}@example.com")
    for stream in one_of_each:
        subscribe(stream, server.guest, notes, public, Authorization=token)
    create(server.http, notes)
    create(server.http, public)
    for stream in one_of_each:
        assert stream.until(public) == [notes]
    changed = {"password": "87654321", "passwordConfirm": "87654321", "oldPassword": PASSWORD}
    path = f"/api/collections/users/records/{record['id']}"
    answer = server.guest.patch(path, json=changed, headers={"Authorization": token})
    answer.raise_for_status()
    create(server.http, notes)
    create(server.http, public)
    for stream in one_of_each:
        assert stream.until(public) == []


def test_cascades_are_judged_by_what_was_there(server, collection, one_of_each):
    posts = collection(TITLE)
    target = server.http.get(f"/api/collections/{posts}").json()["id"]
    link = {"name": "post", "type": "relation", "collectionId": target, "cascadeDelete": True}
    comments = collection(link, listRule="post.title = 'seen'")
    for stream in one_of_each:
        subscribe(stream, server.guest, comments)
    post = create(server.http, posts, title="seen")
    ids = {create(server.http, comments, post=post["id"])["id"] for _ in range(3)}
    server.http.delete(f"/api/collections/{posts}/records/{post['id']}").raise_for_status()
    for stream in one_of_each:
        deleted = [(action, shown["id"]) for _, action, shown in stream.records(6)][3:]
        assert {action for action, _ in deleted} == {"delete"}
        assert {id_ for _, id_ in deleted} == ids


def test_commands_reach_every_worker(server, collection, one_of_each):
    posts = collection(TITLE)
    for stream in one_of_each:
        subscribe(stream, server.guest, posts, "news")
    code = (
        "from collections_app import records; from realtime import custom;"
        f"[records.create('{posts}', title=str(n)) for n in range(20)];"
        "custom.send('news', 'done')"
    )
    done = server.manage("shell", "-c", code)
    assert done.returncode == 0, done.stderr
    for stream in one_of_each:
        titles = [record["title"] for _, _, record in stream.records(20)]
        assert titles == [str(number) for number in range(20)]
        assert stream.next()[1:] == ("news", '"done"')


def test_a_half_closed_connection_is_forgotten(server, open_stream):
    stream = open_stream()
    subscribe(stream, server.guest, "a")
    stream.socket.shutdown(socket.SHUT_WR)
    assert stream.next() is None
    deadline = time.monotonic() + WAIT_S
    while stream.subscribe(server.guest, "a").status_code != 404:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_streams_end_with_the_server(tmp_path):
    with Holdall(tmp_path / "data", "--workers", "2") as server:
        streams = [Sse(server) for _ in range(6)]
        assert server.stop() == 0
        for stream in streams:
            assert stream.next() is None
            assert stream.ended_well
            stream.close()
        assert list((server.data / "run").glob("*")) == []


def test_a_killed_worker_takes_nobodys_events_with_it(tmp_path):
    """Its clients connect again and go on; clients of the others get all that was answered."""
    with Holdall(tmp_path / "data", "--workers", "2") as server:
        server.guest.headers["Connection"] = "close"
        body = {"name": "posts", "fields": [TITLE], "listRule": "", "createRule": ""}
        server.http.post("/api/collections", json=body).raise_for_status()
        streams = by_worker(lambda: Sse(server))
        for stream in streams.values():
            subscribe(stream, server.guest, "posts/*")
        answered = {number for number in range(20) if write(server, number)}
        writer = threading.Thread(target=write_on, args=(server, range(20, 300), answered))
        writer.start()
        killed = min(child.pid for child in psutil.Process(server.process.pid).children())
        os.kill(killed, signal.SIGKILL)
        writer.join(60)
        ended = [stream for stream in streams.values() if is_ended(stream)]
        assert len(ended) == 1, "one worker's stream ends, the other's does not"
        (survivor,) = (stream for stream in streams.values() if stream not in ended)
        # connecting again is answered at once, by whoever is there
        again = Sse(server)
        subscribe(again, server.guest, "posts/*", "end")
        subscribe(survivor, server.guest, "posts/*", "end")
        assert write(server, 1000)
        assert [record["title"] for _, _, record in again.records(1)] == ["1000"]
        seen = []
        while not seen or seen[-1] != 1000:
            seen += [int(record["title"]) for _, _, record in survivor.records(1)]
        assert len(seen) == len(set(seen))
        assert answered <= set(seen)
        assert len(answered) > 200
        in_order = [number for number in seen if number in answered]
        assert in_order == sorted(in_order)
        for stream in (*streams.values(), again):
            stream.close()
        # nothing of the dead is left but what the living use
        names = {path.name for path in (server.data / "run").glob("*")}
        tags = {name.partition(".")[0] for name in names}
        assert ended[0].id[:TAG_LENGTH] not in tags


def by_worker(make):
    """Return a stream of each of two workers by its tag."""
    found = {}
    deadline = time.monotonic() + WAIT_S
    while len(found) < 2:
        assert time.monotonic() < deadline, "all connections went to one worker"
        stream = make()
        if found.setdefault(stream.id[:TAG_LENGTH], stream) is not stream:
            stream.close()
    return found


def write(server, number):
    """Create one record over a connection of its own; whether that was answered."""
    try:
        body = {"title": str(number)}
        return server.guest.post("/api/collections/posts/records", json=body).status_code == 200
    except httpx.TransportError:
        return False


def write_on(server, numbers, answered):
    answered.update(number for number in numbers if write(server, number))


def is_ended(stream):
    return not stream._thread.is_alive()
