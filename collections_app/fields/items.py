"""What select and relation share: one text or a list of texts, and the modifiers of lists."""

from __future__ import annotations

from typing import Any, ClassVar

import orjson

from collections_app.fields import json_schema
from collections_app.fields.base import FieldType, Shape
from collections_app.fields.casting import to_list
from collections_app.fields.columns import ListColumn, TextColumn
from core_app.errors import FieldError, required


class ItemsField(FieldType):
    """Holds a ``str`` if ``max_select`` is at most 1, else a ``list[str]`` without duplicates."""

    has_items = True
    modifiers: ClassVar[frozenset[str]] = frozenset({"+", "^+", "-"})

    def __init__(self, options: Any) -> None:
        super().__init__(options)
        self.max_select = max(options.maxSelect, 1)
        self._is_multiple: bool = self.max_select > 1
        self.shape = Shape.JSON if self._is_multiple else Shape.AS_IS

    @property
    def is_multiple(self) -> bool:
        return self._is_multiple

    def json_limits(self) -> dict[str, Any]:
        required = self.options.required
        if self._is_multiple:
            least = getattr(self.options, "minSelect", 0)
            return json_schema.item_limits(least, self.max_select, required=required)
        return {"minLength": 1} if required else {}

    def model_field(self) -> TextColumn | ListColumn:
        column = ListColumn if self._is_multiple else TextColumn
        return column(db_column=self.name)

    def zero(self) -> str | list[str]:
        return [] if self._is_multiple else ""

    def prepare(self, raw: Any) -> str | list[str]:
        """Return the items of anything a client may send; for a single value the last one."""
        if type(raw) is str and "[" not in raw:
            if self._is_multiple:
                return [raw] if raw else []
            return raw
        return self._settled(to_list(raw))

    def modify(self, modifier: str, current: Any, raw: Any) -> str | list[str]:
        """Return ``current`` with items appended, prepended or removed."""
        now, given = self.items(current), to_list(raw)
        if modifier == "-":
            return self._settled([item for item in now if item not in given])
        both = [*now, *given] if modifier == "+" else [*given, *now]
        return self._settled(list(dict.fromkeys(both)))

    def _settled(self, items: list[str]) -> str | list[str]:
        if self._is_multiple:
            return items
        if items and type(items[-1]) is str and "[" in items[-1]:
            items = to_list(items[-1])  # a request's single value is read twice
        return items[-1] if items else ""

    def items(self, value: Any) -> list[str]:
        """Return a value as a list, whichever it is."""
        return to_list(value) if isinstance(value, str) else list(value)

    def is_zero(self, value: Any) -> bool:
        return not value

    def check_count(self, value: Any) -> None:
        """Raise ``FieldError`` if items are missing or too many."""
        if not value:
            if self.options.required:
                raise required()
        elif (self._is_multiple or "[" in value) and len(self.items(value)) > self.max_select:
            raise FieldError(
                "validation_too_many_values",
                f"Select no more than {self.max_select}.",
                {"maxSelect": self.max_select},
            )

    def to_stored(self, value: Any) -> str:
        return orjson.dumps(value).decode() if self._is_multiple else value

    def from_stored(self, stored: Any) -> str | list[str]:
        if self._is_multiple:
            return to_list(stored)
        return stored if type(stored) is str else self._settled(to_list(stored))
