"""The examples of the API preview, run: curl, the JavaScript and the Python SDK."""

import json
import shutil
import subprocess
import sys

import pytest

from dashboard_app.collections import api_preview
from tests.clients.driving import MARKS, drive
from tests.dashboard_app.openapi.every import make_every
from tests.makers import make_collection

OPEN = dict.fromkeys(("listRule", "viewRule", "createRule", "updateRule", "deleteRule"), "")
CHAIRS = {
    "name": "chairs",
    "type": "base",
    "fields": [
        {"type": "text", "name": "title", "required": True},
        {"type": "number", "name": "legs", "max": 4, "onlyInt": True},
        {"type": "select", "name": "size", "values": ["s", "m"]},
        {"type": "json", "name": "extra"},
        {"type": "geoPoint", "name": "place"},
    ],
    "softDelete": True,
    "trashRule": "",
    **OPEN,
}
FANS = {"name": "fans", "type": "auth", "otp": {"enabled": True}, **OPEN}
#: what an example comes to that has to be refused: its token, code or provider is none
REFUSED = {
    "Sign in with a provider": 403,
    "Sign in with a one-time password": 400,
    "Set a new password": 400,
    "Prove an address": 400,
    "Change the address": 400,
}
#: a first record has to be there, and comes back from the trash
ORDER = ("Create", "List and search", "View", "Update", "Batch", "Delete", "Restore", "Realtime")


@pytest.fixture
def collections(shared_server):
    """The two on the server, and batches allowed."""
    http = shared_server.http
    http.patch("/api/settings", json={"batch": {"enabled": True}}).raise_for_status()
    for data in (CHAIRS, FANS):
        http.post("/api/collections", json=data).raise_for_status()
    yield
    for data in (CHAIRS, FANS):
        http.delete(f"/api/collections/{data['name']}").raise_for_status()
    http.patch("/api/settings", json={"batch": {"enabled": False}}).raise_for_status()


def examples_of(data, server, language, record_id):
    """Return title -> text in an order that can be run, with real ids."""
    name, options = data["name"], {key: data[key] for key in data if key not in ("name", "fields")}
    collection = make_collection(name, *data.get("fields", ()), **options)
    found = {}
    for endpoint in api_preview.endpoints(collection, server.url):
        for example in endpoint.examples:
            if example.language == language:
                found[endpoint.title] = (
                    example.text.replace("ID", record_id, 1)
                    if ("OTP_ID" not in example.text)
                    else example.text
                )
    first = [title for title in ORDER if title in found]
    return {title: found[title] for title in [*first, *(set(found) - set(first))]}


def record_of(server, name, **values):
    made = server.http.post(f"/api/collections/{name}/records", json=values)
    assert made.status_code == 200, made.text
    return made.json()["id"]


def fan(server):
    return record_of(
        server,
        "fans",
        email="somebody@example.com",
        password="a-long-password",
        passwordConfirm="a-long-password",
        verified=True,
    )


def test_bodies_fit_every_field(root_api, db):
    """What the page says of bodies is what the API takes, whatever the field."""
    every = make_every()
    body = {
        key: value
        for key, value in api_preview._body(every).items()
        if key not in ("author", "readers")
    }
    assert set(body) == {field.name for field in every.fields} - {
        *("id", "secret", "created", "deleted", "photo", "papers", "author", "readers"),
    }
    body["code"] = "ABC"  # of a pattern nobody can guess
    response = root_api.post("/api/collections/every/records", body)
    assert (response.status_code, response.json()["title"]) == (200, "some text")
    assert response.json()["size"] == "s"


@pytest.mark.server
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(shared_server, collections, db):
    chair = record_of(shared_server, "chairs", title="first")
    token = shared_server.http.headers["Authorization"]
    examples = examples_of(CHAIRS, shared_server, "curl", chair)
    assert {title: curl(text, token) for title, text in examples.items()} == {
        **dict.fromkeys(("Create", "List and search", "View", "Update", "Batch", "Restore"), 200),
        "Delete": 204,
    }
    somebody = fan(shared_server)
    examples = examples_of(FANS, shared_server, "curl", somebody)
    wanted = (
        "Ways to sign in",
        "Sign in with a password",
        "Ask for a one-time password",
        "Ask for a new password",
        "Get somebody's token",
        *REFUSED,
    )
    found = {title: curl(examples[title], token) for title in wanted}
    assert found == {
        "Ways to sign in": 200,
        "Sign in with a password": 200,
        "Ask for a one-time password": 200,
        "Ask for a new password": 204,
        "Get somebody's token": 200,
        **REFUSED,
    }


def curl(text, token):
    """Run an example in a shell and return the status of the answer."""
    done = subprocess.run(
        ["sh", "-c", text.replace("curl", "curl -s -o /dev/null -w '%{http_code}'", 1)],
        env={"PATH": "/usr/bin:/bin", "TOKEN": token},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return int(done.stdout)


class TestJavaScript:
    pytestmark = MARKS

    def test_sdk(self, shared_server, collections, db):
        chair = record_of(shared_server, "chairs", title="first")
        examples = examples_of(CHAIRS, shared_server, "JavaScript", chair)
        assert self.run(shared_server, examples) == dict.fromkeys(ORDER, 200)
        fan(shared_server)
        examples = examples_of(FANS, shared_server, "JavaScript", "ID")
        wanted = (
            "Ways to sign in",
            "Sign in with a password",
            "Get a new token",
            "Ask for a one-time password",
            "Ask for a new password",
            "Ask for the proof of an address",
            *REFUSED,
        )
        # a window would have to open for this one
        found = self.run(
            shared_server,
            {title: examples[title] for title in wanted if title != "Sign in with a provider"},
        )
        refused = {key: code for key, code in REFUSED.items() if key != "Sign in with a provider"}
        assert found == {
            **{title: 200 for title in wanted if title not in REFUSED},
            **refused,
        }

    def run(self, server, examples):
        sent = [{"title": title, "text": text} for title, text in examples.items()]
        return json.loads(drive("examples.mjs", server.url, EXAMPLES=json.dumps(sent)))


@pytest.mark.server
def test_python_sdk(shared_server, collections, db):
    chair = record_of(shared_server, "chairs", title="first")
    examples = examples_of(CHAIRS, shared_server, "Python", chair)
    del examples["Realtime"]  # it would keep a thread
    found = run_python(shared_server, examples)
    assert found == dict.fromkeys([item for item in ORDER if item in examples], 200)
    fan(shared_server)
    examples = examples_of(FANS, shared_server, "Python", "ID")
    wanted = (
        *("Ways to sign in", "Sign in with a password", "Get a new token"),
        *("Ask for a new password", "Set a new password", "Prove an address"),
    )
    found = run_python(shared_server, {title: examples[title] for title in wanted})
    assert found == {title: REFUSED.get(title, 200) for title in wanted}


#: the SDK leaves its connections open, so it has a process of its own
SCRIPT = """
import json, sys
import pocketbase
pb, outcomes = pocketbase.PocketBase(sys.argv[1]), {}
for title, text in json.load(sys.stdin).items():
    try:
        exec(text, {"pb": pb})
        outcomes[title] = 200
    except pocketbase.utils.ClientResponseError as error:
        outcomes[title] = error.status
print(json.dumps(outcomes))
"""


def run_python(server, examples):
    """Run examples and return what each comes to: 200, or the status of the refusal."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, server.url],
        input=json.dumps(examples),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
