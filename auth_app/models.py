"""The rows auth_app keeps beside the collections: users of the dashboard, and counters."""

from __future__ import annotations

import secrets

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac

from auth_app import superusers


class StaffUser(AbstractUser):
    """Who may use the dashboard.

    With ``record_id`` it stands for a ``_superusers`` record: it has no password of its own, and
    its sessions end when the record's password, e-mail or token key changes or the record goes.
    Without, it is an editor: an ordinary Django user whose groups say what it may do, and who has
    no power over the API.
    """

    record_id = models.CharField(max_length=255, null=True, blank=True, unique=True, editable=False)

    class Meta(AbstractUser.Meta):
        db_table = "_staff_users"

    def __str__(self) -> str:
        return self.email or self.username

    def get_full_name(self) -> str:
        """Return the name, or what the user is, beside the e-mail that tells who."""
        return super().get_full_name() or ("Editor" if self.record_id is None else "Superuser")

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Return what a session must know to go on: it changes with the record's token key."""
        if self.record_id is None:
            return salted_hmac(_SALT, self.password, secret=secret, algorithm="sha256").hexdigest()
        record = superusers.stored(self.record_id)
        # without its record nothing matches
        bound_to = (
            secrets.token_hex() if record is None else f"{self.record_id}{record['tokenKey']}"
        )
        return salted_hmac(_SALT, bound_to, secret=secret, algorithm="sha256").hexdigest()


class Counter(models.Model):
    """How often something happened in a window of time, for all workers; see ``counters``."""

    key = models.CharField(primary_key=True, max_length=300)
    hits = models.IntegerField(default=0)
    ends = models.FloatField(default=0, db_index=True)  # seconds since the epoch

    class Meta:
        db_table = "_auth_counters"

    def __str__(self) -> str:
        return f"{self.key}: {self.hits}"


class Remembered(models.Model):
    """A text that is needed again in a moment, maybe by another worker."""

    key = models.CharField(primary_key=True, max_length=300)
    text = models.TextField(default="")
    ends = models.FloatField(default=0, db_index=True)  # seconds since the epoch

    class Meta:
        db_table = "_auth_remembered"

    def __str__(self) -> str:
        return self.key


_SALT = "auth_app.models.StaffUser.session"
