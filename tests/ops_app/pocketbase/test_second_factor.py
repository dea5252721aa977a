"""Accounts with a second factor, moved in from the real PocketBase, sign in as they did there."""

import re

import pytest

from tests.clients.inbox import Inbox
from tests.servers import Holdall, PocketBase
from tests.waiting import until

# an import works on SQLite alone, and says so elsewhere
pytestmark = [pytest.mark.pocketbase, pytest.mark.server, pytest.mark.sqlite]

PASSWORD = "correct-horse"
STAFF = {
    "name": "staff",
    "type": "auth",
    "passwordAuth": {"enabled": True, "identityFields": ["email"]},
    "mfa": {"enabled": True, "duration": 1800},
    "otp": {"enabled": True, "duration": 1800, "length": 9},
}
PATH = "/api/collections/staff"


class Person:
    """An account of ``staff``, and what its owner does to sign in on ``server``."""

    def __init__(self, inbox, name):
        self.inbox = inbox
        self.email = f"{name}@example.com"

    def sign_up(self, server):
        body = {"email": self.email, "password": PASSWORD, "passwordConfirm": PASSWORD}
        server.http.post(f"{PATH}/records", json={**body, "verified": True}).raise_for_status()

    def password(self, server, password=PASSWORD, **more):
        body = {"identity": self.email, "password": password, **more}
        return server.guest.post(f"{PATH}/auth-with-password", json=body)

    def request_otp(self, server):
        """Return the ``otpId``, and the code that came by mail."""
        asked = server.guest.post(f"{PATH}/request-otp", json={"email": self.email})
        assert asked.status_code == 200, asked.text
        mail = until(lambda: self.inbox.take(self.email))
        return {
            "otpId": asked.json()["otpId"],
            "password": re.search(r"\b\d{9}\b", mail["html"])[0],
        }

    def otp(self, server, **body):
        return server.guest.post(f"{PATH}/auth-with-otp", json=body)


def first_factor(answer):
    """Return the ``mfaId`` of an answer that asks for another factor."""
    assert (answer.status_code, list(answer.json())) == (401, ["mfaId"]), answer.text
    return answer.json()["mfaId"]


def signs_in(server, person):
    """Whether both factors, in both orders, lead in; return the token."""
    mfa = first_factor(person.password(server))
    first = person.otp(server, **person.request_otp(server), mfaId=mfa)
    mfa = first_factor(person.otp(server, **person.request_otp(server)))
    second = person.password(server, mfaId=mfa)
    for answer in (first, second):
        assert answer.status_code == 200, answer.text
        assert answer.json()["record"]["email"] == person.email
    return second.json()["token"]


def is_signed_in(server, token):
    answer = server.guest.post(f"{PATH}/auth-refresh", headers={"Authorization": token})
    return answer.status_code == 200


@pytest.fixture
def inbox():
    with Inbox() as made:
        yield made


def test_both_factors_work_as_they_did(tmp_path, inbox):
    """Also a sign-in that has begun there: its first factor and its mailed code are good here."""
    if reason := PocketBase.absent():
        pytest.skip(reason)
    ann, bob = Person(inbox, "ann"), Person(inbox, "bob")
    smtp = {"enabled": True, "host": "127.0.0.1", "port": inbox.smtp_port}
    with PocketBase(tmp_path / "pb_data") as theirs:
        theirs.http.post("/api/collections", json=STAFF).raise_for_status()
        theirs.http.patch("/api/settings", json={"smtp": smtp}).raise_for_status()
        for person in (ann, bob):
            person.sign_up(theirs)
        token = signs_in(theirs, ann)
        begun = {"mfaId": first_factor(bob.password(theirs)), **bob.request_otp(theirs)}
    ours = Holdall(tmp_path / "data", "--workers", "2")
    ours.has_superuser = True
    moved = ours.manage("import_pocketbase", str(theirs.data))
    assert (moved.returncode, moved.stderr) == (0, "")
    with ours:
        assert is_signed_in(ours, token)
        assert bob.otp(ours, **begun).status_code == 200
        assert bob.otp(ours, **begun).status_code == 400, "each is used up"
        assert is_signed_in(ours, signs_in(ours, ann))
        assert is_signed_in(ours, signs_in(ours, bob))
        assert ann.password(ours, "wrong-horse").status_code == 400
        wrong = {**ann.request_otp(ours), "password": "000000000"}
        assert ann.otp(ours, **wrong).status_code == 400
