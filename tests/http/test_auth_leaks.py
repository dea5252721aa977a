"""What the server says of secrets to anybody: in answers, in its log, on its console, in mails."""

from __future__ import annotations

import json
import re
import time

import pytest

from tests.auth_app.fake_provider import CLIENT_SECRET, FakeProvider, code_for
from tests.clients.inbox import Inbox
from tests.servers import PASSWORD as ROOT_PASSWORD
from tests.servers import Holdall

pytestmark = pytest.mark.server

USERS = "/api/collections/users"
EMAIL, PASSWORD, WRONG = "ann@example.com", "the-password-of-ann", "a-wrong-password"
NEW_PASSWORD = "the-new-password-of-ann"
KINDS = ("auth", "passwordReset", "emailChange", "verification", "file")
SECRETS = {kind: f"secret-of-{kind}-tokens-".ljust(40, "x") for kind in KINDS}


@pytest.fixture
def provider():
    running = FakeProvider()
    yield running
    running.close()


@pytest.fixture
def inbox():
    with Inbox() as running:
        yield running


@pytest.fixture
def server(tmp_path, inbox, provider):
    with Holdall(tmp_path / "data") as running:
        options = {f"{kind}Token": {"secret": secret} for kind, secret in SECRETS.items()}
        options["otp"] = {"enabled": True}
        options["oauth2"] = {"enabled": True, "providers": [provider.config()]}
        running.http.patch(USERS, json=options).raise_for_status()
        smtp = {"enabled": True, "host": "127.0.0.1", "port": inbox.smtp_port}
        settings = {"smtp": smtp, "batch": {"enabled": True}, "logs": {"minLevel": -4}}
        running.http.patch("/api/settings", json=settings).raise_for_status()
        yield running


class Said:
    """Sends requests and keeps what was answered; what an answer is there to tell is taken out."""

    def __init__(self, server):
        self.server = server
        self.answers = []
        self.told = []  # tokens, given to who may have them

    def send(self, method, path, body=None, *, auth="", tells=(), **options):
        headers = {"Authorization": auth} if auth else {}
        options = {"json": body} if body is not None else options
        response = self.server.guest.request(method, path, headers=headers, **options)
        text = response.text
        for key in tells:
            value = response.json()[key]
            self.told.append(value)
            text = text.replace(value, "")
        self.answers.append(text)
        return response


def taken(inbox, to):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        mail = inbox.take(to)
        if mail is not None:
            return mail
        time.sleep(0.02)  # another process sends it
    raise AssertionError(f"no mail to {to}")


def act_everything(said, inbox):
    """Go through every flow, rightly and wrongly; return what only the mails may tell."""
    post = said.send
    sign_up = {"email": EMAIL, "password": PASSWORD, "passwordConfirm": PASSWORD}
    user = post("POST", f"{USERS}/records", sign_up).json()
    post("POST", f"{USERS}/records", sign_up)
    for raw in (f'{{"password":"{PASSWORD}"', f'{{"password":["{PASSWORD}"]}}', PASSWORD):
        for ending in ("records", "auth-with-password", "confirm-password-reset"):
            json_type = {"Content-Type": "application/json"}
            said.answers.append(
                said.server.guest.post(f"{USERS}/{ending}", content=raw, headers=json_type).text
            )
    path = f"{USERS}/auth-with-password"
    for identity, password in ((EMAIL, WRONG), ("nobody@example.com", PASSWORD)):
        post("POST", path, {"identity": identity, "password": password})
    right = {"identity": EMAIL, "password": PASSWORD}
    token = post("POST", path, right, tells=["token"]).json()["token"]
    record = f"{USERS}/records/{user['id']}"
    post("PATCH", record, {"password": NEW_PASSWORD, "oldPassword": WRONG}, auth=token)
    request = {"method": "PATCH", "url": record, "body": {"password": NEW_PASSWORD}}
    post("POST", "/api/batch", {"requests": [request]}, auth=token)
    token = post("POST", f"{USERS}/auth-refresh", auth=token, tells=["token"]).json()["token"]
    post("POST", f"{USERS}/auth-refresh", auth=f"{token}x")
    post("GET", "/api/collections", auth=token)
    post("POST", "/api/files/token", auth=token, tells=["token"])

    otp_id = post("POST", f"{USERS}/request-otp", {"email": EMAIL}).json()["otpId"]
    code = re.search(r"\b\d{8}\b", taken(inbox, EMAIL)["text"])[0]
    post("POST", f"{USERS}/auth-with-otp", {"otpId": otp_id, "password": "wrong"})
    links = []
    post("POST", f"{USERS}/request-verification", {"email": EMAIL})
    links.append(token_of(taken(inbox, EMAIL)))
    post("POST", f"{USERS}/request-email-change", {"newEmail": "new@example.com"}, auth=token)
    links.append(token_of(taken(inbox, "new@example.com")))
    post("POST", f"{USERS}/confirm-email-change", {"token": links[-1], "password": WRONG})
    post("POST", f"{USERS}/request-password-reset", {"email": EMAIL})
    links.append(token_of(taken(inbox, EMAIL)))
    for given in (links[-1], f"{links[-1]}x"):
        new = {"password": NEW_PASSWORD, "passwordConfirm": WRONG}
        post("POST", f"{USERS}/confirm-password-reset", {"token": given, **new})
    for given in links:
        for ending in ("confirm-verification", "confirm-password-reset"):
            post("POST", f"{USERS}/{ending}", {"token": f"{given}x"})

    path = f"{USERS}/auth-with-oauth2"
    oauth2_code = code_for(sub="1", email=EMAIL, email_verified=False)
    for given in ("refused", oauth2_code):
        verifier = "a-verifier-that-nobody-else-knows"
        post("POST", path, {"provider": "oidc", "code": given, "codeVerifier": verifier})
    root = said.server.http.headers["Authorization"]
    post("POST", f"{USERS}/impersonate/{user['id']}", auth=root, tells=["token"])
    for shown in (USERS, "/api/collections", "/api/settings", f"{USERS}/records", record):
        post("GET", shown, auth=root)
    post("GET", f"{USERS}/auth-methods")
    return user, code, links, ["a-verifier-that-nobody-else-knows", oauth2_code]


def token_of(mail):
    return re.search(r"/_/#/auth/[\w-]+/([\w.-]+)", mail["html"])[1]


def stored_secrets(server, user):
    for statement in (
        f"""SELECT "tokenKey", password FROM users WHERE id = '{user["id"]}'""",
        'SELECT "tokenKey", password FROM _superusers',
        "SELECT password FROM _otps",
    ):
        for row in server.rows(statement):
            yield from row


def logged(server, last):
    """Return the whole request log as text, once ``last`` is in it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answer = server.http.get("/api/logs?perPage=500").json()
        if any(last in item["data"]["url"] for item in answer["items"]):
            return json.dumps(answer)
        time.sleep(0.1)  # entries are written in batches
    raise AssertionError(f"{last} was not logged")


def test_nothing_leaks(server, inbox):
    said = Said(server)
    user, code, links, private = act_everything(said, inbox)
    said.send("GET", "/api/the-last-one")
    never = [*stored_secrets(server, user), *SECRETS.values(), CLIENT_SECRET]
    never += [PASSWORD, NEW_PASSWORD, WRONG, ROOT_PASSWORD]
    log, console = logged(server, "/api/the-last-one"), server.log.read_text()
    mails = json.dumps(inbox.arrived)

    assert len(never) == 15
    assert len(said.answers) == 44
    assert len(inbox.arrived) == 4
    assert [item for item in never if item in "\n".join(said.answers)] == []
    assert [item for item in never if item in mails] == []
    quiet = [*never, code, *links, *said.told, *private]
    assert [item for item in quiet if item in log or item in console] == []
    # what was looked through is what was meant
    assert f"{USERS}/auth-with-oauth2" in log
    assert "wrong password" in log
    assert all(link in mails for link in links)
