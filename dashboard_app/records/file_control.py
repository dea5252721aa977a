"""Files of a record in a form: what is there can be opened and removed, new ones are added."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from unfold.widgets import CHECKBOX_CLASSES, INPUT_CLASSES

from collections_app.fields.base import FieldType

#: extensions that a browser shows in an ``<img>``
IMAGES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".bmp"})


@dataclass(slots=True)
class Change:
    """What was done to the files: names removed, files added, the order of those that stay."""

    removed: frozenset[str] = frozenset()
    added: list[UploadedFile[bytes]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)

    def kept(self, names: list[str]) -> list[str]:
        """Return those of ``names`` that stay; what the order does not know comes last."""
        places = {name: place for place, name in enumerate(self.order)}
        staying = [name for name in names if name not in self.removed]
        return sorted(staying, key=lambda name: places.get(name, len(places)))


class FileInput(forms.Widget):
    """Shows names as links and pictures. ``folder_url`` and ``token`` are set for each request."""

    template_name = "dashboard/file_input.html"
    needs_multipart_form = True

    def __init__(self, *, is_multiple: bool, is_protected: bool) -> None:
        super().__init__({"class": " ".join(INPUT_CLASSES)})
        self.is_multiple = is_multiple
        self.is_protected = is_protected
        self.folder_url = ""
        self.token = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"] |= {
            "is_multiple": self.is_multiple,
            "files": [self._shown(stored) for stored in names_in(value)],
            "checkbox_class": " ".join(CHECKBOX_CLASSES),
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Change:
        removed = frozenset(data.getlist(f"{name}__remove"))
        return Change(removed, files.getlist(name), data.getlist(f"{name}__order"))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def _shown(self, name: str) -> dict[str, Any]:
        query = f"token={self.token}" if self.token else ""
        url = f"{self.folder_url}{name}"
        is_image = os.path.splitext(name)[1].lower() in IMAGES
        return {
            "name": name,
            "url": f"{url}?{query}" if query else url,
            "preview": f"{url}?thumb=100x100{f'&{query}' if query else ''}" if is_image else "",
        }


class FileControl(forms.FileField):
    """Cleans to the names that stay and the uploads, as the API takes them."""

    widget: FileInput

    def __init__(self, field: FieldType) -> None:
        self.is_multiple = field.is_multiple
        is_protected = bool(getattr(field.options, "protected", False))
        widget = FileInput(is_multiple=field.is_multiple, is_protected=is_protected)
        super().__init__(widget=widget)

    def clean(self, data: Any, initial: Any = None) -> Any:
        together: list[Any] = [*data.kept(names_in(initial)), *data.added]
        if self.is_multiple:
            return together
        return together[-1] if together else ""

    def has_changed(self, initial: Any, data: Any) -> bool:
        names = names_in(initial)
        return bool(data) or data.kept(names) != names

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show what is stored again when the form had errors: a browser keeps no uploads."""
        return initial


def names_in(value: Any) -> list[str]:
    """Return the names in a file field's value, single or multiple."""
    if isinstance(value, str):
        return [value] if value else []
    return list(value or ())
