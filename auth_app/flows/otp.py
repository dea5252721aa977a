"""One-time passwords: a code by mail, and signing in with it.

Every failure looks the same to who guesses, and nobody learns which addresses are known.
"""

from __future__ import annotations

from typing import Any

from auth_app import background, belongings, counters, find, forms, hooks, mails, passwords
from auth_app.flows import finish
from auth_app.flows.attempts import attempt
from auth_app.flows.mfa import oldest
from auth_app.forms import NothingSent
from auth_app.hooks import OtpAuthEvent, OtpRequestEvent
from auth_app.names import OTPS
from collections_app import records
from collections_app.schema import lookup, snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app import ids
from core_app.errors import BadRequest, Forbidden, NotFound, TooManyRequests
from core_app.request_info import RequestInfo

METHOD = "otp"
DISABLED = "The collection is not configured to allow OTP authentication."
INVALID = "Invalid or expired OTP."
DIGITS = "1234567890"
#: codes of one record that may be open at once; then the newest is named again
MOST_OPEN = 10
#: guesses of one client for one record in ``GUESS_WINDOW_S``
MOST_GUESSES = 5
GUESS_WINDOW_S = 180


def require_enabled(collection: CollectionDef) -> None:
    """Raise ``Forbidden`` if ``collection`` has no one-time passwords."""
    if not collection.options["otp"]["enabled"]:
        raise Forbidden(DISABLED)


def request(collection: CollectionDef, email: str, info: RequestInfo) -> str:
    """Mail a code to ``email`` and return the id that it goes with. Raise ``NothingSent``.

    For an unknown address the time of storing a code passes all the same.
    """
    forms.refuse({"email": forms.email(email)})
    event = OtpRequestEvent(
        collection=collection,
        record=find.by_email(collection, email),
        info=info,
        password=new_code(collection),
    )
    hooks.ask(hooks.otp_request, collection, event)
    if event.record is None:
        passwords.pretend_to_set(lookup.get(OTPS), event.password)
        raise NothingSent(f"no record of {collection.name} has this address")
    still_open = _open(event.record)
    if len(still_open) >= MOST_OPEN:
        return str(still_open[-1].id)
    otp = create(event.record, event.password)
    background.run(_send, event.record, str(otp.id), event.password)
    return str(otp.id)


def new_code(collection: CollectionDef) -> str:
    """Return a random code as long as ``collection`` wants them."""
    return ids.random_string(collection.options["otp"]["length"], DIGITS)


def create(record: RecordModel, code: str) -> RecordModel:
    """Store a new one-time password of ``record``."""
    return belongings.add(OTPS, record, password=code)


def sign_in(
    collection: CollectionDef,
    info: RequestInfo,
    *,
    otp_id: str,
    password: str,
    mfa_id: str | None = "",
) -> dict[str, Any]:
    """Return the answer of a sign-in with a code, which is used up. Raise ``ApiError``."""
    forms.refuse({"otpId": forms.text(otp_id, 1, 255), "password": forms.text(password, 1, 71)})
    with attempt(collection, info, METHOD) as made:
        otp = _existing(collection, otp_id)
        made.record = record = _owner(collection, otp)
        _check_guess(record, otp, password, info)
        event = OtpAuthEvent(collection=collection, record=record, info=info, otp=otp)
        hooks.ask(hooks.auth_with_otp_request, collection, event)
        _use_up(otp)
        record, sent_to = event.record, otp["sentTo"]
        if not record["verified"] and sent_to and sent_to == record["email"]:
            _verify(record, info)
        return finish.answer(record, info, METHOD, mfa_id=mfa_id)


def redeem(record: RecordModel, info: RequestInfo, *, otp_id: str, password: str) -> None:
    """Use up a code of ``record`` outside a sign-in. Raise ``ApiError`` if it is not right."""
    otp = _existing(record.collection, otp_id)
    if otp["recordRef"] != record.id:
        raise BadRequest(INVALID)
    _check_guess(record, otp, password, info)
    _use_up(otp)


def delete_expired() -> None:
    """Delete codes that are older than their collection allows, for the hourly job."""
    model = lookup.get_model(OTPS)
    for collection in snapshot.current().collections:
        if collection.is_auth:
            limit = oldest(collection.options["otp"]["duration"])
            model.objects.filter(collectionRef=collection.id, created__lt=limit).delete()


def _existing(collection: CollectionDef, otp_id: str) -> RecordModel:
    otp = find.by_id(lookup.get(OTPS), otp_id)
    if otp is None or otp["collectionRef"] != collection.id or _has_expired(otp, collection):
        raise BadRequest(INVALID)
    return otp


def _owner(collection: CollectionDef, otp: RecordModel) -> RecordModel:
    record = find.by_id(collection, otp["recordRef"])
    if record is None:
        raise BadRequest(INVALID)
    return record


def _check_guess(record: RecordModel, otp: RecordModel, password: str, info: RequestInfo) -> None:
    if counters.hit(f"otp:{record.id}:{info.ip}", GUESS_WINDOW_S) > MOST_GUESSES:
        raise TooManyRequests("Too many attempts, please try again later with a new OTP.")
    if not passwords.is_right(otp, password):
        raise BadRequest(INVALID)


def _open(record: RecordModel) -> list[RecordModel]:
    limit = oldest(record.collection.options["otp"]["duration"])
    return belongings.of(OTPS, record, created__gte=limit)


def _has_expired(otp: RecordModel, collection: CollectionDef) -> bool:
    return bool(otp["created"] < oldest(collection.options["otp"]["duration"]))


def _use_up(otp: RecordModel) -> None:
    """Delete the code; of two requests with the same one, only one gets through."""
    try:
        otp.delete()
    except NotFound as error:
        raise BadRequest(INVALID, reason="used by another request") from error


def _verify(record: RecordModel, info: RequestInfo) -> None:
    """The code came from the record's own mailbox, which proves the address.

    Whoever signed up with somebody else's address must not keep a password to it.
    """
    record.put("verified", True)
    if not record.collection.options["mfa"]["enabled"]:
        passwords.set_random(record)
    record.save()
    hooks.tell(hooks.record_verified, record, info)


def _send(record: RecordModel, otp_id: str, code: str) -> None:
    """Mail the code and note where it went; a code that could not be sent is removed."""
    try:
        mails.send_otp(record, otp_id, code)
    except Exception:
        records.delete(OTPS, otp_id)
        raise
    otp = records.get(OTPS, otp_id)
    otp["sentTo"] = record["email"]
    otp.save()
