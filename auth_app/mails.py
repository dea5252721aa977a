"""The mails an account gets: a collection's template, its placeholders filled in, and sent.

``{APP_NAME}``, ``{APP_URL}``, what the mail is about (``{TOKEN}``, ``{OTP}``, …) and
``{RECORD:field}`` for every visible field are replaced in subject and body; others stay as they
are. Values of a record are escaped for HTML, as anyone may have chosen them.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.template.loader import render_to_string

from auth_app import hooks, mail_text
from auth_app.hooks import MailEvent
from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind
from collections_app import records
from collections_app.fields.casting import to_text
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app import dates, ids
from core_app.hooks import HookSignal
from core_app.mail import transport
from core_app.mail.message import Message
from core_app.settings_store import store

Values = dict[str, str]

_PLACEHOLDER = re.compile(r"\{(?:RECORD:(?P<field>\w+)|(?P<name>[A-Z_]+))\}")
_SAFE_TYPES = frozenset({"date", "autodate", "bool", "number"})


def send_verification(record: RecordModel) -> None:
    """Mail the link that proves the record's address."""
    token = sign.issue(record, TokenKind.VERIFICATION, email=record["email"])
    template = record.collection.options["verificationTemplate"]
    _send(hooks.before_verification_mail, record, template, {"TOKEN": token}, {"token": token})


def send_password_reset(record: RecordModel) -> None:
    """Mail the link to a new password."""
    token = sign.issue(record, TokenKind.PASSWORD_RESET, email=record["email"])
    template = record.collection.options["resetPasswordTemplate"]
    _send(hooks.before_password_reset_mail, record, template, {"TOKEN": token}, {"token": token})


def send_email_change(record: RecordModel, new_email: str) -> None:
    """Mail the link that proves the new address, to that address."""
    token = sign.issue(record, TokenKind.EMAIL_CHANGE, email=record["email"], newEmail=new_email)
    template = record.collection.options["confirmEmailChangeTemplate"]
    meta = {"token": token, "newEmail": new_email}
    _send(hooks.before_email_change_mail, record, template, {"TOKEN": token}, meta, to=new_email)


def send_otp(record: RecordModel, otp_id: str, code: str) -> None:
    """Mail a one-time password."""
    template = record.collection.options["otp"]["emailTemplate"]
    meta = {"otpId": otp_id, "password": code}
    _send(hooks.before_otp_mail, record, template, {"OTP": code, "OTP_ID": otp_id}, meta)


def send_auth_alert(record: RecordModel, place: str) -> None:
    """Mail that somebody signed in from ``place``."""
    template = record.collection.options["authAlert"]["emailTemplate"]
    values = {"ALERT_INFO": html.escape(place)}
    _send(hooks.before_auth_alert_mail, record, template, values, {"info": place})


def send_test(collection: CollectionDef, template: str, to: str) -> None:
    """Mail one of ``TEST_TEMPLATES`` of ``collection`` to ``to``, made for nobody."""
    record = records.new(collection, email=to, tokenKey=ids.random_string(50))
    record.put("id", "__pb_test_id__")
    TEST_TEMPLATES[template](record)


#: the names that a test mail goes by -> how it is sent
TEST_TEMPLATES: Mapping[str, Callable[[RecordModel], None]] = {
    "verification": send_verification,
    "password-reset": send_password_reset,
    "email-change": lambda record: send_email_change(record, record["email"]),
    "otp": lambda record: send_otp(record, "_PB_TEST_OTP_ID_", "123456"),
    "login-alert": lambda record: send_auth_alert(
        record, f"{dates.now()} - TEST_IP TEST_USER_AGENT"
    ),
}


def fill(record: RecordModel, text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with every known placeholder replaced, in one pass."""

    def value_of(found: re.Match[str]) -> str:
        name, field = found["name"], found["field"]
        if name is not None:
            return values.get(name, found[0])
        return _value_of_field(record, field, found[0])

    return _PLACEHOLDER.sub(value_of, text)


def _value_of_field(record: RecordModel, name: str, otherwise: str) -> str:
    """Return a visible field's value, escaped for HTML unless its type makes that needless."""
    field = record.collection.by_name.get(name)
    if field is None or field.options.hidden:
        return otherwise
    value = _as_text(field.to_public(record[name]))
    return value if field.type_name in _SAFE_TYPES else html.escape(value)


def _send(
    signal: HookSignal,
    record: RecordModel,
    template: Mapping[str, str],
    values: Values,
    meta: Mapping[str, Any],
    *,
    to: str = "",
) -> None:
    app = store.current().meta
    values = {"APP_NAME": app.app_name, "APP_URL": app.app_url.rstrip("/"), **values}
    body = fill(record, template["body"], values)
    page = render_to_string("auth_app/mail.html", {"body": body})
    message = Message(
        to=to or record["email"],
        subject=" ".join(fill(record, template["subject"], values).split()),
        html=page,
        text=mail_text.text_of(page),
    )
    event = MailEvent(collection=record.collection, record=record, message=message, meta=meta)
    signal.send(record.collection.name, event=event)
    transport.send(event.message)


def _as_text(value: Any) -> str:
    """Return a public value as text; objects as JSON, lists of texts as nothing (as PocketBase)."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return to_text(value)
