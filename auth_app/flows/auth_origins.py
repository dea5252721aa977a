"""Where a record has signed in from, and the mail when it is somewhere new."""

from __future__ import annotations

import hashlib
import logging

from auth_app import belongings, mails
from auth_app.names import AUTH_ORIGINS
from collections_app.schema.record_model import RecordModel
from core_app import dates
from core_app.errors import ApiError
from core_app.mail.transport import MailFailed
from core_app.request_info import RequestInfo

logger = logging.getLogger("holdall.auth")

#: places remembered for one record
MOST_KEPT = 5
_LONGEST_AGENT = 200  # bytes


def remember(record: RecordModel, info: RequestInfo) -> None:
    """Note where ``record`` signs in from; tell it by mail if that is new. Never fails.

    The first place ever is no news. A place whose mail could not be sent is not noted, so the next
    sign-in from there tries again.
    """
    if not record.collection.options["authAlert"]["enabled"]:
        return
    try:
        _remember(record, info)
    except (MailFailed, ApiError) as error:
        logger.warning("no alert for %s %s: %s", record.collection.name, record.id, error)


def _remember(record: RecordModel, info: RequestInfo) -> None:
    agent = _shortened(info.headers.get("user_agent", ""))
    fingerprint = hashlib.md5(f"{info.ip}{agent}".encode(), usedforsecurity=False).hexdigest()
    known = belongings.of(AUTH_ORIGINS, record)
    same = next((item for item in known if item["fingerprint"] == fingerprint), None)
    if same is not None:
        same.save()  # its ``updated`` tells when it was last used
        return
    if known and record["email"]:
        mails.send_auth_alert(record, f"{dates.now()} - {info.ip} {agent}")
    for oldest in known[: max(0, len(known) - MOST_KEPT + 1)]:
        oldest.delete()
    belongings.add(AUTH_ORIGINS, record, fingerprint=fingerprint)


def _shortened(agent: str) -> str:
    raw = agent.encode("utf-8", "surrogateescape")
    if len(raw) <= _LONGEST_AGENT:
        return agent
    return raw[:_LONGEST_AGENT].decode("utf-8", "ignore") + "..."
