"""Superusers and editors in the dashboard."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate, get_user
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.test import Client

from auth_app import passwords
from auth_app.flows import otp
from auth_app.models import StaffUser
from collections_app import records
from collections_app.schema import lookup
from collections_app.schema_edit import service as schema_service
from core_app.settings_store import store
from tests.makers import PASSWORD


@pytest.fixture
def root(make_superuser):
    return make_superuser()


def sign_in(email="root@example.com", password=PASSWORD, ip="127.0.0.1", **second):
    request = HttpRequest()
    request.real_ip = ip
    return authenticate(request, username=email, password=password, **second)


@pytest.fixture
def session(root):
    """A browser that is signed in as ``root``: returns who its next request would come from."""
    client = Client()
    user = sign_in()
    client.force_login(user, backend="auth_app.backend.SuperuserBackend")

    def current():
        request = HttpRequest()
        request.session = client.session
        return get_user(request)

    return current


def test_superuser(root):
    user = sign_in()
    assert (user.email, user.record_id) == ("root@example.com", root.id)
    assert (user.is_staff, user.is_superuser, user.is_active) == (True, True, True)
    assert not user.has_usable_password()
    assert sign_in() == user


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("root@example.com", "wrong"),
        ("root@example.com", ""),
        ("nobody@example.com", PASSWORD),
        ("", PASSWORD),
        ("__pbinstaller@example.com", PASSWORD),
    ],
)
def test_refused(root, make_record, email, password):
    make_record("_superusers", email="__pbinstaller@example.com", password=PASSWORD)
    assert sign_in(email, password) is None


def test_users_of_the_app_are_nobody_here(root, make_user):
    make_user("user@example.com")
    assert sign_in("user@example.com") is None


def test_unknown_address_takes_a_password_check_too(root, monkeypatch):
    checked = []
    monkeypatch.setattr(passwords.passwords, "verify", lambda *args: checked.append(args))
    sign_in("nobody@example.com")
    sign_in("root@example.com")
    assert len(checked) == 2


def test_only_from_listed_addresses(root):
    store.update({"superuserIPs": ["10.0.0.0/8"]})
    assert sign_in(ip="127.0.0.1") is None
    assert sign_in(ip="10.1.2.3") is not None


def test_a_password_alone_is_not_enough_with_a_second_factor(root):
    schema_service.update(lookup.get("_superusers"), {"otp": {"enabled": True}})
    assert sign_in() is None
    assert sign_in(otp_id="nope", otp="123456") is None


def test_second_factor(root, make_superuser):
    schema_service.update(lookup.get("_superusers"), {"otp": {"enabled": True}})
    row = otp.create(records.get("_superusers", root.id), "123456")
    other = otp.create(make_superuser("second@example.com"), "654321")
    assert sign_in(otp_id=other.id, otp="654321") is None
    assert sign_in(otp_id=row.id, otp="000000") is None
    assert sign_in(password="wrong", otp_id=row.id, otp="123456") is None
    assert sign_in(otp_id=row.id, otp="123456").record_id == root.id
    assert sign_in(otp_id=row.id, otp="123456") is None


def test_second_factor_only_for_whom_the_rule_names(root, make_superuser):
    make_superuser("second@example.com")
    for options in ({"mfa": {"rule": "email = 'root@example.com'"}}, {"otp": {"enabled": True}}):
        schema_service.update(lookup.get("_superusers"), options)
    assert sign_in() is None
    assert sign_in("second@example.com") is not None


def test_session_goes_on(session, root):
    assert session().record_id == root.id


def change_password(root):
    records.update("_superusers", root.id, password="another password")


def change_email(root):
    records.update("_superusers", root.id, email="other@example.com")


def change_token_key(root):
    records.update("_superusers", root.id, **{"tokenKey:autogenerate": ""})


def delete(root):
    records.create("_superusers", email="second@example.com", password=PASSWORD)
    records.delete("_superusers", root.id)


@pytest.mark.parametrize("end", [change_password, change_email, change_token_key, delete])
def test_session_ends(session, root, end):
    assert session().is_authenticated
    end(root)
    assert not session().is_authenticated


def test_other_changes_leave_the_session(session, root):
    records.update("_superusers", root.id, emailVisibility=True)
    assert session().is_authenticated


def test_a_deleted_superuser_keeps_its_name_in_the_history(session, root):
    delete(root)
    user = StaffUser.objects.get(record_id=root.id)
    assert (str(user), user.is_active) == ("root@example.com", False)


def test_editor(db):
    editor = StaffUser.objects.create_user("ed", password="an editor's password", is_staff=True)
    editor.groups.add(Group.objects.create(name="writers"))
    found = authenticate(HttpRequest(), username="ed", password="an editor's password")
    assert found == editor
    assert found.is_superuser is False


def test_editor_session_ends_with_its_password(db):
    editor = StaffUser.objects.create_user("ed", password="an editor's password")
    before = editor.get_session_auth_hash()
    editor.set_password("another")
    assert editor.get_session_auth_hash() != before
