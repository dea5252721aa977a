"""What the frame of every page asks for."""

from __future__ import annotations

from typing import Any

from django import template

from collections_app.schema.record_model import RecordModel
from dashboard_app import sidebar
from dashboard_app.records import labels

register = template.Library()


@register.filter
def crumb(title: Any) -> str:
    """Return what a part of the line above a page is called: a record by its name, not its id."""
    if isinstance(title, RecordModel):
        return labels.label_of(title)
    return sidebar.APP_NAMES.get(str(title), str(title))
