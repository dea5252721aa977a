"""What a superuser does for an account: password, mails, verification, a token."""

import pytest

from auth_app.models import StaffUser
from auth_app.options import TOKEN_OPTIONS
from collections_app import records
from collections_app.schema import lookup
from tests.dashboard_app.conftest import Dashboard, text_of
from tests.makers import PASSWORD, Api, make_collection, make_record, make_user, text


@pytest.fixture
def user(db):
    return make_user("ann@example.com", verified=False)


def act(dashboard, record, act, **data):
    path = f"/_/collections/{record.collection.name}/records/{record.id}/account/"
    return dashboard.client.post(path, {"act": act, **data}, follow=True)


def sign_in(email, password):
    body = {"identity": email, "password": password}
    return Api().post("/api/collections/users/auth-with-password", body).status_code


def test_the_record_leads_there(dashboard, user):
    page = dashboard.get(f"collections/users/records/{user.id}/change/")
    assert f"/records/{user.id}/account" in page.content.decode()
    plain = make_collection("plain", text("a"))
    assert "Account" not in text_of(dashboard.get(f"collections/{plain.name}/records/"))


def test_set_a_password(dashboard, user):
    refused = act(dashboard, user, "password", password="new-password", passwordConfirm="other")
    assert refused.status_code == 400
    assert "passwordConfirm" in text_of(refused)
    assert sign_in("ann@example.com", "new-password") == 400
    page = act(dashboard, user, "password", password="new-password", passwordConfirm="new-password")
    assert "The password is set" in text_of(page)
    assert sign_in("ann@example.com", "new-password") == 200


def test_verify(dashboard, user):
    assert "Marked as verified." in text_of(act(dashboard, user, "verify", verified="true"))
    assert records.get("users", user.id)["verified"] is True
    assert "Marked as not verified." in text_of(act(dashboard, user, "verify", verified="false"))


@pytest.mark.parametrize("which", ["send-verification", "send-reset"])
def test_mails(dashboard, user, which, mailoutbox):
    assert "is on its way" in text_of(act(dashboard, user, which))
    assert [mail.to for mail in mailoutbox] == [["ann@example.com"]]
    again = act(dashboard, user, which)
    assert (again.status_code, "too recent" in text_of(again)) == (400, True)


def test_impersonate_shows_the_token_once(dashboard, user):
    page = act(dashboard, user, "impersonate", duration="60")
    assert "no-store" in page.headers["Cache-Control"]
    token = page.context["token"]
    me = Api().client.get(
        f"/api/collections/users/records/{user.id}", headers={"Authorization": token}
    )
    assert me.json()["email"] == "ann@example.com"
    path = f"collections/users/records/{user.id}/"
    assert token not in dashboard.get(f"{path}account/").content.decode()
    assert "Made a token" in text_of(dashboard.get(f"{path}history/"))
    refused = act(dashboard, user, "impersonate", duration="-1")
    assert (refused.status_code, refused.context["token"]) == (400, "")


def test_editors_have_no_such_power(dashboard, user):
    form = dashboard.get("auth/group/add/").context["adminform"].form
    # Django 6.1 names the app too
    permissions = form.fields["permissions"].queryset
    offered = {str(item).removeprefix("records | "): item for item in permissions}
    ed = StaffUser.objects.create_user("ed", password="editors password", is_staff=True)
    ed.user_permissions.add(offered["users | may view"], offered["users | may change"])
    editor = Dashboard()
    assert editor.sign_in("ed", "editors password").status_code == 302
    path = f"/_/collections/users/records/{user.id}/"
    assert editor.client.get(f"{path}account/").status_code == 403
    assert editor.client.post(f"{path}account/", {"act": "impersonate"}).status_code == 403
    assert "/account" not in editor.client.get(f"{path}change/").content.decode()


def test_void_tokens(dashboard, user):
    body = {"identity": "ann@example.com", "password": PASSWORD}
    token = Api().post("/api/collections/users/auth-with-password", body).json()["token"]

    def refreshed():
        headers = {"Authorization": token}
        return Api().client.post("/api/collections/users/auth-refresh", headers=headers).status_code

    assert refreshed() == 200
    page = act(dashboard, user, "void")
    assert "All tokens of this account are void." in text_of(page)
    assert refreshed() == 401
    assert sign_in("ann@example.com", PASSWORD) == 200


def test_void_tokens_of_a_collection(dashboard, user):
    users = user.collection
    body = {"identity": "ann@example.com", "password": PASSWORD}
    token = Api().post("/api/collections/users/auth-with-password", body).json()["token"]
    change, ask = f"collections/{users.id}/change/", f"collections/{users.id}/void-tokens/"
    assert "Void tokens" in text_of(dashboard.get(change))
    assert "have to sign in again" in text_of(dashboard.get(ask))
    before = {name: users.options[name] for name in TOKEN_OPTIONS}
    page = dashboard.client.post(f"/_/{ask}", follow=True)
    assert "All tokens of users are void." in text_of(page)
    after = lookup.find("users").options
    for name, held in before.items():
        assert after[name]["duration"] == held["duration"]
        assert after[name]["secret"] != held["secret"]
    headers = {"Authorization": token}
    answer = Api().client.post("/api/collections/users/auth-refresh", headers=headers)
    assert answer.status_code == 401
    plain = make_collection("plain", text("a"))
    assert "Void tokens" not in text_of(dashboard.get(f"collections/{plain.id}/change/"))
    assert dashboard.get(f"collections/{plain.id}/void-tokens/").status_code == 404


def test_unlink_a_provider(dashboard, user):
    other = make_user("bo@example.com")
    linked = {
        owner.id: make_record(
            "_externalAuths",
            collectionRef=user.collection.id,
            recordRef=owner.id,
            provider="github",
            providerId=f"id of {owner.id}",
        )
        for owner in (user, other)
    }
    path = f"collections/users/records/{user.id}/account/"
    page = text_of(dashboard.get(path))
    assert (f"id of {user.id}" in page, f"id of {other.id}" in page) == (True, False)
    refused = act(dashboard, user, "unlink", link=linked[other.id].id)
    assert (refused.status_code, records.count("_externalAuths")) == (400, 2)
    assert "Unlinked from github." in text_of(
        act(dashboard, user, "unlink", link=linked[user.id].id)
    )
    assert [item["recordRef"] for item in records.find("_externalAuths")] == [other.id]
    assert "Signs in through" not in text_of(dashboard.get(path))
