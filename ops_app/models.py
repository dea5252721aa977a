"""The rows ops_app keeps: request logs, in the auxiliary database."""

from __future__ import annotations

from django.db import models


class LogRow(models.Model):
    """One entry of the log, laid out as PocketBase's; ``data`` is JSON text."""

    id = models.CharField(primary_key=True, max_length=100)
    level = models.IntegerField(default=0)  # -4 debug, 0 info, 4 warning, 8 error
    message = models.TextField(default="")
    data = models.TextField(default="{}")
    created = models.CharField(max_length=30, default="")

    class Meta:
        db_table = "_logs"
        verbose_name = "log entry"
        verbose_name_plural = "log entries"

    def __str__(self) -> str:
        return self.message
