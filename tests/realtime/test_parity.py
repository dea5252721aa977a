"""The same acts and subscriptions on PocketBase and on ours bring the same events."""

from __future__ import annotations

import itertools
import json
import queue
from contextlib import ExitStack
from urllib.parse import quote

import httpx
import pytest

from tests.makers import PASSWORD
from tests.realtime.sse import WAIT_S, Sse
from tests.waiting import until

pytestmark = [pytest.mark.pocketbase, pytest.mark.server]

QUIET_S = 0.3  # nothing says that no event will come

TITLE = {"name": "title", "type": "text"}
NAME = {"name": "name", "type": "text"}
RULES = ("listRule", "viewRule", "updateRule", "deleteRule")
OWN = "id = @request.auth.id"
ID = "recordrecord000"

_numbers = itertools.count()


class Side:
    """One of the two servers, with what a scenario does on it."""

    def __init__(self, server, stack, number):
        self.server = server
        self.number = number
        self._stack = stack
        self._streams = {}
        self.answers = []
        self.mark = self.collection("mark", TITLE, listRule="")["name"]
        self.users = self.collection("people", NAME, type="auth", **dict.fromkeys(RULES, OWN))

    def collection(self, name, *fields, **options):
        body = {"name": self.name(name), "type": "base", "fields": list(fields), **options}
        response = self.server.http.post("/api/collections", json=body)
        response.raise_for_status()
        return response.json()

    def name(self, name):
        """Return a name of this scenario's own, the same on both sides."""
        return f"{name}_{self.number}"

    def user(self, who, **values):
        body = {"password": PASSWORD, "passwordConfirm": PASSWORD, "verified": True, **values}
        email = f"{who}{self.number}@example.com"
        id_ = f"{who}{self.number}".ljust(15, "0")
        self.send("POST", self.users["name"], {"id": id_, "email": email, **body})
        credentials = {"identity": email, "password": PASSWORD}
        path = f"/api/collections/{self.users['name']}/auth-with-password"
        response = self.server.guest.post(path, json=credentials)
        response.raise_for_status()
        return id_, response.json()["token"]

    def stream(self, label, *topics, token=None):
        if token is None:
            http, headers = self.server.guest, {}
        elif token == "root":
            http, headers = self.server.http, {}
        else:
            http, headers = self.server.guest, {"Authorization": token}
        stream = self._streams.get(label)
        if stream is None:
            stream = self._streams[label] = Sse(self.server)
            self._stack.callback(stream.close)
        status = stream.subscribe(http, *topics, self.mark, **headers).status_code
        self.answers.append(status)
        return stream

    def send(self, method, collection, body=None, id_="", token=None):
        path = f"/api/collections/{collection}/records" + (f"/{id_}" if id_ else "")
        http = self.server.http if token is None else self.server.guest
        headers = {} if token is None else {"Authorization": token}
        response = http.request(method, path, json=body, headers=headers)
        self.answers.append(response.status_code)
        return response

    def seen(self, expected=None):
        """Return what each stream got, less moments, in an order that does not depend on luck.

        ``expected`` is what they should get: it is waited for.
        """
        self.send("POST", self.mark, {})
        return self.answers, {
            label: sorted(_drained(stream, self.mark, len(expected[label]) if expected else 0))
            for label, stream in self._streams.items()
        }


def _drained(stream, mark, least):
    """Return the events up to the mark, and those that it has overtaken: ``least``, if they come.

    PocketBase keeps no order, and on a busy machine events may be late.
    """
    events, is_marked = [], False
    while True:
        is_all = is_marked and len(events) >= least
        try:
            event = stream._events.get(timeout=QUIET_S if is_all else WAIT_S)
        except queue.Empty:
            assert is_marked, "the mark has not come"
            return events
        assert event[0] == stream.id
        if event[1] == mark:
            is_marked = True
            continue
        data = json.loads(event[2])
        for key in ("created", "updated"):
            data["record"].pop(key, None)
        events.append(f"{event[1]} {json.dumps(data, sort_keys=True)}")


@pytest.fixture
def agree(pocketbase, shared_server):
    """Run a scenario on both sides and compare what was seen."""

    def run(scenario):
        number = next(_numbers)
        with ExitStack() as stack:
            sides = [Side(server, stack, number) for server in (pocketbase, shared_server)]
            for side in sides:
                scenario(side)
            ours = sides[1].seen()
            theirs = sides[0].seen(expected=ours[1])
        assert ours[0] == theirs[0]
        for label, events in theirs[1].items():
            missing = [event for event in events if event not in ours[1][label]]
            extra = [event for event in ours[1][label] if event not in events]
            assert (label, missing, extra) == (label, [], [])
        assert ours == theirs
        return ours

    return run


def options(topic, **data):
    return f"{topic}?options={quote(json.dumps(data))}"


def test_topics(agree):
    def scenario(side):
        rt = side.collection("rt", TITLE, listRule="", viewRule="title != 'locked'")
        name, id_ = rt["name"], rt["id"]
        forms = [f"{start}{end}" for start in (name, id_) for end in ("/*", "", f"/{ID}")]
        odd = [name.upper(), f"{name}/", f"{name}/*?x=1", f"{name}?a?b", f" {name}", f"{name}%2F*"]
        side.stream("all", *forms, *odd, "", "PB_CONNECT", "nothing/*")
        side.send("POST", name, {"id": ID, "title": "a"})
        side.send("PATCH", name, {"title": "locked"}, ID)
        side.send("PATCH", name, {}, ID)
        side.send("POST", name, {"title": "b", "id": "anotherrecord00"})
        side.send("DELETE", name, id_=ID)
        side.server.http.patch(f"/api/collections/{name}", json={"name": f"{name}_new"})
        side.send("DELETE", f"{name}_new", id_="anotherrecord00")

    _, seen = agree(scenario)
    assert len(seen["all"]) > 20


def test_rules(agree):
    def scenario(side):
        anna, token = side.user("anna", name="Anna")
        _, other = side.user("bert")
        own = {"name": "owner", "type": "relation", "collectionId": side.users["id"]}
        rules = {
            "mine": "owner = @request.auth.id",
            "named": "owner.name = 'Anna'",
            "users": "@request.auth.id != ''",
            "asked": "@request.query.q = '1' && @request.headers.x_a = 'b'",
            "texts": "title ?~ 'a' || title = @request.auth.name",
            "locked": None,
            "context": "@request.context = 'realtime' && @request.method = 'GET'",
        }
        topics = []
        for name, rule in rules.items():
            made = side.collection(name, TITLE, own, listRule=rule, viewRule=rule)["name"]
            topics += [f"{made}/*", f"{made}/{ID}"]
            topics.append(options(made, query={"q": 1}, headers={"X-A": "b"}))
        side.stream("anna", *topics, token=token)
        side.stream("bert", *topics, token=other)
        side.stream("guest", *topics)
        side.stream("root", *topics, token="root")
        for name in rules:
            made = side.name(name)
            side.send("POST", made, {"id": ID, "title": "a", "owner": anna})
            side.send("PATCH", made, {"title": "x", "owner": ""}, ID)
            side.send("PATCH", made, {"title": "Anna", "owner": anna}, ID)
            side.send("DELETE", made, id_=ID)

    agree(scenario)


def test_options(agree):
    def scenario(side):
        posts = side.collection("posts", TITLE, listRule="", viewRule="title != 'locked'")
        link = {"name": "post", "type": "relation", "collectionId": posts["id"]}
        locked = side.collection("locked", TITLE)
        to_locked = {"name": "locked", "type": "relation", "collectionId": locked["id"]}
        fields = [
            TITLE,
            link,
            to_locked,
            {"name": "secret", "type": "text", "hidden": True},
            {"name": "n", "type": "number"},
            {"name": "tags", "type": "select", "values": ["a", "b"], "maxSelect": 2},
            {"name": "data", "type": "json"},
        ]
        name = side.collection("comments", *fields, listRule="", viewRule="")["name"]
        asked = [
            {"expand": "post"},
            {"expand": "post,nope", "fields": "title,expand.post.title"},
            {"fields": "id,title:excerpt(2,true)"},
            {"fields": "title:nope(1)"},
            {"fields": "nope"},
            {"filter": "n > 1"},
            {"filter": "post.title = 'a'"},
            {"filter": "locked.title = 'a'"},
            {"filter": "@request.auth.collectionName = '_superusers'"},
            {"filter": "secret = 's'"},
            {"filter": "broken ("},
            {"filter": "title = '@request.auth.id'"},
            {"filter": "n >= 1", "sort": "@collection.x"},
            {"sort": "@collection.x"},
            {"filter": 5},
        ]
        topics = [options(f"{name}/*", query=query) for query in asked]
        topics.append(f'{name}/*?options={{"query":{{"fields":"id"}}}}')
        topics.append(f"{name}/*?options=nope")
        side.stream("guest", *topics)
        side.stream("root", *topics, token="root")
        for post in ("a", "locked"):
            side.send("POST", posts["name"], {"id": post.ljust(15, "0"), "title": post})
        side.send("POST", locked["name"], {"id": "a".ljust(15, "0"), "title": "a"})
        values = {"title": "<b>abc</b>", "secret": "s", "n": 1.5, "tags": ["a"], "data": {"x": [1]}}
        side.send(
            "POST",
            name,
            {**values, "id": ID, "post": "a".ljust(15, "0"), "locked": "a".ljust(15, "0")},
        )
        side.send("PATCH", name, {"post": "locked000000000", "n": 1}, ID)
        side.send("DELETE", name, id_=ID)

    agree(scenario)


def test_filters_that_look_elsewhere(agree):
    """A superuser's filter is a client's too: no hidden fields, and only what may be listed."""
    secret = {"name": "secret", "type": "text", "hidden": True}
    rules = {"nobody": None, "anybody": "", "none": "id = 'x'", "some": "title = 'a'"}
    asked = [
        "title != 'x'",
        "title = 'a'",
        "title ?= 'b'",
        "secret ?= 's'",
        "far.title ?= 'f'",
        "near.title ?= 'f'",
    ]
    of_caller = ["id != ''", "email != ''", "created != ''", "tokenKey != ''", "nope = ''"]

    def scenario(side):
        far = side.collection("far", TITLE)
        near = side.collection("near", TITLE, listRule="")
        target = "f" * 15
        for name in (far["name"], near["name"]):
            side.send("POST", name, {"id": target, "title": "f"})
        links = [
            {"name": name, "type": "relation", "collectionId": made["id"]}
            for name, made in (("far", far), ("near", near))
        ]
        filters = [f"@request.auth.{text}" for text in of_caller]
        for name, rule in rules.items():
            for titles in ("", "a", "ab"):
                made = side.collection(
                    f"{name}{len(titles)}", TITLE, secret, *links, listRule=rule
                )["name"]
                for title in titles:
                    values = {"title": title, "secret": "s", "far": target, "near": target}
                    side.send("POST", made, values)
                filters += [f"@collection.{made}.{text}" for text in asked]
                filters.append(f"title = 'q' || @collection.{made}:other.title = 'a'")
        posts = side.collection("posts", TITLE, listRule="")["name"]
        topics = [options(posts, query={"filter": text}) for text in filters]
        side.stream("root", posts, *topics, token="root")
        side.stream("guest", posts, *topics)
        side.send("POST", posts, {"id": ID, "title": "q"})

    _, seen = agree(scenario)
    assert len(seen["root"]) > 20
    assert len(seen["guest"]) == 1


def test_accounts(agree):
    def scenario(side):
        anna, token = side.user("anna", name="Anna")
        bert, other = side.user("bert", emailVisibility=True)
        _, third = side.user("cara", name="C")
        users = side.users["name"]
        topics = [f"{users}/*", f"{users}/{anna}"]
        notes = side.collection("notes", TITLE, listRule="@request.auth.name = title")["name"]
        side.stream("anna", *topics, f"{notes}/*", token=token)
        side.stream("bert", *topics, f"{notes}/*", token=other)
        side.stream("guest", *topics)
        of_root = side.stream("root", *topics, token="root")
        side.send("PATCH", users, {"name": "Ann"}, anna, token)
        side.send("POST", notes, {"id": "note00000000001", "title": "Anna"})
        side.send("POST", notes, {"id": "note00000000002", "title": "Ann"})
        side.send("PATCH", users, {"name": "B"}, bert, other)
        # who is told depends on who listens by then: not on those who sign in meanwhile
        until(lambda: any('"name":"B"' in event[2] for event in list(of_root._events.queue)))
        # a new password makes the stream a guest's; others may not take it over before
        side.stream("bert", *topics, token=token)
        side.stream("bert", *topics)
        changed = {"password": "87654321", "passwordConfirm": "87654321", "oldPassword": PASSWORD}
        side.send("PATCH", users, changed, anna, token)
        side.send("POST", notes, {"id": "note00000000003", "title": "Ann"})
        # not bert: PocketBase may judge his change late, by who is signed in by then
        side.stream("anna", f"{notes}/*", token=third)
        side.send("POST", notes, {"id": "note00000000004", "title": "C"})
        side.send("DELETE", users, id_=anna)

    agree(scenario)


def test_cascades_and_batches(agree):
    def scenario(side):
        side.server.http.patch("/api/settings", json={"batch": {"enabled": True}})
        posts = side.collection("posts", TITLE, listRule="")
        link = {"name": "post", "type": "relation", "collectionId": posts["id"]}
        owned = side.collection(
            "owned", TITLE, {**link, "cascadeDelete": True}, listRule="post.title = 'seen'"
        )["name"]
        loose = side.collection("loose", TITLE, link, listRule="")["name"]
        many = side.collection("many", TITLE, {**link, "maxSelect": 3}, listRule="")["name"]
        every = [owned, options(owned, query={"expand": "post"}), loose, many, posts["name"]]
        side.stream("guest", *every)
        first, second = "first0000000000", "second000000000"
        for id_ in (first, second):
            side.send("POST", posts["name"], {"id": id_, "title": "seen"})
        for number in range(3):
            id_ = f"child{number}".ljust(15, "0")
            side.send("POST", owned, {"id": id_, "post": first})
            side.send("POST", loose, {"id": id_, "post": first})
            side.send("POST", many, {"id": id_, "post": [first, second]})
        side.send("DELETE", posts["name"], id_=first)
        path = f"/api/collections/{loose}/records"
        good = {"method": "POST", "url": path, "body": {"title": "batch", "id": "batch0000000000"}}
        bad = {"method": "POST", "url": path, "body": {"id": "short"}}
        for requests in ([good, bad], [good, {**good, "body": {"id": "batch0000000001"}}]):
            response = side.server.http.post("/api/batch", json={"requests": requests})
            side.answers.append(response.status_code)
        side.server.http.delete(f"/api/collections/{loose}/truncate")

    agree(scenario)


def test_what_is_no_event(agree):
    """Views, collections, signing in, refused and undone writes; system records are like others."""

    def scenario(side):
        posts = side.collection("posts", TITLE, listRule="title = 'ok'")["name"]
        view = side.collection(
            "view",
            type="view",
            viewQuery=f"SELECT id, title FROM {posts}",
            listRule="",
        )["name"]
        members = side.collection("members", type="auth", listRule="", viewRule="")["name"]
        topics = [f"{posts}/*", f"{view}/*", view, f"{members}/*", "_collections/*"]
        topics += ["_collections", "_externalAuths/*", "_authOrigins"]
        side.stream("guest", *topics)
        side.stream("root", *topics, token="root")
        side.send("POST", posts, {"id": ID, "title": "ok"})
        side.send("PATCH", posts, {}, ID)
        side.send("PATCH", posts, {"title": "no more"}, ID)
        side.send("PATCH", posts, {"title": "ok"}, ID)
        side.send("PATCH", posts, {"id": "x"}, ID)
        side.send("PATCH", posts, {"title": "x"}, "nothing00000000")
        side.send("POST", posts, {"id": ID, "title": "twice"})
        side.send("PATCH", view, {"title": "x"}, ID)
        account = {"email": f"m{side.number}@example.com", "password": PASSWORD}
        made = {"id": "member000000000", "passwordConfirm": PASSWORD, **account}
        side.send("POST", members, made)
        record = {"collectionRef": members_id(side, members), "recordRef": made["id"]}
        side.send(
            "POST", "_externalAuths", {"id": ID, "provider": "x", "providerId": "1", **record}
        )
        login = {"identity": account["email"], "password": PASSWORD}
        path = f"/api/collections/{members}/auth-with-password"
        side.server.http.patch(
            f"/api/collections/{members}", json={"authAlert": {"enabled": False}}
        )
        side.answers.append(side.server.guest.post(path, json=login).status_code)
        side.answers.append(side.server.http.post(f"{path[:-14]}-refresh").status_code)
        side.send("DELETE", "_externalAuths", id_=ID)
        side.send("DELETE", members, id_=made["id"])

    def members_id(side, name):
        return side.server.http.get(f"/api/collections/{name}").json()["id"]

    _, seen = agree(scenario)
    assert len(seen["root"]) > len(seen["guest"]) > 3


def test_bytes_of_an_event(pocketbase, shared_server):
    """No character is escaped that JSON does not ask for."""
    texts = ["<b>&amp;'</b>", 'quo"te \\ /', "\u2028\u2029 \x7f é 日本 😀", "a\nb\tc\x01"]

    def raw(server):
        name = "raw_bytes"
        body = {"name": name, "type": "base", "fields": [TITLE], "listRule": ""}
        server.http.post("/api/collections", json=body).raise_for_status()
        stream = Sse(server)
        topic = options(f"{name}/*", query={"fields": "title"})
        assert stream.subscribe(server.guest, topic).status_code == 204
        events = []
        for text in texts:
            path = f"/api/collections/{name}/records"
            response = server.http.post(path, json={"title": text})
            assert response.is_success, (server.url, response.text)
            events.append(stream.next()[1:])
        stream.close()
        return events

    assert raw(shared_server) == raw(pocketbase)


def test_headers_of_get_and_head(pocketbase, shared_server):
    def headers(found):
        left = {"date", "server", "transfer-encoding"}
        return {name: value for name, value in found.items() if name not in left}

    def of_get(server):
        stream = Sse(server, Origin="http://app.example")
        stream.close()
        return stream.status, headers(stream.headers)

    def of_head(server):
        # PocketBase goes on with the stream: the connection is of no further use
        response = httpx.head(f"{server.url}/api/realtime")
        return response.status_code, headers(response.headers)

    assert of_get(shared_server) == of_get(pocketbase)
    assert of_head(shared_server) == of_head(pocketbase)


def test_refusals(pocketbase, shared_server):
    bodies = [
        None,
        [],
        {},
        {"clientId": 5},
        {"clientId": "x", "subscriptions": "a"},
        {"clientId": "x", "subscriptions": ["a", None]},
        {"clientId": "x", "subscriptions": ["a", {}]},
        {"clientId": "é" * 128},
        {"clientId": "", "subscriptions": ["a"] * 1001},
        {"clientId": "x", "subscriptions": ["a", "b" * 2501, "é" * 1251]},
        {"CLIENTID": "x"},
    ]
    for body in bodies:
        theirs, ours = (
            server.guest.post("/api/realtime", json=body) for server in (pocketbase, shared_server)
        )
        assert (ours.status_code, ours.json()) == (theirs.status_code, theirs.json()), body
