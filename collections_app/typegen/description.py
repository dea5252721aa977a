"""Collections -> what a client of them reads and writes. Knows no language but names of types.

Shown to superusers alone is not what an app sees, so hidden fields may be missing from a record.
Sources: what ``records`` accepts and shows; expansion is ``records/expand.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from collections_app.collection_types import registry
from collections_app.fields.base import FieldType
from collections_app.fields.date import MARK_ID
from collections_app.fields.value_types import Kind, ValueType
from collections_app.schema import indexes
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from collections_app.typegen.names import Names

_TEXT, _RECORD = ValueType(Kind.TEXT), ValueType(Kind.RECORD)
#: a modifier -> how a key of a body is written with it
_KEYS = {"+": "{}+", "^+": "+{}", "-": "{}-", ":autogenerate": "{}:autogenerate"}


@dataclass(frozen=True, slots=True)
class Property:
    """One key of a record or body.

    ``choices`` names the type of its texts. ``may_be_empty``: the empty value is one of its values.
    ``takes_one``: a list that a single item may stand for. ``is_name``: it is the name of a file
    that is there already, not a new file.
    """

    name: str
    value: ValueType
    is_optional: bool = False
    may_be_empty: bool = True
    takes_one: bool = False
    is_name: bool = False
    choices: str = ""


@dataclass(frozen=True, slots=True)
class Expansion:
    """One key of ``expand``: a relation, or a relation of another collection back to this one."""

    name: str
    target: str  # what the names of the target's types begin with
    is_list: bool


@dataclass(frozen=True, slots=True)
class Description:
    """One collection; ``type_name`` is what the names of its types begin with.

    ``choices``: name of a type -> its texts. ``create`` and ``update`` are empty for views.
    """

    name: str
    type_name: str
    stores_records: bool
    record: tuple[Property, ...]
    create: tuple[Property, ...]
    update: tuple[Property, ...]
    expand: tuple[Expansion, ...]
    choices: dict[str, tuple[str, ...]]


def describe(snapshot: Snapshot, names: Names) -> list[Description]:
    """Return every collection in alphabetical order, system ones last."""
    ordered = sorted(snapshot.collections, key=lambda item: (item.system, item.name.lower()))
    type_names = {item.id: names.give(item.name) for item in ordered}
    return [_Collection(item, snapshot, type_names, names).described() for item in ordered]


class _Collection:
    """One collection on its way."""

    def __init__(
        self, item: CollectionDef, snapshot: Snapshot, type_names: dict[str, str], names: Names
    ) -> None:
        self.item = item
        self.snapshot = snapshot
        self.type_names = type_names
        self.kind = registry.of(item.type_name)
        self.choices: dict[str, tuple[str, ...]] = {}
        self.choice_names: dict[str, str] = {}
        for field in item.fields:
            if field.value_type.kind is Kind.CHOICE and field.value_type.choices:
                name = names.give(type_names[item.id], field.name, "options")
                self.choice_names[field.name] = name
                self.choices[name] = field.value_type.choices

    def described(self) -> Description:
        stores = self.kind.stores_records
        return Description(
            name=self.item.name,
            type_name=self.type_names[self.item.id],
            stores_records=stores,
            record=tuple(self._record()),
            create=tuple(self._create()) if stores else (),
            update=tuple(self._update()) if stores else (),
            expand=tuple(self._expand()),
            choices=self.choices,
        )

    def _record(self) -> Iterator[Property]:
        for field in self.item.fields:
            is_unseen = field.value_type.kind is Kind.UNSEEN
            if not is_unseen and field.name not in self.kind.secret_fields:
                yield self._plain(field, is_optional=field.options.hidden)

    def _create(self) -> Iterator[Property]:
        for field in self._writable():
            fills_itself = bool(getattr(field.options, "autogeneratePattern", "")) or field.is_key
            yield self._plain(field, is_optional=fills_itself or not field.options.required)
            if not field.is_key:
                yield from self._changes(field, only=":autogenerate")
        if self.item.is_auth:
            yield Property("passwordConfirm", _TEXT)

    def _update(self) -> Iterator[Property]:
        for field in self._writable():
            if not field.is_key:
                yield self._plain(field, is_optional=True)
                yield from self._changes(field)
        if self.item.is_auth:
            yield Property("passwordConfirm", _TEXT, is_optional=True)
            yield Property("oldPassword", _TEXT, is_optional=True)

    def _writable(self) -> Iterator[FieldType]:
        for field in self.item.fields:
            is_ours = field.is_automatic or field.id == MARK_ID
            is_secret = field.name in self.kind.secret_fields
            if not is_ours and (not is_secret or field.value_type.kind is Kind.UNSEEN):
                yield field

    def _plain(self, field: FieldType, *, is_optional: bool) -> Property:
        return Property(
            field.name,
            _RECORD if field.is_key else field.value_type,
            is_optional=is_optional,
            may_be_empty=not field.options.required,
            choices=self.choice_names.get(field.name, ""),
        )

    def _changes(self, field: FieldType, only: str = "") -> Iterator[Property]:
        """Yield the keys that add to a value, take from it or fill it; ``only`` one modifier."""
        plain = self._plain(field, is_optional=True)
        is_list = plain.value.is_list
        fills_itself = bool(getattr(field.options, "autogeneratePattern", ""))
        for modifier in (only,) if only else _KEYS:
            if modifier not in field.modifiers:
                continue
            fills = modifier == ":autogenerate"
            if fills_itself if fills else is_list or plain.value.kind is Kind.NUMBER:
                yield replace(
                    plain,
                    name=_KEYS[modifier].format(field.name),
                    may_be_empty=fills,
                    takes_one=is_list,
                    is_name=modifier == "-",
                )

    def _expand(self) -> Iterator[Expansion]:
        for field in self.item.fields:
            target = self.type_names.get(field.relation_target or "")
            if target:
                yield Expansion(field.name, target, field.is_multiple)
        for other in self.snapshot.collections:
            for field in other.fields:
                if field.relation_target == self.item.id:
                    is_list = indexes.unique_on(other.indexes, field.name) is None
                    name = f"{other.name}_via_{field.name}"
                    yield Expansion(name, self.type_names[other.id], is_list)
