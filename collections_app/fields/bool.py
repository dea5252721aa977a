"""``bool``: true or false; required means true. Source: core/field_bool.go."""

from __future__ import annotations

from typing import Any

from collections_app.fields.base import FieldType, Shape, register
from collections_app.fields.casting import to_bool, to_text
from collections_app.fields.columns import BoolColumn
from core_app.errors import required


@register
class BoolField(FieldType):
    type_name = "bool"
    shape = Shape.BOOL

    def model_field(self) -> BoolColumn:
        return BoolColumn(db_column=self.name)

    def zero(self) -> bool:
        return False

    def prepare(self, raw: Any) -> bool:
        """Return true for true, a number but 0, and ``1 t T true TRUE True``."""
        return to_bool(raw)

    def validate(self, value: bool) -> None:
        if self.options.required and not value:
            raise required()

    def to_stored(self, value: bool) -> int:
        return 1 if value else 0

    def from_stored(self, stored: Any) -> bool:
        return flag_of(stored)


def flag_of(stored: Any) -> bool:
    """Return what a column holds. One of a view may hold anything: 1 is true, 2 is not."""
    return stored == 1 if type(stored) is int else to_bool(to_text(stored))
