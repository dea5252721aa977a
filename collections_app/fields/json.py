"""``json``: any JSON value, ``None`` when empty. Source: core/field_json.go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from collections_app.fields import json_text
from collections_app.fields.base import FieldOptions, FieldType, Shape, register
from collections_app.fields.columns import JsonColumn
from collections_app.fields.json_text import VerbatimJson
from collections_app.fields.options import range_error
from core_app import numbers
from core_app.errors import FieldError, required

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef

DEFAULT_MAX_SIZE = 1 << 20
_BLANK = ("null", '""', "[]", "{}")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonOptions(FieldOptions):
    maxSize: int = 0  # bytes of the text; 0 is 1 MiB


@register
class JsonField(FieldType):
    type_name = "json"
    options_class = JsonOptions
    options: JsonOptions
    shape = Shape.JSON
    has_json_paths = True
    is_any_json = True

    def __init__(self, options: JsonOptions) -> None:
        super().__init__(options)
        self._max_size = options.maxSize or DEFAULT_MAX_SIZE

    def check_options(
        self, collection: CollectionDef, original: FieldType | None
    ) -> dict[str, Any]:
        errors = super().check_options(collection, original)
        if error := range_error(self.options.maxSize, 0):
            errors["maxSize"] = error
        return errors

    @property
    def body_allowance(self) -> int:
        return self._max_size

    def model_field(self) -> JsonColumn:
        return JsonColumn(db_column=self.name)

    def zero(self) -> None:
        return None

    def prepare(self, raw: Any) -> Any:
        """Return the value; a string that is JSON stands for that JSON, kept byte for byte."""
        return json_text.read(raw) if type(raw) is str else raw

    def is_zero(self, value: Any) -> bool:
        return json_text.encode(value).strip() in _BLANK

    def validate(self, value: Any) -> None:
        """Raise ``FieldError`` for the first of: too large, not valid, missing."""
        if value is not None:
            try:
                size = json_text.size(value)
            except (TypeError, ValueError, OverflowError) as error:  # code has set no JSON
                raise _invalid() from error
            if size > self._max_size:
                raise FieldError(
                    "validation_json_size_limit",
                    f"The maximum allowed JSON size is {self._max_size} bytes.",
                    {"maxSize": self._max_size},
                )
            if type(value) is VerbatimJson and not value.is_valid:
                raise _invalid()
        if self.options.required and self.is_zero(value):
            raise required()

    def to_stored(self, value: Any) -> str | None:
        return None if value is None else json_text.encode(value)

    def from_stored(self, stored: Any) -> Any:
        return json_text.from_stored(stored)

    def to_public(self, value: Any) -> Any:
        if type(value) is VerbatimJson:
            return orjson.Fragment(value.text)
        return numbers.plain(value)

    def to_request(self, value: Any) -> Any:
        return value.value if type(value) is VerbatimJson else value


def _invalid() -> FieldError:
    return FieldError("validation_invalid_json", "Must be a valid json value.")
