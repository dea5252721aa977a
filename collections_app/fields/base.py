"""What a field type is: options, column, value -> stored -> JSON. One subclass per file.

A value lives in three forms. *Raw* is what a client or hook gives. *Python* is what a record holds
(``prepare`` makes it). *Stored* is what the driver takes and gives (``to_stored``/``from_stored``).
``Shape`` tells the read path how a stored value becomes JSON without making any Python form.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.db import models

from collections_app.fields import options as field_options
from collections_app.fields.options import FieldOptions, WrongShape
from collections_app.fields.value_types import Kind, ValueType
from core_app.errors import required

if TYPE_CHECKING:
    from collections_app.schema.definition import CollectionDef


class Shape(enum.Enum):
    """How the read path turns a stored value into JSON."""

    AS_IS = "as_is"  # text or number: goes out as the driver gives it
    BOOL = "bool"  # 0/1 -> false/true
    JSON = "json"  # JSON text, embedded without parsing; NULL -> null
    NUMBER = "number"  # 5.0 -> 5
    BLANK = "blank"  # never shown: ""


class References(NamedTuple):
    """The records a value points at; whether they exist is asked elsewhere."""

    collection_id: str
    ids: tuple[str, ...]


class FieldType:
    """One field of a collection: immutable, made from its JSON, shared between threads."""

    type_name: ClassVar[str] = ""
    options_class: ClassVar[type[FieldOptions]] = FieldOptions
    #: how the read path shows it; depends on the options where values may be lists
    shape: Shape = Shape.AS_IS
    #: filters: ``field.a.b`` walks into the value as JSON (json, geoPoint)
    has_json_paths: ClassVar[bool] = False
    #: filters: the value as a whole is compared as what its JSON says, not as text (json)
    is_any_json: ClassVar[bool] = False
    #: filters: ``:length`` and ``:each`` apply (select, relation, file)
    has_items: ClassVar[bool] = False
    #: filters: text of ``@request.*`` compared with it may be bound as a number
    is_numeric: ClassVar[bool] = False
    #: body keys beside ``name``: "+" appends (``name+``), "^+" prepends (``+name``),
    #: "-" removes (``name-``), ":autogenerate"
    modifiers: ClassVar[frozenset[str]] = frozenset()
    #: whether the four lifecycle methods at the end do anything
    has_lifecycle: ClassVar[bool] = False
    #: set by the server at write time; whatever a client submits is ignored (autodate)
    is_automatic: ClassVar[bool] = False
    #: files that came in a form under its keys are its values (file)
    takes_files: ClassVar[bool] = False
    #: it is the id of the record, which never changes
    is_key: bool = False
    #: new values must differ from all stored ones by more than case; asked elsewhere
    unique_in_any_case: bool = False

    def __init__(self, options: FieldOptions) -> None:
        self.options = options
        self.id = options.id
        self.name = options.name

    # --- the field itself -----------------------------------------------------------------

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FieldType:
        """Make a field from its JSON; absent options take their default, unknown ones are ignored.

        Raise ``WrongShape`` if an option has the wrong JSON type.
        """
        return cls(field_options.read(cls.options_class, data))

    def to_json(self) -> dict[str, Any]:
        """Return all options and ``type``, keys in alphabetical order."""
        out = {item.name: getattr(self.options, item.name) for item in fields(self.options)}
        out = {
            key: list(value) if isinstance(value, tuple) else value for key, value in out.items()
        }
        out["type"] = self.type_name
        return dict(sorted(out.items()))

    def check_options(
        self, collection: CollectionDef, original: FieldType | None
    ) -> dict[str, Any]:
        """Return ``{option: FieldError | {…}}`` for what is wrong with the options; empty if fine.

        ``collection`` is the definition being saved, ``original`` the stored field with this id.
        """
        return field_options.common_errors(self.options)

    @property
    def is_multiple(self) -> bool:
        """The value is a list."""
        return False

    @property
    def body_allowance(self) -> int:
        """The bytes that this field alone may add to a request's body (file, json, editor)."""
        return 0

    @property
    def relation_target(self) -> str | None:
        """The id of the collection whose records the value names, for relations."""
        return None

    @property
    def value_type(self) -> ValueType:
        """What the value is to a client."""
        return ValueType(_KINDS[self.shape])

    def json_limits(self) -> dict[str, Any]:
        """Return what a new value must keep to, as keywords of JSON Schema beside its type's."""
        return {}

    def model_field(self) -> models.Field[Any, Any]:
        """Return the Django field of the runtime model, its column named as the field."""
        raise NotImplementedError

    # --- a value --------------------------------------------------------------------------

    def zero(self) -> Any:
        """Return the Python form of an empty value (a new object each time)."""
        return ""

    def prepare(self, raw: Any) -> Any:
        """Return the Python form of anything a client may send; what cannot be read is zero."""
        return raw

    def modify(self, modifier: str, current: Any, raw: Any) -> Any:
        """Return ``current`` (Python form) changed by a body key with ``modifier``."""
        return self.prepare(raw)

    def brings_uploads(self, raw: Any) -> bool:
        """``raw``, as a client sent it, holds files that are to be stored."""
        return False

    def is_zero(self, value: Any) -> bool:
        """The value counts as blank for ``required``."""
        return bool(value == self.zero())

    def validate(self, value: Any) -> None:
        """Raise ``FieldError`` for the first rule that ``value`` (Python form) breaks."""
        if self.options.required and self.is_zero(value):
            raise required()

    def is_storable(self, value: Any) -> bool:
        """``value`` has a stored form at all; only asked where values are never shown."""
        return True

    def validate_change(self, value: Any, before: Any, *, is_new: bool) -> None:
        """Raise ``FieldError`` for what needs the stored value; runs before ``validate``."""

    def fill(self, value: Any, *, is_new: bool) -> Any:
        """Return ``value`` or what the server puts in its place, before validation."""
        return value

    def references(self, value: Any) -> References | None:
        """Return the records that ``value`` points at, ``None`` if it points at none."""
        return None

    def to_stored(self, value: Any) -> Any:
        """Python form -> what the driver takes."""
        return value

    def from_stored(self, stored: Any) -> Any:
        """What the driver gives -> Python form."""
        return stored

    def to_public(self, value: Any) -> Any:
        """Python form -> JSON-ready (``orjson.Fragment`` allowed)."""
        return value

    def to_request(self, value: Any) -> Any:
        """Python form -> what rules see of a submitted value as ``@request.body.<name>``."""
        return value

    def now(self, *, is_new: bool, current: Any) -> Any:
        """For automatic fields: the value to write now."""
        return current

    # --- around a write (file) ------------------------------------------------------------

    def before_write(self, collection: CollectionDef, record_id: str, value: Any) -> None:
        """Store what the value brings along, before the row is written."""

    def write_failed(self, collection: CollectionDef, record_id: str, value: Any) -> None:
        """Take back what ``before_write`` did; the row was not written."""

    def write_committed(
        self, collection: CollectionDef, record_id: str, value: Any, before: Any
    ) -> None:
        """Drop what ``before`` needed and ``value`` does not; the row is written."""

    def delete_committed(self, collection: CollectionDef, record_id: str, value: Any) -> None:
        """Drop what belonged to the deleted record."""


_KINDS = {
    Shape.AS_IS: Kind.TEXT,
    Shape.BOOL: Kind.BOOL,
    Shape.JSON: Kind.JSON,
    Shape.NUMBER: Kind.NUMBER,
    Shape.BLANK: Kind.UNSEEN,
}
_types: dict[str, type[FieldType]] = {}


def register(field_type: type[FieldType]) -> type[FieldType]:
    """Make ``field_type`` known by its ``type_name``."""
    _types[field_type.type_name] = field_type
    return field_type


def registered() -> Mapping[str, type[FieldType]]:
    """Return every known field type by name."""
    return _types


def from_json(data: Mapping[str, Any]) -> FieldType:
    """Make a field from its JSON. Raise ``WrongShape`` for an unknown type or a wrong JSON type."""
    type_name = data.get("type")
    if not isinstance(type_name, str) or type_name not in _types:
        raise WrongShape(f"unknown field type {type_name!r}")
    return _types[type_name].from_json(data)


__all__ = [
    "FieldOptions",
    "FieldType",
    "References",
    "Shape",
    "WrongShape",
    "from_json",
    "register",
    "registered",
]
