"""Sending: a ``Message`` through Django's e-mail framework, by the SMTP server in the settings.

Without SMTP in the settings ``EMAIL_BACKEND`` is used: the local ``sendmail``, or the console
while developing.
"""

from __future__ import annotations

import mimetypes
import smtplib
import subprocess
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.utils import formataddr, make_msgid, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection

from core_app.mail import sendmail
from core_app.mail.hooks import MessageEvent, before_mail_send, mail_sent
from core_app.mail.message import Attachment, Message
from core_app.mail.smtp import SmtpBackend
from core_app.settings_store import store
from core_app.settings_store.shape import Settings


class MailFailed(Exception):
    """The message was not accepted; the text says why."""


def send(message: Message) -> None:
    """Send ``message`` now. Raise ``MailFailed``, or whatever a receiver of the hook raised."""
    event = MessageEvent(message)
    before_mail_send.send(None, event=event)
    app = store.current()
    connection: Any = SmtpBackend(app.smtp) if app.smtp.enabled else get_connection()
    try:
        connection.send_messages([_django_message(event.message, app)])
    except (BadHeaderError, OSError, smtplib.SMTPException, subprocess.SubprocessError) as error:
        raise MailFailed(str(error)) from error
    mail_sent.send_robust(None, event=event)


def has_way_out() -> bool:
    """Whether there is anything to hand messages to: SMTP, the machine's ``sendmail``, another."""
    is_by_sendmail = f"{sendmail.__name__}.EmailBackend" == settings.EMAIL_BACKEND
    return store.current().smtp.enabled or not is_by_sendmail or sendmail.program() is not None


def _django_message(message: Message, app: Settings) -> EmailMultiAlternatives:
    meta = app.meta
    sender_name = " ".join(meta.sender_name.split())  # a header is one line
    sender = message.sender or formataddr((sender_name, meta.sender_address))
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    out = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=sender,
        to=message.recipients,
        cc=message.cc,
        bcc=message.bcc,
        headers={"Message-ID": make_msgid(domain=domain), **message.headers},
    )
    if message.html:
        out.attach_alternative(message.html, "text/html")
    for attachment in message.attachments:
        out.attach(_part(attachment))
    return out


def _part(attachment: Attachment) -> MIMEBase:
    guessed = mimetypes.guess_type(attachment.name)[0]
    kind = attachment.content_type or guessed or "application/octet-stream"
    main, _, sub = kind.partition("/")
    part = MIMEBase(main, sub or "octet-stream")
    part.set_payload(attachment.content)
    encode_base64(part)
    how = "inline" if attachment.inline else "attachment"
    part.add_header("Content-Disposition", how, filename=attachment.name)
    if attachment.inline:
        part.add_header("Content-ID", f"<{attachment.name}>")
    return part
