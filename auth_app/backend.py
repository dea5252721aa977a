"""Signing in to the dashboard with a superuser's e-mail and password.

The record in ``_superusers`` is the account; a ``StaffUser`` linked to it carries what Django needs
(sessions, permissions, history). ``StaffUser`` says when its sessions end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from auth_app import find, passwords, superusers
from auth_app.flows import mfa
from auth_app.flows import otp as one_time
from auth_app.models import StaffUser
from auth_app.names import INSTALLER_EMAIL
from collections_app.schema.record_model import RecordModel
from core_app import networks
from core_app.errors import ApiError
from core_app.request_info import NO_REQUEST, RequestInfo
from core_app.settings_store import store


class SuperuserBackend(BaseBackend):
    """Knows superusers alone; editors sign in through Django's own ``ModelBackend``."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        *,
        otp_id: str = "",
        otp: str = "",
        on_first_factor: Callable[[RecordModel, str], None] | None = None,
        **_: Any,
    ) -> StaffUser | None:
        """Return the dashboard user of the superuser with this e-mail and password.

        Where superusers need a second factor it is a one-time password. If there is none yet one is
        mailed, and ``on_first_factor`` is told of whom and its id; see ``with_code``.
        """
        info = RequestInfo.of(request) if request is not None else NO_REQUEST
        if not username or not password or not _may_come_from(info):
            return None
        collection = superusers.collection()
        record = find.by_email(collection, username)
        if record is None or record["email"] == INSTALLER_EMAIL:
            passwords.pretend_to_check(collection, password)
            return None
        if not passwords.is_right(record, password):
            return None
        if not mfa.is_wanted(record, info):
            return staff_user_of(record)
        if on_first_factor is not None:
            on_first_factor(record, one_time.request(collection, record["email"], info))
            return None
        return _second(record, info, otp_id, otp)

    def with_code(
        self, request: HttpRequest, record_id: str, token_key: str, otp_id: str, otp: str
    ) -> StaffUser | None:
        """Return the user whose first factor was right while ``token_key`` was as it is."""
        info = RequestInfo.of(request)
        record = find.by_id(superusers.collection(), record_id)
        if record is None or record["tokenKey"] != token_key or not _may_come_from(info):
            return None
        return _second(record, info, otp_id, otp)

    def get_user(self, user_id: Any) -> StaffUser | None:
        """Return the user of a session, unless its record is gone."""
        user = StaffUser.objects.filter(pk=user_id, record_id__isnull=False, is_active=True).first()
        if user is None or superusers.stored(str(user.record_id)) is None:
            return None
        return user


def staff_user_of(record: RecordModel) -> StaffUser:
    """Return the dashboard user linked to a superuser, made or brought up to date."""
    values = {
        "username": f"superuser-{record.id}",
        "email": record["email"],
        "is_staff": True,
        "is_superuser": True,
        "is_active": True,
    }
    user, _ = StaffUser.objects.update_or_create(
        record_id=record.id,
        defaults=values,
        create_defaults={**values, "password": "!"},  # none: the record has it
    )
    return user


def _second(record: RecordModel, info: RequestInfo, otp_id: str, otp: str) -> StaffUser | None:
    try:
        one_time.redeem(record, info, otp_id=otp_id, password=otp)
    except ApiError:
        return None
    return staff_user_of(record)


def _may_come_from(info: RequestInfo) -> bool:
    allowed = store.current().superuser_ips
    return not allowed or networks.is_listed(info.ip, allowed)
