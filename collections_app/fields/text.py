"""``text``: any string, ``""`` when empty; the record's id too. Source: core/field_text.go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from collections_app.fields import autogenerate, json_schema, patterns
from collections_app.fields.base import FieldOptions, FieldType, register
from collections_app.fields.casting import quote, to_text
from collections_app.fields.character_classes import PatternError
from collections_app.fields.columns import IdColumn, TextColumn
from collections_app.fields.options import pattern_error, range_error
from core_app.errors import FieldError, required

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef

DEFAULT_MAX = 5000
#: the pattern of ids as PocketBase makes them; SQLite alone then tells duplicates
DEFAULT_ID_PATTERN = "^[a-z0-9]+$"

#: the first of them that an id holds, in this order, is the one that is told
_FORBIDDEN_IN_IDS = "./\\|\"'`<>:?*%$\0\t\n\r "
_RESERVED_ID = re.compile(r"con|prn|aux|nul|(com|lpt)[1-9]", re.IGNORECASE | re.ASCII)
_SAMPLES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOptions(FieldOptions):
    min: int = 0  # characters
    max: int = 0  # characters; 0 is 5000
    pattern: str = ""
    autogeneratePattern: str = ""
    primaryKey: bool = False


@register
class TextField(FieldType):
    type_name = "text"
    options_class = TextOptions
    options: TextOptions
    modifiers = frozenset({":autogenerate"})

    def __init__(self, options: TextOptions) -> None:
        super().__init__(options)
        self._max = options.max or DEFAULT_MAX
        self._is_required = options.required or options.primaryKey
        self._pattern: re.Pattern[str] | None = None
        self.is_key = options.primaryKey
        self.unique_in_any_case = options.primaryKey and options.pattern != DEFAULT_ID_PATTERN

    def check_options(
        self, collection: CollectionDef, original: FieldType | None
    ) -> dict[str, Any]:
        options = self.options
        errors = super().check_options(collection, original)
        if error := range_error(options.min, 0):
            errors["min"] = error
        if error := range_error(options.max, options.min):
            errors["max"] = error
        if error := pattern_error(options.pattern):
            errors["pattern"] = error
        if options.primaryKey:
            errors |= self._check_key_options(collection) | errors
        if error := self._check_autogenerate():
            errors["autogeneratePattern"] = error
        return errors

    def _check_key_options(self, collection: CollectionDef) -> dict[str, Any]:
        options = self.options
        errors: dict[str, Any] = {}
        if options.name != "id":
            errors["name"] = FieldError(
                "validation_in_invalid", 'The primary key must be named "id".'
            )
        if sum(getattr(item.options, "primaryKey", False) for item in collection.fields) > 1:
            errors["primaryKey"] = FieldError(
                "validation_unsupported_composite_pk",
                "Composite PKs are not supported and the collection must have only 1 PK.",
            )
        if not options.pattern:
            errors["pattern"] = required()
        if options.hidden:
            errors["hidden"] = FieldError("validation_empty", "Must be blank.")
        if not options.required:
            errors["required"] = required()
        return errors

    def _check_autogenerate(self) -> FieldError | None:
        pattern = self.options.autogeneratePattern
        if not pattern:
            return None
        if error := pattern_error(pattern):
            return error
        generate = autogenerate.generator(pattern)
        for _ in range(_SAMPLES):
            try:
                sample = generate()
            except autogenerate.Unsupported as error:
                return FieldError("validation_invalid_autogenerate_pattern", str(error))
            try:
                self._validate_plain(sample)
            except (FieldError, PatternError):
                return FieldError(
                    "validation_invalid_autogenerate_pattern_value",
                    "The provided autogenerate pattern could produce invalid field values, "
                    f"ex.: {quote(sample)}",
                )
        return None

    def json_limits(self) -> dict[str, Any]:
        options = self.options
        return json_schema.text_limits(
            options.min, self._max, options.pattern, required=self._is_required
        )

    def model_field(self) -> TextColumn:
        column = IdColumn if self.options.primaryKey else TextColumn
        return column(db_column=self.name)

    def prepare(self, raw: Any) -> str:
        """Return the text of a string, number or bool; ``""`` for the rest."""
        return raw if type(raw) is str else to_text(raw)

    def modify(self, modifier: str, current: Any, raw: Any) -> str:
        """Return the submitted text with a generated one behind it."""
        return to_text(raw) + self._generate()

    def fill(self, value: str, *, is_new: bool) -> str:
        """Return a generated text for a new record's empty one."""
        return self._generate() if is_new and not value else value

    def _generate(self) -> str:
        pattern = self.options.autogeneratePattern
        return autogenerate.generator(pattern)() if pattern else ""

    def validate(self, value: str) -> None:
        """Raise ``FieldError`` for the first of: missing, too short, too long, another format.

        An id of a pattern of one's own must also be fit for the name of a folder.
        """
        self._validate_plain(value)
        if self.unique_in_any_case:
            _validate_key(value)

    def _validate_plain(self, value: str) -> None:
        if not value:
            if self._is_required:
                raise required()
            return
        options = self.options
        length = len(value)
        if length < options.min:
            raise FieldError(
                "validation_min_text_constraint",
                f"Must be at least {options.min} character(s).",
                {"min": options.min},
            )
        if length > self._max:
            raise FieldError(
                "validation_max_text_constraint",
                f"Must be no more than {self._max} character(s).",
                {"max": self._max},
            )
        if options.pattern:
            if self._pattern is None:
                self._pattern = patterns.compile(options.pattern)
            if not self._pattern.search(value):
                raise FieldError("validation_invalid_format", "Invalid value format.")


def _validate_key(value: str) -> None:
    for char in _FORBIDDEN_IN_IDS:
        if char in value:
            raise FieldError(
                "validation_forbidden_pk_character",
                f"'{char}' is not a valid primary key character.",
                {"ch": char},
            )
    if _RESERVED_ID.fullmatch(value):
        raise FieldError(
            "validation_reserved_pk",
            f"The primary key '{value.upper()}' is reserved and cannot be used.",
            {"reserved": value.upper()},
        )
