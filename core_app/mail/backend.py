"""Django's own e-mail backend here: ``send_mail()`` goes out as the app's mails do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from core_app.mail.smtp import SmtpBackend
from core_app.settings_store import store


def way_out() -> Any:
    """Return the backend to send by: SMTP as the app's settings say, else ``HOLDALL_MAILER``."""
    smtp = store.current().smtp
    return SmtpBackend(smtp) if smtp.enabled else import_string(settings.HOLDALL_MAILER)()


class EmailBackend(BaseEmailBackend):
    """Sends by whatever is in force when it sends. Errors are those of the way out."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return int(way_out().send_messages(email_messages) or 0)
