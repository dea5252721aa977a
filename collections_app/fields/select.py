"""``select``: one or several of the values that the designer lists. Source: field_select.go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from collections_app.fields.base import FieldOptions, FieldType, register
from collections_app.fields.items import ItemsField
from collections_app.fields.options import range_error
from collections_app.fields.value_types import Kind, ValueType
from core_app.errors import FieldError, required

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectOptions(FieldOptions):
    values: tuple[str, ...] = ()
    maxSelect: int = 0  # above 1: a list


@register
class SelectField(ItemsField):
    type_name = "select"
    options_class = SelectOptions
    options: SelectOptions

    def __init__(self, options: SelectOptions) -> None:
        super().__init__(options)
        self._allowed = frozenset(options.values)

    def check_options(
        self, collection: CollectionDef, original: FieldType | None
    ) -> dict[str, Any]:
        options = self.options
        errors = super().check_options(collection, original)
        if not options.values:
            errors["values"] = required()
        if error := range_error(options.maxSelect, 0, len(options.values) or 1):
            errors["maxSelect"] = error
        return errors

    @property
    def value_type(self) -> ValueType:
        return ValueType(Kind.CHOICE, self.is_multiple, self.options.values)

    def validate(self, value: Any) -> None:
        """Raise ``FieldError`` for the first of: missing, too many, a value that is not listed."""
        self.check_count(value)
        for item in self.items(value):
            if item not in self._allowed:
                raise FieldError(
                    "validation_invalid_value", f"Invalid value {item}", {"value": item}
                )
