import pytest
from django.core.checks import run_checks

from core_app.settings_store import store
from ops_app.deploy_check import ready_for_use


@pytest.fixture
def folder(settings, tmp_path):
    """A data folder as ``serve`` makes it, and no sendmail on the machine."""
    settings.HOLDALL_DATA_DIR = tmp_path / "data"
    settings.HOLDALL_DATA_DIR.mkdir(mode=0o700)
    return settings.HOLDALL_DATA_DIR


@pytest.fixture
def without_sendmail(monkeypatch, settings):
    settings.HOLDALL_MAILER = "core_app.mail.sendmail.EmailBackend"
    monkeypatch.setattr("shutil.which", lambda name: None)


def ids():
    return [message.id.removeprefix("holdall.") for message in ready_for_use()]


def test_nothing_is_set(db, folder, without_sendmail):
    assert ids() == ["W103", "W105", "W106", "W107", "W108"]


def test_all_is_set(db, folder, settings, without_sendmail):
    settings.HOLDALL_BEHIND_TLS = True
    store.update(
        {
            "meta": {"appURL": "https://app.example.com"},
            "smtp": {"enabled": True, "host": "smtp.example.com"},
            "backups": {"cron": "0 3 * * *"},
            "rateLimits": {"enabled": True},
            "trustedProxy": {"headers": ["X-Forwarded-For"]},
        }
    )
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("HOLDALL_BEHIND_TLS", True, ["W104", "W105", "W106", "W107", "W108"]),
        ("SESSION_COOKIE_SECURE", True, ["W105", "W106", "W107", "W108"]),
        ("HOLDALL_REPLICATE", "/mnt", ["W103", "W105", "W106", "W108"]),
        ("HOLDALL_FOLLOW", "/mnt", ["W103", "W105", "W106", "W108"]),
        ("DEBUG", True, ["W102", "W103", "W105", "W106", "W107", "W108"]),
    ],
)
def test_each(db, folder, settings, without_sendmail, name, value, expected):
    setattr(settings, name, value)
    assert ids() == expected


def test_open_folder(db, folder, without_sendmail):
    folder.chmod(0o755)
    assert ids()[0] == "W101"


def test_only_for_deployment(db, folder):
    """Neither is Django's own advice shown that holds for other servers than this one."""
    assert not [found for found in run_checks() if found.id.startswith("holdall.")]
    found = run_checks(include_deployment_checks=True)
    shown = {message.id for message in found if not message.is_silenced()}
    # the second is about the mailbox that pytest puts in place of what sends
    others = {name for name in shown if not name.startswith("holdall.")}
    assert others <= {"security.W009", "mail.E001"}
    serious = {error.id for error in found if error.is_serious() and not error.is_silenced()}
    assert serious <= {"mail.E001"}
