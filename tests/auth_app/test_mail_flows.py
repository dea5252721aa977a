"""Flows that begin with a mail, from the request to what following the mail does."""

from __future__ import annotations

import re

import pytest

from auth_app.flows import otp
from auth_app.names import AUTH_ORIGINS, MFAS, OTPS
from collections_app import records
from collections_app.schema_edit import service as schema_service
from core_app.mail import transport
from tests.makers import PASSWORD

USERS = "/api/collections/users"


@pytest.fixture
def user(make_user):
    return make_user(verified=False)


@pytest.fixture
def broken_mail(monkeypatch):
    def refuse(message):
        raise transport.MailFailed("no way out")

    monkeypatch.setattr(transport, "send", refuse)


def token_in(message):
    return re.search(r"/_/#/auth/[\w-]+/([\w.-]+)", message.body)[1]


def code_in(message):
    return re.search(r"password is: (\d+)", message.body)[1]


def change_users(**options):
    from collections_app.schema import lookup

    schema_service.update(lookup.get("users"), options)


def stored(user):
    return records.get(user.collection.name, user.id)


def test_verification(api, user, mailoutbox):
    body = {"email": "user@example.com"}
    assert api.post(f"{USERS}/request-verification", body).status_code == 204
    token = token_in(mailoutbox[0])
    assert api.post(f"{USERS}/confirm-verification", {"token": token}).status_code == 204
    assert stored(user)["verified"] is True
    assert stored(user)["tokenKey"] == user["tokenKey"]


def test_verification_mails_are_rare(api, user, mailoutbox):
    for _ in range(3):
        body = {"email": "user@example.com"}
        assert api.post(f"{USERS}/request-verification", body).status_code == 204
    assert len(mailoutbox) == 1


def test_verified_users_get_no_verification_mail(api, make_user, mailoutbox):
    make_user()
    body = {"email": "user@example.com"}
    assert api.post(f"{USERS}/request-verification", body).status_code == 204
    assert mailoutbox == []


def test_verification_without_passwords_resets_the_password(api, user, mailoutbox):
    change_users(passwordAuth={"enabled": False})
    api.post(f"{USERS}/request-verification", {"email": "user@example.com"})
    token = token_in(mailoutbox[0])
    api.post(f"{USERS}/confirm-verification", {"token": token})
    assert not stored(user)["password"].verify(PASSWORD)


def test_password_reset(api, user, mailoutbox):
    api.post(f"{USERS}/request-password-reset", {"email": "user@example.com"})
    body = {"token": token_in(mailoutbox[0]), "password": "n3wpassw0rd"}
    body["passwordConfirm"] = body["password"]
    assert api.post(f"{USERS}/confirm-password-reset", body).status_code == 204
    assert stored(user)["password"].verify("n3wpassw0rd")
    assert stored(user)["verified"] is True
    assert api.post(f"{USERS}/confirm-password-reset", body).status_code == 400


def test_password_reset_mails_are_rare(api, user, mailoutbox):
    for _ in range(3):
        api.post(f"{USERS}/request-password-reset", {"email": "user@example.com"})
    assert len(mailoutbox) == 1


def test_a_password_reset_mail_that_failed_can_be_asked_for_again(
    api, user, broken_mail, monkeypatch, mailoutbox
):
    body = {"email": "user@example.com"}
    assert api.post(f"{USERS}/request-password-reset", body).status_code == 204
    monkeypatch.undo()
    assert api.post(f"{USERS}/request-password-reset", body).status_code == 204
    assert len(mailoutbox) == 1


def test_the_installer_cannot_reset_its_password(api, make_superuser, make_record, mailoutbox):
    make_superuser()
    make_record("_superusers", email="__pbinstaller@example.com", password="12345678")
    body = {"email": "__pbinstaller@example.com"}
    path = "/api/collections/_superusers/request-password-reset"
    assert api.post(path, body).status_code == 204
    assert mailoutbox == []


def test_email_change(api, user, mailoutbox):
    path = f"{USERS}/request-email-change"
    assert api.as_(user).post(path, {"newEmail": "new@example.com"}).status_code == 204
    body = {"token": token_in(mailoutbox[0]), "password": PASSWORD}
    assert api.post(f"{USERS}/confirm-email-change", body).status_code == 204
    assert (stored(user)["email"], stored(user)["verified"]) == ("new@example.com", True)
    assert stored(user)["tokenKey"] != user["tokenKey"]
    assert api.post(f"{USERS}/confirm-email-change", body).status_code == 400


def test_email_change_whose_mail_failed(api, user, broken_mail):
    response = api.as_(user).post(f"{USERS}/request-email-change", {"newEmail": "new@example.com"})
    assert (response.status_code, response.json()) == (
        400,
        {"data": {}, "message": "Failed to request email change.", "status": 400},
    )


def test_otp(api, user, mailoutbox):
    change_users(otp={"enabled": True, "length": 6})
    otp_id = api.post(f"{USERS}/request-otp", {"email": "user@example.com"}).json()["otpId"]
    row = records.get(OTPS, otp_id)
    code = code_in(mailoutbox[0])
    assert len(code) == 6
    assert (row["sentTo"], row["recordRef"]) == ("user@example.com", user.id)
    body = {"otpId": otp_id, "password": code}
    response = api.post(f"{USERS}/auth-with-otp", body)
    assert response.status_code == 200
    assert response.json()["record"]["verified"] is True
    assert records.count(OTPS) == 0
    # the code proved the address, so a password that somebody else may know is void
    assert not stored(user)["password"].verify(PASSWORD)
    assert api.post(f"{USERS}/auth-with-otp", body).json()["message"] == otp.INVALID


def test_otp_of_an_unknown_address_looks_the_same(api, user, mailoutbox):
    change_users(otp={"enabled": True})
    known = api.post(f"{USERS}/request-otp", {"email": "user@example.com"})
    unknown = api.post(f"{USERS}/request-otp", {"email": "nobody@example.com"})
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert [list(known.json()), list(unknown.json())] == [["otpId"], ["otpId"]]
    assert len(known.json()["otpId"]) == len(unknown.json()["otpId"]) == 15
    assert len(mailoutbox) == 1


def test_no_more_than_ten_open_codes(api, user, mailoutbox):
    change_users(otp={"enabled": True})
    body = {"email": "user@example.com"}
    given = [api.post(f"{USERS}/request-otp", body).json()["otpId"] for _ in range(13)]
    assert len(set(given)) == 10
    assert given[9:] == [given[9]] * 4
    assert len(mailoutbox) == 10


def test_a_code_that_could_not_be_sent_is_removed(api, user, broken_mail):
    change_users(otp={"enabled": True})
    response = api.post(f"{USERS}/request-otp", {"email": "user@example.com"})
    assert response.status_code == 200
    assert records.count(OTPS) == 0


def test_expired_codes(api, user, mailoutbox, django_assert_num_queries):
    change_users(otp={"enabled": True, "duration": 10})
    otp_id = api.post(f"{USERS}/request-otp", {"email": "user@example.com"}).json()["otpId"]
    type(records.get(OTPS, otp_id)).objects.update(created="2020-01-01 00:00:00.000Z")
    body = {"otpId": otp_id, "password": code_in(mailoutbox[0])}
    assert api.post(f"{USERS}/auth-with-otp", body).status_code == 400
    otp.delete_expired()
    assert records.count(OTPS) == 0


def test_cleaning_keeps_what_is_open(api, user, mailoutbox):
    change_users(otp={"enabled": True, "duration": 10})
    api.post(f"{USERS}/request-otp", {"email": "user@example.com"})
    otp.delete_expired()
    assert records.count(OTPS) == 1


def test_guesses_are_counted_for_each_address(api, user, mailoutbox):
    change_users(otp={"enabled": True})
    otp_id = api.post(f"{USERS}/request-otp", {"email": "user@example.com"}).json()["otpId"]
    wrong = {"otpId": otp_id, "password": "x"}
    answers = [api.post(f"{USERS}/auth-with-otp", wrong).status_code for _ in range(6)]
    assert answers == [400] * 5 + [429]
    right = {"otpId": otp_id, "password": code_in(mailoutbox[0])}
    assert api.post(f"{USERS}/auth-with-otp", right).status_code == 429
    assert records.count(OTPS) == 1


def sign_in(api, agent="one", password=PASSWORD):
    body = {"identity": "user@example.com", "password": password}
    return api.using(User_Agent=agent).post(f"{USERS}/auth-with-password", body)


def test_alert_only_for_new_places(api, user, mailoutbox):
    for agent in ("one", "one", "two", "two", "one"):
        assert sign_in(api, agent).status_code == 200
    assert [message.subject for message in mailoutbox] == ["Login from a new location"]
    assert "127.0.0.1 two" in mailoutbox[0].body
    assert records.count(AUTH_ORIGINS) == 2


def test_five_places_are_kept(api, user, mailoutbox):
    for number in range(8):
        sign_in(api, f"agent {number}")
    assert records.count(AUTH_ORIGINS) == 5
    sign_in(api, "agent 7")
    assert len(mailoutbox) == 7


def test_a_place_whose_alert_failed_alerts_again(api, user, broken_mail, monkeypatch, mailoutbox):
    sign_in(api, "one")
    assert sign_in(api, "two").status_code == 200
    assert records.count(AUTH_ORIGINS) == 1
    monkeypatch.undo()
    sign_in(api, "two")
    assert records.count(AUTH_ORIGINS) == 2
    assert len(mailoutbox) == 1


def test_alerts_can_be_turned_off(api, user, mailoutbox):
    change_users(authAlert={"enabled": False})
    for agent in ("one", "two"):
        sign_in(api, agent)
    assert mailoutbox == []
    assert records.count(AUTH_ORIGINS) == 0


def test_refresh_alerts_nobody(api, user, mailoutbox):
    sign_in(api, "one")
    api.as_(user).using(User_Agent="two").post(f"{USERS}/auth-refresh")
    assert mailoutbox == []
    assert records.count(AUTH_ORIGINS) == 1


def test_a_new_password_forgets_places_and_first_factors(api, user, mailoutbox):
    change_users(mfa={"enabled": True}, otp={"enabled": True})
    sign_in(api, "one")
    change_users(mfa={"enabled": False})
    sign_in(api, "one")
    assert (records.count(AUTH_ORIGINS), records.count(MFAS)) == (1, 1)
    records.update("users", user.id, password="n3wpassw0rd")
    assert (records.count(AUTH_ORIGINS), records.count(MFAS)) == (0, 0)


def test_two_factors(api, user, mailoutbox):
    change_users(mfa={"enabled": True}, otp={"enabled": True})
    first = sign_in(api)
    assert first.status_code == 401
    mfa_id = first.json()["mfaId"]
    otp_id = api.post(f"{USERS}/request-otp", {"email": "user@example.com"}).json()["otpId"]
    body = {"otpId": otp_id, "password": code_in(mailoutbox[0]), "mfaId": mfa_id}
    second = api.post(f"{USERS}/auth-with-otp", body)
    assert second.status_code == 200
    assert records.count(MFAS) == 0
    # with a second factor the password stays: it is one of the two
    assert stored(user)["password"].verify(PASSWORD)


def test_expired_first_factor(api, user):
    from auth_app.flows import mfa

    change_users(mfa={"enabled": True}, otp={"enabled": True})
    mfa_id = sign_in(api).json()["mfaId"]
    model = type(records.get(MFAS, mfa_id))
    model.objects.update(created="2020-01-01 00:00:00.000Z")
    body = {"identity": "user@example.com", "password": PASSWORD, "mfaId": mfa_id}
    response = api.post(f"{USERS}/auth-with-password", body)
    assert response.json()["message"] == "Invalid or expired MFA session."
    assert records.count(MFAS) == 0
    sign_in(api)
    mfa.delete_expired()
    assert records.count(MFAS) == 1
    model.objects.update(created="2020-01-01 00:00:00.000Z")
    mfa.delete_expired()
    assert records.count(MFAS) == 0
