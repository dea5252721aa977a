"""``number``: one finite float, whole ones as int, 0 when empty. Source: core/field_number.go."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from collections_app.fields.base import FieldOptions, FieldType, Shape, register
from collections_app.fields.casting import to_number
from collections_app.fields.columns import NumberColumn
from core_app import numbers
from core_app.errors import FieldError, required

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef

_SMALL = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberOptions(FieldOptions):
    min: float | None = None  # inclusive; None is unbounded
    max: float | None = None
    onlyInt: bool = False


@register
class NumberField(FieldType):
    type_name = "number"
    options_class = NumberOptions
    options: NumberOptions
    shape = Shape.NUMBER
    is_numeric = True
    modifiers = frozenset({"+", "-"})

    def __init__(self, options: NumberOptions) -> None:
        super().__init__(options)
        self._low = -math.inf if options.min is None else options.min
        self._high = math.inf if options.max is None else options.max

    def check_options(
        self, collection: CollectionDef, original: FieldType | None
    ) -> dict[str, Any]:
        options = self.options
        errors = super().check_options(collection, original)
        for key, bound in (("min", options.min), ("max", options.max)):
            if bound is not None and options.onlyInt and not _is_whole(bound):
                errors[key] = _only_whole()
        if options.min is not None and options.max is not None and options.max < options.min:
            errors.setdefault("max", _too_small(options.min))
        return errors

    def json_limits(self) -> dict[str, Any]:
        """A lower bound above 0 does not hold for 0 itself, which is no value."""
        low, high = self.options.min, self.options.max
        needs_value = self.options.required
        limits: dict[str, Any] = {"type": "integer"} if self.options.onlyInt else {}
        if low is not None and (low <= 0 or needs_value):
            limits["minimum"] = numbers.canonical(float(low))
        if high is not None and (high >= 0 or needs_value):
            limits["maximum"] = numbers.canonical(float(high))
        return limits

    def model_field(self) -> NumberColumn:
        return NumberColumn(db_column=self.name)

    def zero(self) -> int:
        return 0

    def prepare(self, raw: Any) -> int | float:
        """Turn any JSON or form value into a number; what cannot be read becomes 0."""
        if type(raw) is int and -_SMALL <= raw <= _SMALL:
            return raw
        return to_number(raw)

    def modify(self, modifier: str, current: Any, raw: Any) -> int | float:
        """Return the sum or the difference."""
        change = float(to_number(raw))
        if modifier == "-":
            change = -change
        return numbers.canonical(float(current) + change)

    def is_zero(self, value: Any) -> bool:
        return bool(value == 0)

    def validate(self, value: int | float) -> None:
        """Raise ``FieldError`` for the first rule that ``value`` breaks; 0 is only ever blank."""
        if not value:
            if self.options.required:
                raise required()
            return
        if not math.isfinite(value):
            raise FieldError(
                "validation_not_a_number", "The submitted number is not properly formatted."
            )
        if self.options.onlyInt and not _is_whole(value):
            raise _only_whole()
        if value < self._low:
            raise _too_small(self._low)
        if value > self._high:
            raise FieldError(
                "validation_max_number_constraint",
                f"Must be less or equal than {numbers.to_message(self._high)}.",
                {"max": numbers.public(self._high)},
            )

    def to_public(self, value: int | float) -> numbers.Public:
        return numbers.public(value) if math.isfinite(value) else 0


def _is_whole(value: int | float) -> bool:
    """Whether a 64-bit integer holds ``value`` without a change."""
    return float(value).is_integer() and -(2.0**63) <= value < 2.0**63


def _only_whole() -> FieldError:
    return FieldError("validation_only_int_constraint", "Decimal numbers are not allowed.")


def _too_small(low: float) -> FieldError:
    return FieldError(
        "validation_min_number_constraint",
        f"Must be greater or equal than {numbers.to_message(low)}.",
        {"min": numbers.public(low)},
    )
