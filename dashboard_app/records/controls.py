"""A field of a collection -> the form field that edits it, one small function for each type.

What a form field cleans is what the API would be sent; the service casts and validates it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from unfold import widgets

from collections_app.fields.base import FieldType
from collections_app.fields.json_text import VerbatimJson
from core_app import dates, numbers
from dashboard_app.records.file_control import FileControl
from dashboard_app.records.relation_control import RelationControl, RelationsControl

Options = Any


def control(field: FieldType) -> forms.Field | None:
    """Return the form field for ``field``, ``None`` if nobody edits it.

    A type that is unknown here (a plugin's) is edited as JSON.
    """
    make = _MAKERS.get(field.type_name, _json)
    made = make(field)
    if made is not None:
        made.required = False  # the service says what is missing, in the API's words
        is_key = getattr(field.options, "primaryKey", False)
        made.label = f"{field.name} *" if field.options.required and not is_key else field.name
        made.help_text = field.options.help or made.help_text
    return made


class PlainText(forms.CharField):
    """Text as it is, with line ends as they were stored."""

    def __init__(self, widget: forms.Widget, **options: Any) -> None:
        super().__init__(widget=widget, strip=False, **options)

    def to_python(self, value: Any) -> str:
        return _one_line_end(str(super().to_python(value)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Browsers send every line end as CRLF, whatever was stored."""
        before = _one_line_end(initial) if isinstance(initial, str) else initial
        return super().has_changed(before, data)


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Number(forms.Field):
    widget = widgets.UnfoldAdminDecimalFieldWidget

    def to_python(self, value: Any) -> int | float:
        text = str(value if value is not None else "").strip()
        if not text:
            return 0
        parsed = numbers.parse(text)
        if parsed is None:
            raise ValidationError("This is not a number.")
        return numbers.canonical(parsed)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"step": "any"}


class Moment(forms.Field):
    """A moment in wire form, edited by the browser's own control, in UTC."""

    widget = forms.DateTimeInput

    def __init__(self, **options: Any) -> None:
        attrs = {
            "type": "datetime-local",
            "step": "0.001",
            "class": " ".join(widgets.INPUT_CLASSES),
        }
        super().__init__(widget=forms.TextInput(attrs), **options)

    def prepare_value(self, value: Any) -> Any:
        return value.replace(" ", "T").removesuffix("Z") if isinstance(value, str) else value

    def to_python(self, value: Any) -> str:
        text = str(value or "").strip()
        if not text:
            return ""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise ValidationError("This is not a date and time.") from error
        return dates.to_wire(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


class Json(forms.Field):
    """Any JSON, shown with line breaks; nothing is null."""

    def __init__(self, **options: Any) -> None:
        attrs = {"rows": 3, "class": "code grows", "spellcheck": "false", "data-json": ""}
        super().__init__(widget=widgets.UnfoldAdminTextareaWidget(attrs), **options)

    def prepare_value(self, value: Any) -> Any:
        """Return a stored value as text; what was submitted stays as it was."""
        if isinstance(value, Submitted):
            return str(value)
        if isinstance(value, VerbatimJson):
            value = value.value
        return "" if value is None else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()

    def bound_data(self, data: Any, initial: Any) -> Any:
        return Submitted(data or "")

    def to_python(self, value: Any) -> str | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return orjson.dumps(orjson.loads(text)).decode()
        except orjson.JSONDecodeError as error:
            raise ValidationError(f"This is not JSON: {error}.") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(self.prepare_value(initial)) != self.to_python(data)
        except ValidationError:
            return True


class Submitted(str):
    """Text that came from the form, not from the record."""

    __slots__ = ()


class Point(forms.MultiValueField):
    """Longitude and latitude."""

    def __init__(self, **options: Any) -> None:
        parts = [Number(required=False), Number(required=False)]
        step = {"step": "any"}
        inputs = {
            name: widgets.UnfoldAdminDecimalFieldWidget(step.copy()) for name in ("lon", "lat")
        }
        super().__init__(parts, widget=_PointInput(inputs), **options)

    def compress(self, data_list: list[Any]) -> dict[str, Any]:
        lon, lat = data_list or (0, 0)
        return {"lon": lon, "lat": lat}


class _PointInput(forms.MultiWidget):
    template_name = "dashboard/point_input.html"

    def decompress(self, value: Any) -> list[Any]:
        return [value["lon"], value["lat"]] if isinstance(value, dict) else [0, 0]


class Password(forms.CharField):
    """A new password; nothing keeps the one there is."""

    def __init__(self, **options: Any) -> None:
        widget = widgets.UnfoldAdminPasswordWidget({"autocomplete": "new-password"})
        options.setdefault("help_text", "Leave empty to keep what is set.")
        super().__init__(widget=widget, strip=False, **options)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


def _text(field: FieldType) -> forms.Field:
    if getattr(field.options, "primaryKey", False):
        return PlainText(
            widgets.UnfoldAdminTextInputWidget(), help_text="Leave empty for a random one."
        )
    return PlainText(widgets.UnfoldAdminTextareaWidget({"rows": 1, "class": "!max-w-2xl grows"}))


def _editor(field: FieldType) -> forms.Field:
    attrs: dict[str, Any] = {
        "rows": 6,
        "class": "code grows tall",
        "data-rich": "",
        "data-media": reverse("admin:media"),
    }
    if getattr(field.options, "convertURLs", False):
        attrs["data-convert-urls"] = ""
    return PlainText(widgets.UnfoldAdminTextareaWidget(attrs))


def _number(field: FieldType) -> forms.Field:
    return Number()


def _bool(field: FieldType) -> forms.Field:
    return forms.BooleanField(widget=widgets.UnfoldBooleanSwitchWidget)


def _email(field: FieldType) -> forms.Field:
    return PlainText(widgets.UnfoldAdminEmailInputWidget())


def _url(field: FieldType) -> forms.Field:
    return PlainText(widgets.UnfoldAdminURLInputWidget())


def _date(field: FieldType) -> forms.Field:
    return Moment(help_text="UTC")


def _nobody(field: FieldType) -> None:
    return None


def _select(field: FieldType) -> forms.Field:
    options: Options = field.options
    choices = [(value, value) for value in dict.fromkeys(options.values)]
    if field.is_multiple:
        return _AnyChoices(choices=choices, widget=widgets.UnfoldAdminCheckboxSelectMultipleWidget)
    return _AnyChoice(choices=[("", "—"), *choices], widget=widgets.UnfoldAdminSelectWidget)


class _AnyChoice(forms.ChoiceField):
    """The service judges values, so that one message fits all ways in."""

    def valid_value(self, value: Any) -> bool:
        return True


class _AnyChoices(forms.MultipleChoiceField):
    def valid_value(self, value: Any) -> bool:
        return True


def _relation(field: FieldType) -> forms.Field:
    return (RelationsControl if field.is_multiple else RelationControl)(field.relation_target)


def _file(field: FieldType) -> forms.Field:
    return FileControl(field)


def _json(field: FieldType) -> forms.Field:
    return Json()


def _point(field: FieldType) -> forms.Field:
    return Point(require_all_fields=False)


def _password(field: FieldType) -> forms.Field:
    return Password()


_MAKERS: dict[str, Callable[[FieldType], forms.Field | None]] = {
    "text": _text,
    "editor": _editor,
    "number": _number,
    "bool": _bool,
    "email": _email,
    "url": _url,
    "date": _date,
    "autodate": _nobody,
    "select": _select,
    "relation": _relation,
    "file": _file,
    "json": _json,
    "geoPoint": _point,
    "password": _password,
}
