"""``editor``: HTML as it was written, ``""`` when empty. Source: core/field_editor.go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from collections_app.fields.base import FieldOptions, FieldType, register
from collections_app.fields.casting import to_text
from collections_app.fields.columns import TextColumn
from collections_app.fields.options import range_error
from core_app.errors import FieldError, required

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef

DEFAULT_MAX_SIZE = 5 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorOptions(FieldOptions):
    maxSize: int = 0  # bytes; 0 is 5 MiB
    convertURLs: bool = False  # for the editor alone


@register
class EditorField(FieldType):
    type_name = "editor"
    options_class = EditorOptions
    options: EditorOptions

    def __init__(self, options: EditorOptions) -> None:
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

    def json_limits(self) -> dict[str, Any]:
        return {"contentMediaType": "text/html"}

    def model_field(self) -> TextColumn:
        return TextColumn(db_column=self.name)

    def prepare(self, raw: Any) -> str:
        return raw if type(raw) is str else to_text(raw)

    def validate(self, value: str) -> None:
        """Raise ``FieldError`` if the text is missing or has too many bytes."""
        if not value:
            if self.options.required:
                raise required()
            return
        # no character takes more than four bytes, so most texts need not be encoded
        if len(value) * 4 > self._max_size and len(value.encode()) > self._max_size:
            raise FieldError(
                "validation_content_size_limit",
                f"The maximum allowed content size is {self._max_size} bytes.",
                {"maxSize": self._max_size},
            )
