"""``date``: a moment as text in wire form, ``""`` when empty. Source: core/field_date.go.

One date is not for everybody: ``DeletionMark``, which collections with soft delete have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from collections_app.fields import date_formats
from collections_app.fields.base import FieldOptions, FieldType, register
from collections_app.fields.columns import DateColumn
from collections_app.fields.options import read as read_options
from collections_app.fields.value_types import Kind, ValueType
from core_app import dates
from core_app.errors import FieldError, required

#: id and name of the field that says since when a record is in the trash
MARK_ID, MARK_NAME = "soft_delete", "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateOptions(FieldOptions):
    min: str = ""  # wire form, inclusive; "" is unbounded
    max: str = ""


@register
class DateField(FieldType):
    type_name = "date"
    options_class = DateOptions
    options: DateOptions

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DateField:
        """Make a field from its JSON; bounds that cannot be read become ``""``."""
        options = read_options(DateOptions, data)
        low, high = date_formats.to_wire(options.min), date_formats.to_wire(options.max)
        made = DeletionMark if options.id == MARK_ID else cls
        return made(replace(options, min=low, max=high))

    @property
    def value_type(self) -> ValueType:
        return ValueType(Kind.DATE)

    def model_field(self) -> DateColumn:
        return DateColumn(db_column=self.name)

    def prepare(self, raw: Any) -> str:
        """Return a date's text (or a ``datetime``) in wire form, ``""`` for anything else."""
        return read(raw)

    def validate(self, value: str) -> None:
        """Raise ``FieldError`` if the moment is missing or out of range."""
        if not value:
            if self.options.required:
                raise required()
            return
        options = self.options
        if options.min and value < options.min:
            raise _error("validation_min_greater_equal_than_required", "less", options.min)
        if options.max and value > options.max:
            raise _error("validation_max_less_equal_than_required", "greater", options.max)


class DeletionMark(DateField):
    """When the record went to the trash, ``""`` while it is alive.

    Deleting and restoring alone set it; whatever anybody else says of it is ignored.
    """

    is_automatic = True

    def prepare(self, raw: Any) -> str:
        return ""


def read(raw: Any) -> str:
    """Return the wire form of a date's text or of a ``datetime``; ``""`` for anything else."""
    if type(raw) is str:
        return date_formats.to_wire(raw)
    return dates.to_wire(raw) if isinstance(raw, datetime) else ""


def _error(code: str, word: str, bound: str) -> FieldError:
    """Return the error that names ``bound`` twice: as Go prints moments, and as RFC 3339."""
    day, time = bound[:10], bound[11:-1].rstrip("0").removesuffix(".")
    if len(time) < 8:  # the zeros of ``10:20:00`` were not a fraction's
        time = bound[11:19]
    return FieldError(
        code,
        f"Must be no {word} than {day} {time} +0000 UTC.",
        {"threshold": f"{day}T{time}Z"},
    )
