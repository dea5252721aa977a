import io

import pytest
from django.core.management import CommandError, call_command

from auth_app import find, superusers

EMAIL, PASSWORD = "new@example.com", "a long password"


def run(*arguments):
    out = io.StringIO()
    call_command("createsuperuser", *arguments, stdout=out)
    return out.getvalue()


def is_superuser():
    record = find.by_email(superusers.collection(), EMAIL)
    return record is not None and record["password"].verify(PASSWORD)


@pytest.fixture
def typed(monkeypatch):
    """Type these lines, the passwords among them."""

    def type_them(*lines):
        waiting = list(lines)
        monkeypatch.setattr("builtins.input", lambda _: waiting.pop(0))
        monkeypatch.setattr("getpass.getpass", lambda _: waiting.pop(0))

    return type_them


def test_asked(db, typed):
    typed(f" {EMAIL} ", PASSWORD, PASSWORD)
    assert run() == f'Successfully created new superuser "{EMAIL}"!\n'
    assert is_superuser()


def test_not_asked(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    run("--noinput", "--email", EMAIL)
    assert is_superuser()


@pytest.mark.parametrize(
    ("lines", "arguments", "said"),
    [
        ((PASSWORD, "another"), ("--email", EMAIL), "the two passwords differ"),
        (("short", "short"), ("--email", EMAIL), "Must be at least 8 character"),
        ((), ("--noinput",), "DJANGO_SUPERUSER_PASSWORD are needed"),
        ((PASSWORD, PASSWORD), ("--email", "x"), "missing or invalid email address"),
    ],
)
def test_refused(db, typed, lines, arguments, said):
    typed(*lines)
    with pytest.raises(CommandError, match=said):
        run(*arguments)
    assert not is_superuser()
