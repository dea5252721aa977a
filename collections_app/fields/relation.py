"""``relation``: the id of one record of another collection, or of several.

Whether the records exist is not known here: ``references`` says which to look for.
Source: core/field_relation.go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from collections_app.fields.base import FieldOptions, FieldType, References, register
from collections_app.fields.items import ItemsField
from collections_app.fields.options import at_least, range_error
from collections_app.fields.value_types import Kind, ValueType
from core_app.errors import FieldError, required

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationOptions(FieldOptions):
    collectionId: str = ""  # never changes for a field
    cascadeDelete: bool = False  # the record goes when its last related record goes
    minSelect: int = 0
    maxSelect: int = 0  # above 1: a list


@register
class RelationField(ItemsField):
    type_name = "relation"
    options_class = RelationOptions
    options: RelationOptions

    def check_options(
        self, collection: CollectionDef, original: FieldType | None
    ) -> dict[str, Any]:
        """Whether ``collectionId`` may be named is for whoever knows the other collections."""
        options = self.options
        errors = super().check_options(collection, original)
        if not options.collectionId:
            errors["collectionId"] = required()
        if error := range_error(options.minSelect, 0, high=None):
            errors["minSelect"] = error
        if options.minSelect > 0 and not options.maxSelect:
            errors["maxSelect"] = required()
        elif options.maxSelect and options.maxSelect < options.minSelect:
            errors["maxSelect"] = at_least(options.minSelect)
        return errors

    @property
    def relation_target(self) -> str:
        return self.options.collectionId

    def prepare(self, raw: Any) -> str | list[str]:
        """Return the ids of anything a client may send, or of records that code hands over."""
        return super().prepare(raw if type(raw) is str else _ids(raw))

    def validate(self, value: Any) -> None:
        """Raise ``FieldError`` for the first of: missing, too few, too many."""
        low = self.options.minSelect
        if value and low and len(self.items(value)) < low:
            raise FieldError(
                "validation_not_enough_values", f"Select at least {low}.", {"minSelect": low}
            )
        self.check_count(value)

    @property
    def value_type(self) -> ValueType:
        return ValueType(Kind.RECORD, self.is_multiple)

    def references(self, value: Any) -> References | None:
        if not value:
            return None
        ids = (value,) if type(value) is str else tuple(value)
        return References(self.options.collectionId, ids)


def _ids(raw: Any) -> Any:
    """Return ``raw`` with the id in place of each record."""
    if isinstance(raw, (list, tuple)):
        return [str(item.pk) if isinstance(item, Model) else item for item in raw]
    return str(raw.pk) if isinstance(raw, Model) else raw
