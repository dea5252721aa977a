"""An account in the trash cannot be signed in to by any way there is, until it is restored."""

from __future__ import annotations

import re

import pytest

from auth_app.oauth2 import link
from auth_app.oauth2.base import Profile
from collections_app import records
from collections_app.schema import lookup
from collections_app.schema_edit import service as schema_edit
from core_app.request_info import RequestInfo
from tests.makers import PASSWORD, make_user, text

URL = "/api/collections/members"
NEW_PASSWORD = "other-than-before"
FAILED = {"data": {}, "message": "Failed to authenticate.", "status": 400}
NOT_FOUND = {"data": {}, "message": "The requested resource wasn't found.", "status": 404}


@pytest.fixture
def ann(make_collection):
    make_collection(
        "members",
        text("name"),
        type="auth",
        softDelete=True,
        otp={"enabled": True, "length": 6, "duration": 60},
        view_rule="",
    )
    return make_user("ann@example.com", "members", name="ann")


def answer(response):
    return response.status_code, response.json()


def code_in(mail):
    return re.search(r"password is: (\d+)", mail.body)[1]


def token_in(mail):
    return re.search(r"/_/#/auth/[\w-]+/([\w.-]+)", mail.body)[1]


def test_no_code_is_sent(api, ann, mailoutbox):
    assert api.post(f"{URL}/request-otp", {"email": "ann@example.com"}).status_code == 200
    assert len(mailoutbox) == 1
    records.delete("members", ann.id)
    response = api.post(f"{URL}/request-otp", {"email": "ann@example.com"})
    # as for an address that nobody has
    assert (response.status_code, list(response.json())) == (200, ["otpId"])
    assert len(mailoutbox) == 1


def test_a_code_sent_before_does_not_work(api, ann, mailoutbox):
    sent = api.post(f"{URL}/request-otp", {"email": "ann@example.com"}).json()
    body = {"otpId": sent["otpId"], "password": code_in(mailoutbox[0])}
    records.delete("members", ann.id)
    refused = api.post(f"{URL}/auth-with-otp", body)
    assert (refused.status_code, "token" in refused.json()) == (400, False)
    records.restore("members", ann.id)
    sent = api.post(f"{URL}/request-otp", {"email": "ann@example.com"}).json()
    body = {"otpId": sent["otpId"], "password": code_in(mailoutbox[-1])}
    assert api.post(f"{URL}/auth-with-otp", body).status_code == 200


def test_nobody_is_impersonated(root_api, ann):
    url = f"{URL}/impersonate/{ann.id}"
    assert root_api.post(url, {}).status_code == 200
    records.delete("members", ann.id)
    assert answer(root_api.post(url, {})) == (404, NOT_FOUND)
    records.restore("members", ann.id)
    assert root_api.post(url, {}).status_code == 200


def test_a_token_of_an_impersonation_dies(api, root_api, ann):
    token = root_api.post(f"{URL}/impersonate/{ann.id}", {}).json()["token"]
    records.delete("members", ann.id)
    assert api.as_(token).post(f"{URL}/auth-refresh").status_code == 401


@pytest.mark.parametrize("act", ["verification", "password-reset"])
def test_no_mails_with_links(api, ann, mailoutbox, act):
    records.delete("members", ann.id)
    response = api.post(f"{URL}/request-{act}", {"email": "ann@example.com"})
    assert (response.status_code, len(mailoutbox)) == (204, 0)


def test_a_link_sent_before_does_not_work(api, ann, mailoutbox):
    api.post(f"{URL}/request-password-reset", {"email": "ann@example.com"})
    records.delete("members", ann.id)
    body = {
        "token": token_in(mailoutbox[0]),
        "password": NEW_PASSWORD,
        "passwordConfirm": NEW_PASSWORD,
    }
    assert api.post(f"{URL}/confirm-password-reset", body).status_code == 400
    records.restore("members", ann.id)
    signed_in = api.post(
        f"{URL}/auth-with-password", {"identity": "ann@example.com", "password": PASSWORD}
    )
    assert signed_in.status_code == 200


def test_a_provider_does_not_find_it(ann):
    """Neither by the link nor by the address: an account of its own would be made."""
    members = lookup.get("members")
    link.link(ann, "google", "g1")
    profile = Profile(id="g1", email="ann@example.com")
    info = RequestInfo()
    assert link.meant(members, "google", profile, info).id == ann.id
    records.delete("members", ann.id)
    assert link.meant(members, "google", profile, info) is None
    records.restore("members", ann.id)
    assert link.meant(members, "google", profile, info).id == ann.id


def test_a_second_factor_is_not_asked_for(api, ann):
    schema_edit.update(lookup.get("members"), {"mfa": {"enabled": True, "duration": 60}})
    body = {"identity": "ann@example.com", "password": PASSWORD}
    first = api.post(f"{URL}/auth-with-password", body)
    assert (first.status_code, list(first.json())) == (401, ["mfaId"])
    records.delete("members", ann.id)
    assert answer(api.post(f"{URL}/auth-with-password", body)) == (400, FAILED)


def test_a_protected_file_token_is_refused(api, ann):
    token = api.as_(ann).post("/api/files/token").json()["token"]
    assert token
    records.delete("members", ann.id)
    assert api.as_(ann).post("/api/files/token").status_code == 401
