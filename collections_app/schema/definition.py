"""``CollectionDef``: one collection as a frozen value, passed around instead of its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from collections_app.fields.base import FieldType, Shape
from collections_app.schema import soft_delete
from collections_app.schema.soft_delete import SoftDelete

RULE_NAMES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")
NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class CollectionDef:
    """A collection: fields in order, rules, indexes and the options of its type.

    A rule is ``None`` (superusers only), ``""`` (everyone) or an expression. ``options`` is the
    JSON of the type's own settings, secrets included. Equality is identity of content.
    """

    id: str
    name: str
    type_name: str = "base"
    system: bool = False
    fields: tuple[FieldType, ...] = ()
    indexes: tuple[str, ...] = ()
    list_rule: str | None = None
    view_rule: str | None = None
    create_rule: str | None = None
    update_rule: str | None = None
    delete_rule: str | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: NO_OPTIONS)
    created: str = ""
    updated: str = ""

    @property
    def is_auth(self) -> bool:
        return self.type_name == "auth"

    @property
    def is_view(self) -> bool:
        return self.type_name == "view"

    @property
    def table(self) -> str:
        """The name of the table (or view) that holds the records."""
        return self.name

    @cached_property
    def by_name(self) -> Mapping[str, FieldType]:
        """Fields by exact name."""
        return MappingProxyType({item.name: item for item in self.fields})

    @cached_property
    def by_id(self) -> Mapping[str, FieldType]:
        """Fields by id."""
        return MappingProxyType({item.id: item for item in self.fields})

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Column names in the order every ``SELECT`` of this collection uses: the fields'."""
        return tuple(item.name for item in self.fields)

    @cached_property
    def lifecycle_fields(self) -> tuple[FieldType, ...]:
        """The fields that do something around a write (files)."""
        return tuple(item for item in self.fields if item.has_lifecycle)

    @cached_property
    def automatic_fields(self) -> tuple[FieldType, ...]:
        """The fields that the server alone sets (autodates)."""
        return tuple(item for item in self.fields if item.is_automatic)

    @cached_property
    def unseen_fields(self) -> tuple[FieldType, ...]:
        """The fields whose values nobody is ever shown (passwords)."""
        return tuple(item for item in self.fields if item.shape is Shape.BLANK)

    @cached_property
    def hidden_names(self) -> frozenset[str]:
        """The names of the fields that are for superusers alone."""
        return frozenset(item.name for item in self.fields if item.options.hidden)

    @cached_property
    def soft_delete(self) -> SoftDelete | None:
        """What becomes of deleted records; ``None``: nothing is left of them."""
        return soft_delete.of(self.options)

    @cached_property
    def has_trash(self) -> bool:
        """Rows may be in the trash: whoever reads the table has to leave those out."""
        return self.soft_delete is not None

    @cached_property
    def derived(self) -> dict[Any, Any]:
        """What other floors made of this definition alone (statements, functions), by their keys.

        Use ``collection.cached(key, make)``. A definition outlives the snapshot it came with for as
        long as its row does not change, and so does this.
        """
        return {}

    def cached(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what ``make`` gave for ``key`` the first time."""
        try:
            return self.derived[key]
        except KeyError:
            value = self.derived[key] = make()
            return value

    def rule(self, name: str) -> str | None:
        """Return the rule for ``list``, ``view``, ``create``, ``update`` or ``delete``."""
        rule: str | None = getattr(self, f"{name}_rule")
        return rule
