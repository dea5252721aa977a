"""Django's SMTP backend with the app's settings: TLS from the start, or whenever it is offered."""

from __future__ import annotations

import smtplib
import ssl

from django.core.mail.backends.smtp import EmailBackend

from core_app.settings_store.shape import Smtp

TIMEOUT_S = 30


class SmtpBackend(EmailBackend):
    """One connection to the SMTP server of the settings, closed after each batch of messages."""

    def __init__(self, smtp: Smtp) -> None:
        super().__init__(
            host=smtp.host,
            port=smtp.port,
            username=smtp.username,
            password=smtp.password,
            use_tls=False,
            use_ssl=smtp.tls,
            timeout=TIMEOUT_S,
            alias="settings",  # Django 6.1 wants one
        )
        self.smtp = smtp

    def open(self) -> bool:
        """Connect and sign in; return whether this call did it."""
        if self.connection is not None:
            return False
        smtp = self.smtp
        name = smtp.local_name or "localhost"
        context = ssl.create_default_context()
        connection: smtplib.SMTP
        if smtp.tls:
            connection = smtplib.SMTP_SSL(
                smtp.host, smtp.port, name, timeout=TIMEOUT_S, context=context
            )
        else:
            connection = smtplib.SMTP(smtp.host, smtp.port, name, timeout=TIMEOUT_S)
        self.connection = connection
        try:
            connection.ehlo()
            if not smtp.tls and connection.has_extn("starttls"):
                connection.starttls(context=context)
                connection.ehlo()
            if smtp.username or smtp.password:
                self._sign_in(connection)
        except (OSError, smtplib.SMTPException):
            self.close()
            raise
        return True

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        connection.user, connection.password = self.smtp.username, self.smtp.password
        if self.smtp.auth_method == "LOGIN":
            connection.auth("LOGIN", connection.auth_login)
        else:
            connection.auth("PLAIN", connection.auth_plain)
