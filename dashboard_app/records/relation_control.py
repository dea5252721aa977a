"""Choosing related records by search: the choices come from the target's own list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.options import IS_POPUP_VAR
from django.http import HttpRequest
from unfold import widgets

from collections_app.schema import snapshot
from dashboard_app import sidebar
from dashboard_app.records import labels, previews


class RelationControl(forms.Field):
    """The id of one record, or nothing."""

    def __init__(self, target_id: str | None) -> None:
        super().__init__(widget=_OneRecord(target_id))

    def to_python(self, value: Any) -> str:
        return str(value or "")


class RelationsControl(forms.Field):
    """The ids of several records, in order."""

    def __init__(self, target_id: str | None) -> None:
        super().__init__(widget=_SeveralRecords(target_id))

    def to_python(self, value: Any) -> list[str]:
        return [str(item) for item in value or () if item]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class RecordChoices:
    """The part of a select that knows records: what is chosen has a label, the rest is searched."""

    attrs: dict[str, Any]
    choices: Any
    option_template_name = "dashboard/record_option.html"

    def __init__(self, target_id: str | None) -> None:
        self.target_id = target_id
        self.thumbs: dict[str, str] = {}
        url = choices_url(target_id)
        attrs = {"data-ajax--url": url, "data-records": url.removesuffix("choices/")}
        super().__init__(attrs)  # type: ignore[call-arg]

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> Any:
        chosen = [str(item) for item in value if item]
        found = labels.found(self.target_id, chosen)
        known = {str(record.id): labels.label_of(record) for record in found}
        self.thumbs = {
            str(record.id): previews.Thumbs(record.collection, None).of(record) for record in found
        }
        self.choices = [(item, known.get(item, f"{item} (missing)")) for item in chosen]
        return super().optgroups(name, value, attrs)  # type: ignore[misc]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return an option with the address of its record's picture."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        if thumb := self.thumbs.get(str(value)):
            option["attrs"]["data-thumb"] = thumb
        return option

    def offer_new(self, request: HttpRequest) -> None:
        """Let a record be made in a window of its own, if this user may."""
        target = snapshot.current().by_id.get(self.target_id or "")
        if target is None or target.is_view:
            return
        if request.user.has_perm(f"records.add_{target.name.lower()}"):
            self.attrs |= {
                "data-add": f"{sidebar.records_url(target)}add/?{IS_POPUP_VAR}=1",
                "data-target": target.name,
            }


class _OneRecord(RecordChoices, widgets.UnfoldAdminAutocompleteWidget):  # type: ignore[misc]
    pass


class _SeveralRecords(RecordChoices, widgets.UnfoldAdminMultipleAutocompleteWidget):  # type: ignore[misc]
    pass


def choices_url(target_id: str | None) -> str:
    """Return the path that answers searches for records of the target, ``""`` if it is gone."""
    target = snapshot.current().by_id.get(target_id or "")
    return "" if target is None else f"{sidebar.records_url(target)}choices/"
