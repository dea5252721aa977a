"""``autodate``: the moment of creation or of the last update. Source: core/field_autodate.go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from collections_app.fields.base import FieldOptions, FieldType, register
from collections_app.fields.columns import DateColumn
from collections_app.fields.date import read
from collections_app.fields.value_types import Kind, ValueType
from core_app import dates
from core_app.errors import FieldError

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef

#: options that other types have and this one has not
_UNUSED = frozenset({"help", "required"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AutodateOptions(FieldOptions):
    onCreate: bool = False
    onUpdate: bool = False


@register
class AutodateField(FieldType):
    type_name = "autodate"
    options_class = AutodateOptions
    options: AutodateOptions
    is_automatic = True

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FieldType:
        return super().from_json({key: data[key] for key in data if key not in _UNUSED})

    def to_json(self) -> dict[str, Any]:
        return {key: value for key, value in super().to_json().items() if key not in _UNUSED}

    def check_options(
        self, collection: CollectionDef, original: FieldType | None
    ) -> dict[str, Any]:
        options = self.options
        errors = super().check_options(collection, original)
        before = original.options if original is not None else options
        for key in ("onCreate", "onUpdate"):
            is_on = getattr(options, key)
            if options.system and is_on != getattr(before, key, is_on):
                errors[key] = FieldError("validation_values_mismatch", "Values don't match.")
            elif not (options.onCreate or options.onUpdate):
                errors[key] = FieldError(
                    "validation_required", "Either onCreate or onUpdate must be enabled."
                )
        return errors

    @property
    def value_type(self) -> ValueType:
        return ValueType(Kind.DATE)

    def model_field(self) -> DateColumn:
        return DateColumn(db_column=self.name)

    def prepare(self, raw: Any) -> str:
        """Return a moment that code sets by itself; what a client submits never comes here."""
        return read(raw)

    def validate(self, value: str) -> None:
        """Nothing can be wrong: the server sets it."""

    def now(self, *, is_new: bool, current: Any) -> Any:
        """Return the present moment where this write is to be remembered, else ``current``."""
        wanted = self.options.onCreate if is_new else self.options.onUpdate
        return dates.now() if wanted else current
