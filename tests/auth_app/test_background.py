import pytest

from auth_app import background
from core_app.mail.transport import MailFailed


@pytest.mark.parametrize(
    ("error", "said", "has_traceback"),
    [
        (MailFailed("no sendmail"), "no mail could be sent (tell): no sendmail", False),
        (ValueError("a bug"), "tell failed", True),
    ],
)
def test_what_goes_wrong_is_logged(settings, caplog, error, said, has_traceback):
    settings.HOLDALL_BACKGROUND = False

    def tell():
        raise error

    tell.__qualname__ = "tell"
    background.run(tell)
    [record] = caplog.records
    assert (record.getMessage(), record.exc_info is not None) == (said, has_traceback)
