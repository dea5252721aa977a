"""What must hold when several workers answer at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import httpx
import pytest

from tests.auth_app.forging import encode
from tests.makers import PASSWORD
from tests.servers import Holdall

pytestmark = pytest.mark.server

USERS = "/api/collections/users"
TOKEN_KEY, SECRET = "k" * 40, "s" * 40
FAR_AWAY = 4_102_444_800  # 2100
_numbers = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Two workers; the secrets that mailed tokens are signed with are known."""
    with Holdall(tmp_path_factory.mktemp("workers") / "data", "--workers", "2") as running:
        secrets = {f"{kind}Token": {"secret": SECRET} for kind in ("passwordReset", "emailChange")}
        change(running, otp={"enabled": True}, **secrets)
        yield running


@pytest.fixture
def user(server):
    number = next(_numbers)
    email = f"user{number}@example.com"
    body = {"email": email, "password": PASSWORD, "passwordConfirm": PASSWORD}
    body["tokenKey"] = f"{TOKEN_KEY}{number}"
    response = server.http.post(f"{USERS}/records", json=body)
    response.raise_for_status()
    return {**response.json(), "tokenKey": body["tokenKey"]}


def change(server, **options):
    server.http.patch(USERS, json=options).raise_for_status()


def mailed_token(user, kind, **more):
    claims = {"id": user["id"], "collectionId": user["collectionId"], "email": user["email"]}
    claims |= {"type": kind, "exp": FAR_AWAY, **more}
    return encode(claims, user["tokenKey"] + SECRET)


def make_otp(server, user, code="123456"):
    body = {"collectionRef": "_pb_users_auth_", "recordRef": user["id"], "password": code}
    response = server.http.post("/api/collections/_otps/records", json=body)
    response.raise_for_status()
    return response.json()["id"]


def sign_in(server, email, password=PASSWORD):
    body = {"identity": email, "password": password}
    return server.guest.post(f"{USERS}/auth-with-password", json=body)


def at_once(server, path, *bodies):
    """Send every body at the same time, each over a connection of its own; return the answers."""

    def send(body):
        return httpx.post(f"{server.url}{USERS}/{path}", json=body, timeout=60)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(send, bodies))


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


def test_guesses_are_counted_together(server, user):
    body = {"otpId": make_otp(server, user), "password": "wrong"}
    answers = at_once(server, "auth-with-otp", *[body] * 12)
    assert statuses(answers) == [400] * 5 + [429] * 7


def test_a_code_works_once(server, user):
    body = {"otpId": make_otp(server, user), "password": "123456"}
    answers = at_once(server, "auth-with-otp", *[body] * 5)
    assert statuses(answers) == [200] + [400] * 4


def test_a_first_factor_is_used_up_once(server, user):
    change(server, mfa={"enabled": True})
    first = {"otpId": make_otp(server, user), "password": "123456"}
    mfa_id = server.guest.post(f"{USERS}/auth-with-otp", json=first).json()["mfaId"]
    body = {"identity": user["email"], "password": PASSWORD, "mfaId": mfa_id}
    answers = at_once(server, "auth-with-password", *[body] * 5)
    change(server, mfa={"enabled": False})
    assert statuses(answers) == [200] + [400] * 4
    refused = {answer.json()["message"] for answer in answers if answer.status_code == 400}
    assert refused == {"Invalid or expired MFA session."}
    assert server.http.get("/api/collections/_mfas/records").json()["totalItems"] == 0


def test_a_password_is_reset_once_by_a_link(server, user):
    """Whoever comes first sets the password; the others find that the link has ended."""
    token = mailed_token(user, "passwordReset")
    chosen = [f"password-of-{number}" for number in range(5)]
    bodies = [{"token": token, "password": item, "passwordConfirm": item} for item in chosen]
    answers = at_once(server, "confirm-password-reset", *bodies)
    assert statuses(answers) == [204] + [400] * 4
    for answer, password in zip(answers, chosen, strict=True):
        is_set = sign_in(server, user["email"], password).status_code == 200
        assert is_set == (answer.status_code == 204)
        if not is_set:
            assert answer.json()["data"]["token"]["code"] == "validation_invalid_token"


def test_an_address_is_changed_once_by_links(server, user):
    """Of links to different addresses the second to be followed has ended."""
    addresses = [f"new{number}-{user['email']}" for number in range(4)]
    bodies = [
        {"token": mailed_token(user, "emailChange", newEmail=item), "password": PASSWORD}
        for item in addresses
    ]
    answers = at_once(server, "confirm-email-change", *bodies)
    assert statuses(answers) == [204] + [400] * 3
    changed = addresses[[answer.status_code for answer in answers].index(204)]
    record = server.http.get(f"{USERS}/records/{user['id']}").json()
    assert (record["email"], record["verified"]) == (changed, True)


def test_a_token_works_and_dies_in_every_worker(server, user):
    token = sign_in(server, user["email"]).json()["token"]
    path = f"{USERS}/records/{user['id']}"

    def seen():
        headers = {"Authorization": token}
        return {
            httpx.get(f"{server.url}{path}", headers=headers, timeout=30).status_code
            for _ in range(12)
        }

    assert seen() == {200}
    server.http.patch(path, json={"tokenKey:autogenerate": ""}).raise_for_status()
    assert seen() == {404}


def test_guessing_is_not_faster_with_more_workers(server, user):
    """The rate limit counts passwords, and codes, for all workers together."""
    otp_id = make_otp(server, user)
    rule = {"label": "*:auth", "maxRequests": 4, "duration": 600, "audience": ""}
    settings = {"rateLimits": {"enabled": True, "rules": [rule]}}
    server.http.patch("/api/settings", json=settings).raise_for_status()
    try:
        wrong = {"identity": user["email"], "password": "wrong"}
        answers = at_once(server, "auth-with-password", *[wrong] * 12)
        assert statuses(answers) == [400] * 4 + [429] * 8
        body = {"otpId": otp_id, "password": "123456"}
        answers = at_once(server, "auth-with-otp", *[body] * 8)
        assert statuses(answers) == [200] + [400] * 3 + [429] * 4
    finally:
        off = {"rateLimits": {"enabled": False}}
        server.http.patch("/api/settings", json=off).raise_for_status()
