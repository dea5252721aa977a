from __future__ import annotations

import pytest
from django.http import HttpResponse, JsonResponse

from auth_app import hooks
from auth_app.names import AUTH_ORIGINS
from collections_app import records
from collections_app.schema import lookup
from collections_app.schema_edit import service as schema_service
from core_app.errors import Forbidden
from tests.makers import PASSWORD

USERS = "/api/collections/users"


@pytest.fixture
def user(make_user):
    return make_user()


@pytest.fixture
def listen():
    """Connect receivers until the test ends."""
    connected = []

    def connect(signal, receiver, sender="users"):
        signal.connect(receiver, sender=sender, weak=False)
        connected.append((signal, receiver, sender))

    yield connect
    for signal, receiver, sender in connected:
        signal.disconnect(receiver, sender=sender)


def sign_in(api, identity="user@example.com", password=PASSWORD):
    body = {"identity": identity, "password": password}
    return api.post(f"{USERS}/auth-with-password", body)


def test_meta_and_token_can_be_changed(api, user, listen):
    def receiver(event, **_):
        event.meta = {"plan": "pro"}
        event.token = "mine"

    listen(hooks.record_auth_request, receiver)
    answer = sign_in(api).json()
    assert list(answer) == ["meta", "record", "token"]
    assert (answer["meta"], answer["token"]) == ({"plan": "pro"}, "mine")


def test_refusal_reaches_the_client(api, user, listen):
    def receiver(event, **_):
        raise Forbidden("Not today.")

    listen(hooks.record_auth_request, receiver)
    response = sign_in(api)
    assert (response.status_code, response.json()) == (
        403,
        {"data": {}, "message": "Not today.", "status": 403},
    )


def test_a_receiver_may_answer_by_itself(api, user, listen):
    listen(hooks.record_auth_request, lambda event, **_: JsonResponse({"own": 1}, status=202))
    response = sign_in(api)
    assert (response.status_code, response.json()) == (202, {"own": 1})
    assert records.count(AUTH_ORIGINS) == 0


@pytest.mark.parametrize(
    ("signal", "path", "body"),
    [
        (
            hooks.auth_with_password_request,
            "auth-with-password",
            {"identity": "user@example.com", "password": PASSWORD},
        ),
        (hooks.auth_refresh_request, "auth-refresh", {}),
        (hooks.verification_request, "request-verification", {"email": "user@example.com"}),
        (hooks.password_reset_request, "request-password-reset", {"email": "user@example.com"}),
        (hooks.email_change_request, "request-email-change", {"newEmail": "new@example.com"}),
        (hooks.otp_request, "request-otp", {"email": "user@example.com"}),
    ],
)
def test_request_signals_come_before_the_act(api, user, listen, mailoutbox, signal, path, body):
    schema_service.update(lookup.get("users"), {"otp": {"enabled": True}})
    listen(signal, lambda event, **_: HttpResponse(b"mine", status=203))
    response = api.as_(user).post(f"{USERS}/{path}", body)
    assert (response.status_code, response.content) == (203, b"mine")
    assert mailoutbox == []
    assert records.count("_otps") == 0


def test_other_collections_are_not_heard(api, user, listen):
    listen(hooks.record_auth_request, lambda event, **_: HttpResponse(), sender="members")
    assert "token" in sign_in(api).json()


def test_a_receiver_may_supply_the_record(api, user, listen):
    def receiver(event, **_):
        if event.identity == "old-login":
            event.record = records.get("users", user.id)

    listen(hooks.auth_with_password_request, receiver)
    assert sign_in(api, "old-login").json()["record"]["id"] == user.id
    assert sign_in(api, "other-login").status_code == 400


def test_skipping_the_second_factor(api, user, listen):
    options = {"mfa": {"enabled": True}, "otp": {"enabled": True}}
    schema_service.update(lookup.get("users"), options)
    assert sign_in(api).status_code == 401

    def receiver(event, **_):
        event.method = ""

    listen(hooks.record_auth_request, receiver)
    assert sign_in(api).status_code == 200
    assert records.count(AUTH_ORIGINS) == 0


def test_authenticated(api, user, listen):
    seen = []
    listen(
        hooks.record_authenticated, lambda event, **_: seen.append((event.method, event.record.id))
    )
    sign_in(api)
    api.as_(user).post(f"{USERS}/auth-refresh")
    assert seen == [("password", user.id), ("", user.id)]


def test_failed(api, user, listen):
    seen = []

    def receiver(event, **_):
        seen.append((event.method, event.record and event.record.id, event.error.reason))

    listen(hooks.auth_failed, receiver)
    sign_in(api, password="wrong")
    sign_in(api, "nobody@example.com")
    sign_in(api)
    assert seen == [
        ("password", user.id, "wrong password"),
        ("password", None, "no record has this identity"),
    ]


def test_a_first_factor_is_no_failure(api, user, listen):
    options = {"mfa": {"enabled": True}, "otp": {"enabled": True}}
    schema_service.update(lookup.get("users"), options)
    seen = []
    listen(hooks.auth_failed, lambda event, **_: seen.append(event))
    assert sign_in(api).status_code == 401
    assert seen == []


def test_an_error_after_signing_in_changes_nothing(api, user, listen):
    def receiver(event, **_):
        raise RuntimeError("broken")

    listen(hooks.record_authenticated, receiver)
    assert sign_in(api).status_code == 200


def test_what_happened_is_told(api, make_user, listen):
    from tests.auth_app.forging import forge

    user = make_user(verified=False)
    seen = []
    for signal in (hooks.record_verified, hooks.password_reset, hooks.email_changed):
        listen(signal, lambda event, signal=signal, **_: seen.append(signal.name))
    body = {"token": forge(user, "verification")}
    api.post(f"{USERS}/confirm-verification", body)
    api.post(f"{USERS}/confirm-verification", body)
    body = {"token": forge(user, "emailChange", newEmail="new@example.com"), "password": PASSWORD}
    api.post(f"{USERS}/confirm-email-change", body)
    user = records.get("users", user.id)
    body = {"token": forge(user, "passwordReset"), "password": "12345678"}
    api.post(f"{USERS}/confirm-password-reset", {**body, "passwordConfirm": "12345678"})
    assert seen == ["record_verified", "email_changed", "password_reset"]


def test_hooks_refuse_a_save_in_their_own_words(api, user, listen):
    from collections_app.hooks import before_record_update
    from tests.auth_app.forging import forge

    def receiver(event, **_):
        raise Forbidden("This account is frozen.")

    listen(before_record_update, receiver)
    body = {"token": forge(user, "passwordReset"), "password": "12345678"}
    response = api.post(f"{USERS}/confirm-password-reset", {**body, "passwordConfirm": "12345678"})
    assert response.json()["message"] == "This account is frozen."
    assert records.get("users", user.id)["password"].verify(PASSWORD)
