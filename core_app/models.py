"""The rows core_app keeps: versions of schema and settings, and the settings themselves."""

from __future__ import annotations

from django.db import models


class VersionRow(models.Model):
    """The one row behind ``core_app.versions``; a migration inserts it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    schema = models.BigIntegerField(default=1)
    settings = models.BigIntegerField(default=1)

    class Meta:
        db_table = "_versions"

    def __str__(self) -> str:
        return f"schema {self.schema}, settings {self.settings}"


class Param(models.Model):
    """One named JSON value; ``id='settings'`` is the app's settings (PocketBase's ``_params``)."""

    id = models.CharField(primary_key=True, max_length=100)
    value = models.TextField(default="null")
    created = models.CharField(max_length=30, default="")
    updated = models.CharField(max_length=30, default="")

    class Meta:
        db_table = "_params"

    def __str__(self) -> str:
        return self.id


class CronRun(models.Model):
    """The last run of a job by the clock; moments in wire form, ``""`` for not yet."""

    id = models.CharField(primary_key=True, max_length=255)
    minute = models.CharField(max_length=30, default="")  # the last one that somebody took
    started = models.CharField(max_length=30, default="")
    finished = models.CharField(max_length=30, default="")
    took_ms = models.IntegerField(default=0)
    error = models.TextField(default="")

    class Meta:
        db_table = "_cron_runs"

    def __str__(self) -> str:
        return f"{self.id} {self.started}"
