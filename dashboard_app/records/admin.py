"""Records in the dashboard: list, search, add, edit, delete, all through the one door."""

from __future__ import annotations

from dashboard_app.records.form_admin import RecordFormAdmin
from dashboard_app.records.list_admin import RecordListAdmin


class RecordAdmin(RecordListAdmin, RecordFormAdmin):
    """The admin of one collection at one version of the schema."""
