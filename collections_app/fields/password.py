"""``password``: a bcrypt hash that nobody sees. Source: core/field_password.go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from collections_app.fields import json_schema, patterns
from collections_app.fields.base import FieldOptions, FieldType, Shape, register
from collections_app.fields.casting import to_text
from collections_app.fields.columns import PasswordColumn
from collections_app.fields.options import pattern_error, range_error
from core_app import passwords
from core_app.errors import FieldError, required

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef

_MOST = 71  # characters; bcrypt sees 72 bytes


class Password:
    """A stored hash, or a plain text that was just set and is hashed when first needed."""

    __slots__ = ("_hash", "cost", "plain")

    def __init__(self, hashed: str = "", *, plain: str = "", cost: int = 0) -> None:
        self._hash = hashed
        self.plain = plain
        self.cost = cost

    @property
    def hash(self) -> str:
        """The bcrypt hash, ``""`` if there is no password. Raise ``passwords.TooLong``."""
        if not self._hash and self.plain:
            self._hash = passwords.make_hash(
                self.plain, self.cost or settings.HOLDALL_PASSWORD_COST
            )
        return self._hash

    def verify(self, plain: str) -> bool:
        """Whether ``plain`` is this password."""
        if self.plain:
            return plain == self.plain
        return passwords.verify(plain, self._hash)

    def __bool__(self) -> bool:
        return bool(self._hash or self.plain)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Password):
            return NotImplemented
        return (self._hash, self.plain) == (other._hash, other.plain)

    def __hash__(self) -> int:
        return hash((self._hash, self.plain))

    def __repr__(self) -> str:
        return "<Password>" if self else "<Password: none>"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordOptions(FieldOptions):
    min: int = 0  # characters
    max: int = 0  # characters; 0 is 71
    pattern: str = ""
    cost: int = 0  # bcrypt's; 0 is 10


@register
class PasswordField(FieldType):
    type_name = "password"
    options_class = PasswordOptions
    options: PasswordOptions
    shape = Shape.BLANK

    def __init__(self, options: PasswordOptions) -> None:
        super().__init__(options)
        self._max = options.max or _MOST
        self._pattern: re.Pattern[str] | None = None

    def check_options(
        self, collection: CollectionDef, original: FieldType | None
    ) -> dict[str, Any]:
        options = self.options
        errors = super().check_options(collection, original)
        found = {
            "min": range_error(options.min, 1, _MOST),
            "max": range_error(options.max, options.min, _MOST),
            "cost": range_error(options.cost, passwords.LEAST_COST, passwords.GREATEST_COST),
            "pattern": pattern_error(options.pattern),
        }
        return errors | {key: error for key, error in found.items() if error}

    def json_limits(self) -> dict[str, Any]:
        options = self.options
        return json_schema.text_limits(
            options.min, self._max, options.pattern, required=options.required
        )

    def model_field(self) -> PasswordColumn:
        return PasswordColumn(db_column=self.name, wrap=Password, default=Password)

    def zero(self) -> Password:
        return Password()

    def prepare(self, raw: Any) -> Password:
        """Return a new password of a text; even what looks like a hash is taken as plain text."""
        if isinstance(raw, Password):
            return raw
        return Password(plain=to_text(raw), cost=self.options.cost)

    def is_zero(self, value: Password) -> bool:
        return not value

    def is_storable(self, value: Password) -> bool:
        plain = value.plain
        return len(plain) * 4 <= passwords.MAX_BYTES or len(plain.encode()) <= passwords.MAX_BYTES

    def validate(self, value: Password) -> None:
        """Raise ``FieldError`` for the first rule that a new password breaks; hash it otherwise."""
        plain = value.plain
        if not plain:
            if self.options.required and not value:
                raise required()
            return
        if not self.is_storable(value):
            raise FieldError("validation_invalid_value", "Invalid value.")
        if len(plain) < self.options.min:
            raise FieldError(
                "validation_min_text_constraint",
                f"Must be at least {self.options.min} character(s).",
            )
        if len(plain) > self._max:
            raise FieldError(
                "validation_max_text_constraint", f"Must be less than {self._max} character(s)."
            )
        if self.options.pattern:
            if self._pattern is None:
                self._pattern = patterns.compile(self.options.pattern)
            if not self._pattern.search(plain):
                raise FieldError("validation_invalid_format", "Invalid value format.")
        _ = value.hash  # now, while no transaction waits for it

    def to_stored(self, value: Password) -> str:
        return value.hash

    def from_stored(self, stored: Any) -> Password:
        return Password(stored or "")

    def to_public(self, value: Password) -> str:
        return ""

    def to_request(self, value: Password) -> str:
        return value.plain
