"""``email``: an address as it was typed, ``""`` when empty. Source: core/field_email.go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from collections_app.fields import formats
from collections_app.fields.base import FieldOptions, FieldType, register
from collections_app.fields.casting import to_text
from collections_app.fields.columns import TextColumn
from collections_app.fields.options import domain_list_errors
from core_app.errors import FieldError, required

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailOptions(FieldOptions):
    onlyDomains: tuple[str, ...] = ()  # at most one of the two lists has items
    exceptDomains: tuple[str, ...] = ()


@register
class EmailField(FieldType):
    type_name = "email"
    options_class = EmailOptions
    options: EmailOptions

    def check_options(
        self, collection: CollectionDef, original: FieldType | None
    ) -> dict[str, Any]:
        options = self.options
        return super().check_options(collection, original) | domain_list_errors(
            options.onlyDomains, options.exceptDomains, formats.is_domain
        )

    def json_limits(self) -> dict[str, Any]:
        limits: dict[str, Any] = {"examples": ["somebody@example.com"]}
        if self.options.required:  # what may be empty is not always of this format
            limits["format"] = "email"
        return limits

    def model_field(self) -> TextColumn:
        return TextColumn(db_column=self.name)

    def prepare(self, raw: Any) -> str:
        return raw if type(raw) is str else to_text(raw)

    def validate(self, value: str) -> None:
        """Raise ``FieldError`` for the first of: missing, no address, a domain not allowed."""
        if not value:
            if self.options.required:
                raise required()
            return
        if not formats.is_email(value):
            raise FieldError("validation_is_email", "Must be a valid email address.")
        options = self.options
        if options.onlyDomains or options.exceptDomains:
            domain = value.rpartition("@")[2]
            if (options.onlyDomains and domain not in options.onlyDomains) or (
                domain in options.exceptDomains
            ):
                raise FieldError(
                    "validation_email_domain_not_allowed", "Email domain is not allowed."
                )
