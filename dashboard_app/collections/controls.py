"""Form fields for what a collection is made of: rules, fields, indexes, options."""

from __future__ import annotations

import json
from typing import Any

import orjson
from django import forms
from django.core.exceptions import ValidationError
from unfold import widgets

NOBODY, ANYONE, SOME = "nobody", "anyone", "some"
WHO = (
    (NOBODY, "Superusers only"),
    (ANYONE, "Everyone"),
    (SOME, "Everyone for whom this is true:"),
)
CODE = "code grows"


class Rule(forms.MultiValueField):
    """``None`` (superusers only), ``""`` (everyone) or an expression."""

    def __init__(self, **options: Any) -> None:
        parts = [forms.ChoiceField(choices=WHO), forms.CharField(required=False)]
        options.setdefault("required", False)
        widget = _RuleInput(options.get("label", ""))
        super().__init__(parts, widget=widget, require_all_fields=False, **options)

    def clean(self, value: Any) -> str | None:
        who, text = self.widget.decompress(value) if not isinstance(value, list) else value
        text = (text or "").strip().replace("\r\n", "\n")
        if who == ANYONE:
            return ""
        if who != SOME:
            return None
        if not text:
            raise ValidationError("Say for whom, or choose one of the other two.")
        return text

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != initial)
        except ValidationError:
            return True


class _RuleInput(forms.MultiWidget):
    def __init__(self, label: str) -> None:
        expression = {"rows": 1, "class": CODE, "spellcheck": "false"}
        expression |= {"aria-label": f"{label}: expression"}
        super().__init__(
            {
                "who": widgets.UnfoldAdminSelectWidget({"aria-label": label}, choices=WHO),
                "expression": widgets.UnfoldAdminTextareaWidget(
                    {**expression, "placeholder": '@request.auth.id != ""'}
                ),
            }
        )

    template_name = "dashboard/rule_input.html"

    def decompress(self, value: Any) -> list[str]:
        if value is None:
            return [NOBODY, ""]
        return [SOME, value] if value else [ANYONE, ""]


class JsonValue(forms.Field):
    """A JSON value of one Python type, shown with one item of a list per line."""

    def __init__(self, kind: type, *, rows: int, **options: Any) -> None:
        self.kind = kind
        attrs = {"rows": rows, "class": CODE, "spellcheck": "false"}
        options.setdefault("required", False)
        super().__init__(widget=widgets.UnfoldAdminTextareaWidget(attrs), **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return value  # as it was submitted
        if isinstance(value, list):
            lines = (json.dumps(item, ensure_ascii=False) for item in value)
            return "[\n  " + ",\n  ".join(lines) + "\n]" if value else "[]"
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return self.kind()
        try:
            parsed = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise ValidationError(f"This is not JSON: {error}.") from error
        if not isinstance(parsed, self.kind):
            what = "a list" if self.kind is list else "an object"
            raise ValidationError(f"This must be {what}.")
        return parsed

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class Lines(forms.Field):
    """A list of texts, one on each line."""

    def __init__(self, **options: Any) -> None:
        attrs = {"rows": 2, "class": CODE, "spellcheck": "false"}
        options.setdefault("required", False)
        super().__init__(widget=widgets.UnfoldAdminTextareaWidget(attrs), **options)

    def prepare_value(self, value: Any) -> Any:
        """An index with line breaks inside is shown on one line; it means the same."""
        if isinstance(value, list):
            return "\n".join(" ".join(item.split()) for item in value)
        return value

    def to_python(self, value: Any) -> list[str]:
        lines = (line.strip() for line in str(value or "").splitlines())
        return [line for line in lines if line]

    def has_changed(self, initial: Any, data: Any) -> bool:
        shown = self.to_python(self.prepare_value(initial))
        return shown != self.to_python(data)
