"""The keys that lead to a model, known to it by name before the models that hold them are made.

``product.orders_via_product`` and ``filter(orders_via_product__total=1)`` make ``orders``; any
other unknown name is refused without a look at the other models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models.options import Options

if TYPE_CHECKING:  # generic in the stubs only
    _Options = Options[Any]
else:
    _Options = Options

#: by the name of a reverse relation, what makes the model at its other end and returns it
Makers = Mapping[str, Callable[[], Any]]


class Holders:
    """Stands for ``product.orders_via_product`` until the model of ``orders`` takes its place."""

    def __init__(self, name: str, make: Callable[[], Any]) -> None:
        self._name = name
        self._make = make

    def __get__(self, instance: Any, owner: Any) -> Any:
        self._make()
        return getattr(owner if instance is None else instance, self._name)


class RecordMeta(_Options):
    """Options of a runtime model: a field asked for by name makes one other model at most."""

    makers: Makers = {}

    def get_field(self, field_name: str) -> Any:
        own: Mapping[str, Any] = self._forward_fields_map  # type: ignore[attr-defined]
        if field_name in own:
            return own[field_name]
        if field_name not in self.makers:
            raise FieldDoesNotExist(f"{self.object_name} has no field named {field_name!r}")
        holder = self.makers[field_name]()
        keys = (field.remote_field for field in holder._meta.concrete_fields)
        return next(key for key in keys if key is not None and key.name == field_name)


def tell(model: Any, makers: Makers) -> None:
    """Let ``model`` know the keys that lead to it."""
    model._meta.__class__ = RecordMeta
    model._meta.makers = makers
