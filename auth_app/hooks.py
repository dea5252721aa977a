"""The signals around signing in, each beside the event it carries. ``sender``: the collection.

A ``…_request`` signal comes after the request was found valid and before its act. A receiver may
change the event, raise to refuse, or answer by itself: an ``HttpResponse`` that it returns is sent
and the act is skipped. The past tense tells what has happened; its errors are logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal
from django.http import HttpResponse

from core_app.hooks import HookSignal

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef
    from collections_app.schema.record_model import RecordModel
    from core_app.mail.message import Message
    from core_app.request_info import RequestInfo


@dataclass(slots=True)
class AuthEvent:
    """``record`` has proved who it is; ``token`` and ``meta`` go into the answer.

    ``method`` is password, otp, oauth2 or one's own; empty for refresh and impersonation. Set it
    to ``""`` to skip second factors and alerts.
    """

    collection: CollectionDef
    record: RecordModel
    info: RequestInfo
    method: str
    token: str
    meta: Any = None


@dataclass(slots=True)
class PasswordAuthEvent:
    """``record`` is ``None`` if nobody has this identity; a receiver may supply one."""

    collection: CollectionDef
    record: RecordModel | None
    info: RequestInfo
    identity: str
    identity_field: str
    password: str


@dataclass(slots=True)
class OAuth2Event:
    """A provider has told who the user is. ``record`` is who it will be linked to, or ``None``."""

    collection: CollectionDef
    record: RecordModel | None
    info: RequestInfo
    provider: str
    user: Any
    create_data: dict[str, Any]


@dataclass(slots=True)
class OAuth2RedirectEvent:
    """A provider has sent the user's browser back, from ``ip``; ``error`` says why it refused.

    ``state`` is the id of the realtime client that waits for the answer. Who has given it that
    answer sets ``is_delivered``.
    """

    state: str
    code: str
    error: str
    ip: str
    is_delivered: bool = False


@dataclass(slots=True)
class OtpAuthEvent:
    """The code was right; ``otp`` is the ``_otps`` row that is about to go."""

    collection: CollectionDef
    record: RecordModel
    info: RequestInfo
    otp: RecordModel


@dataclass(slots=True)
class OtpRequestEvent:
    """A code is asked for; ``record`` is ``None`` for an unknown address.

    ``password`` is the code that will be sent.
    """

    collection: CollectionDef
    record: RecordModel | None
    info: RequestInfo
    password: str


@dataclass(slots=True)
class RecordAuthEvent:
    """Something is done with, or has happened to, the account ``record``."""

    collection: CollectionDef
    record: RecordModel
    info: RequestInfo


@dataclass(slots=True)
class EmailChangeEvent:
    collection: CollectionDef
    record: RecordModel
    info: RequestInfo
    new_email: str


@dataclass(slots=True)
class AuthFailedEvent:
    """Signing in was refused; ``error`` says why, ``record`` is who was meant, if anyone."""

    collection: CollectionDef
    record: RecordModel | None
    info: RequestInfo
    method: str
    error: Exception


@dataclass(slots=True)
class MailEvent:
    """A mail to an account is about to be sent; ``message`` may be changed, raising stops it.

    ``meta`` holds what is special to the mail: token, newEmail, otpId and password, or info.
    """

    collection: CollectionDef
    record: RecordModel
    message: Message
    meta: Mapping[str, Any] = field(default_factory=dict)


record_auth_request = HookSignal("record_auth_request")
record_authenticated = HookSignal("record_authenticated")
auth_failed = HookSignal("auth_failed")
auth_with_password_request = HookSignal("auth_with_password_request")
auth_with_oauth2_request = HookSignal("auth_with_oauth2_request")
oauth2_redirected = HookSignal("oauth2_redirected")
auth_with_otp_request = HookSignal("auth_with_otp_request")
auth_refresh_request = HookSignal("auth_refresh_request")
otp_request = HookSignal("otp_request")

password_reset_request = HookSignal("password_reset_request")
password_reset_confirm_request = HookSignal("password_reset_confirm_request")
password_reset = HookSignal("password_reset")
verification_request = HookSignal("verification_request")
verification_confirm_request = HookSignal("verification_confirm_request")
record_verified = HookSignal("record_verified")
email_change_request = HookSignal("email_change_request")
email_change_confirm_request = HookSignal("email_change_confirm_request")
email_changed = HookSignal("email_changed")

before_verification_mail = HookSignal("before_verification_mail")
before_password_reset_mail = HookSignal("before_password_reset_mail")
before_email_change_mail = HookSignal("before_email_change_mail")
before_otp_mail = HookSignal("before_otp_mail")
before_auth_alert_mail = HookSignal("before_auth_alert_mail")


class Answered(Exception):
    """A receiver has answered the request by itself; the act is skipped."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def ask(signal: Signal, collection: CollectionDef, event: Any) -> None:
    """Send a request signal. Raise ``Answered`` with the first response a receiver returns."""
    for _receiver, answer in signal.send(collection.name, event=event):
        if isinstance(answer, HttpResponse):
            raise Answered(answer)


def tell(signal: Signal, record: RecordModel, info: RequestInfo) -> None:
    """Send a signal of something that has happened to ``record``."""
    event = RecordAuthEvent(collection=record.collection, record=record, info=info)
    signal.send_robust(record.collection.name, event=event)
