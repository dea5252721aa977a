"""Sign-in's jobs by the clock. Their ids are PocketBase's, which the dashboard knows."""

from __future__ import annotations

from auth_app import counters
from auth_app.flows import mfa, otp
from core_app.crons import cron


@cron("__pbMFACleanup__", "0 * * * *")
def delete_old_first_factors() -> None:
    """Delete first factors that no second one followed in time."""
    mfa.delete_expired()


@cron("__pbOTPCleanup__", "0 * * * *")
def delete_old_codes() -> None:
    """Delete one-time passwords nobody used, and counters that have run out."""
    otp.delete_expired()
    counters.clean()
