"""Sending: a ``Message`` through Django's e-mail framework, by the SMTP server in the settings.

Without SMTP in the settings ``HOLDALL_MAILER`` is used: the local ``sendmail``, or the console
while developing.
"""

from __future__ import annotations

import mimetypes
import smtplib
import subprocess
from email import policy
from email.encoders import encode_base64
from email.message import MIMEPart
from email.mime.base import MIMEBase
from email.utils import formataddr, make_msgid, parseaddr

import django
from django.core.mail import EmailMultiAlternatives

from core_app.mail import sendmail
from core_app.mail.backend import way_out
from core_app.mail.hooks import MessageEvent, before_mail_send, mail_sent
from core_app.mail.message import Attachment, Message
from core_app.settings_store import store
from core_app.settings_store.shape import Settings


class MailFailed(Exception):
    """The message was not accepted; the text says why."""


def send(message: Message) -> None:
    """Send ``message`` now. Raise ``MailFailed``, or whatever a receiver of the hook raised."""
    event = MessageEvent(message)
    before_mail_send.send(None, event=event)
    app = store.current()
    try:
        way_out().send_messages([_django_message(event.message, app)])
    except (ValueError, OSError, smtplib.SMTPException, subprocess.SubprocessError) as error:
        raise MailFailed(str(error)) from error
    mail_sent.send_robust(None, event=event)


def has_way_out() -> bool:
    """Whether there is anything to hand messages to: SMTP, the machine's ``sendmail``, another."""
    return not isinstance(way_out(), sendmail.EmailBackend) or sendmail.program() is not None


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


def _part(attachment: Attachment) -> MIMEBase | MIMEPart:
    guessed = mimetypes.guess_type(attachment.name)[0]
    kind = attachment.content_type or guessed or "application/octet-stream"
    main, _, sub = kind.partition("/")
    how = "inline" if attachment.inline else "attachment"
    part: MIMEBase | MIMEPart
    if django.VERSION >= (6, 0):
        part = MIMEPart(policy=policy.default)
        part.set_content(attachment.content, main, sub or "octet-stream", cte="base64")
        del part["Content-Disposition"]
    else:
        part = MIMEBase(main, sub or "octet-stream")
        part.set_payload(attachment.content)
        encode_base64(part)
    part.add_header("Content-Disposition", how, filename=attachment.name)
    if attachment.inline:
        part.add_header("Content-ID", f"<{attachment.name}>")
    return part
