from __future__ import annotations

import io
import re

import pytest
from django.core.management import CommandError, call_command

from auth_app import find
from collections_app import records
from collections_app.schema import lookup
from collections_app.schema_edit import service as schema_service
from core_app.settings_store import store

EMAIL = "root@example.com"
PASSWORD = "a long password"

pytestmark = pytest.mark.django_db


def run(*arguments):
    """Return what the command writes."""
    out = io.StringIO()
    call_command("superuser", *arguments, stdout=out, no_color=True)
    return out.getvalue()


def fails(*arguments):
    """Return why the command refuses."""
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return str(caught.value)


def has_password(password, email=EMAIL):
    return find.by_email(lookup.get("_superusers"), email)["password"].verify(password)


def test_create():
    assert run("create", EMAIL, PASSWORD) == f'Successfully created new superuser "{EMAIL}"!\n'
    assert has_password(PASSWORD)


def test_create_twice():
    run("create", EMAIL, PASSWORD)
    assert fails("create", EMAIL, PASSWORD) == (
        "failed to create new superuser account: email: Value must be unique."
    )


def test_update():
    run("create", EMAIL, PASSWORD)
    expected = f'Successfully changed superuser "{EMAIL}" password!\n'
    assert run("update", EMAIL, "another password") == expected
    assert has_password("another password")
    assert fails("update", "a@b.co", PASSWORD) == 'superuser with email "a@b.co" doesn\'t exist'


def test_upsert():
    for password in (PASSWORD, "another password"):
        assert run("upsert", EMAIL, password) == f'Successfully saved superuser "{EMAIL}"!\n'
        assert has_password(password)
    assert records.count("_superusers") == 1


@pytest.mark.parametrize("act", ["create", "update", "upsert"])
def test_arguments(act):
    told = f"missing email and password arguments: manage.py superuser {act} EMAIL PASSWORD"
    assert fails(act) == fails(act, EMAIL) == told
    assert fails(act, "bad", PASSWORD) == "missing or invalid email address"


def test_short_password():
    short = "password: Must be at least 8 character(s)."
    assert fails("create", EMAIL, "short") == f"failed to create new superuser account: {short}"
    assert fails("upsert", EMAIL, "short") == f"failed to upsert superuser account: {short}"
    assert records.count("_superusers") == 0


def test_too_long_password_leaves_no_trace():
    assert "password: " in fails("create", EMAIL, "é" * 71)


def test_delete():
    run("create", EMAIL, PASSWORD)
    assert fails("delete", EMAIL) == (
        f'failed to delete superuser "{EMAIL}": You can\'t delete the only existing superuser.'
    )
    run("create", "second@example.com", PASSWORD)
    assert run("delete", EMAIL) == f'Successfully deleted superuser "{EMAIL}"!\n'
    assert run("delete", EMAIL) == f'superuser "{EMAIL}" is missing or already deleted\n'
    assert fails("delete") == "invalid or missing email address"


def test_otp():
    run("create", EMAIL, PASSWORD)
    refusal = "OTP auth is not enabled for the _superusers collection"
    assert fails("otp", EMAIL) == refusal
    schema_service.update(lookup.get("_superusers"), {"otp": {"enabled": True, "length": 6}})
    shown = run("otp", EMAIL)
    otp_id, code = re.search(r"Id: +(\w{15})\n.*Pass: +(\d{6})\n.*Valid: 180s", shown).groups()
    assert records.get("_otps", otp_id)["password"].verify(code)
    assert fails("otp", "a@b.co") == 'superuser with email "a@b.co" doesn\'t exist'
    assert fails("otp") == "invalid or missing email address"


def test_ips():
    assert run("ips", "10.0.0.0/8", "192.0.2.7") == (
        "Successfully updated SuperuserIPs setting:\n├─ 10.0.0.0/8\n└─ 192.0.2.7\n"
    )
    assert store.current().superuser_ips == ("10.0.0.0/8", "192.0.2.7")
    assert "Invalid IP or CIDR subnet." in fails("ips", "nope")
    assert run("ips") == "Successfully cleared SuperuserIPs setting!\n"
    assert store.current().superuser_ips == ()


def test_help():
    shown = run()
    assert "create, change and delete superusers" in shown.lower()
    assert "manage.py superuser create root@example.com 'a long password'" in shown


def test_unknown_act():
    with pytest.raises(CommandError):
        run("nope")
