"""The Django field of a single relation: a foreign key whose empty value is ``""``, not NULL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

from collections_app.schema import living

if TYPE_CHECKING:  # generic in the stubs only
    _Descriptor = ForwardManyToOneDescriptor[Any]
else:
    _Descriptor = ForwardManyToOneDescriptor


class _Target(_Descriptor):
    """``record.product``: the related record, ``None`` if there is none."""

    def __set__(self, instance: models.Model, value: models.Model | None) -> None:
        super().__set__(instance, value)
        if value is None:
            setattr(instance, self.field.attname, "")


class _Holders(models.ManyToOneRel):
    """``product.orders_via_product``: the records whose key names this one.

    ``model``, the target, is made when it is first asked for. Once it is registered, Django sets
    it here: what waits for a model is what ``ForeignKey`` leaves behind.
    """

    make_target: Callable[[], Any] | None = None

    @property
    def model(self) -> Any:
        if self.make_target is not None and isinstance(self._model, str):
            self.make_target()
        return self._model

    @model.setter
    def model(self, value: Any) -> None:
        self._model = value

    def get_extra_restriction(self, alias: str, related_alias: str) -> Any:
        return living.condition(self.related_model, alias)


class RelationKey(models.ForeignKey[Any, Any]):
    """A key without a constraint: ids that point nowhere are allowed, cascades are done elsewhere.

    ``make_target`` makes the model of that name when it is needed.
    ``stored_attribute`` is the attribute that holds the id, usually ``<name>_id``.
    """

    forward_related_accessor_class = _Target
    rel_class = _Holders

    def __init__(
        self, to: str, *, make_target: Callable[[], Any], stored_attribute: str, **kwargs: Any
    ) -> None:
        self.make_target = make_target
        self.stored_attribute = stored_attribute
        super().__init__(
            to,
            to_field="id",
            on_delete=models.DO_NOTHING,
            db_constraint=False,
            db_index=False,
            null=True,  # joins must keep rows without a related one
            default="",
            **kwargs,
        )

    def contribute_to_class(self, cls: Any, name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        self.remote_field.make_target = self.make_target  # type: ignore[attr-defined]

    def get_attname(self) -> str:
        return self.stored_attribute

    def get_extra_restriction(self, alias: str | None, related_alias: str) -> Any:
        """Join the target ``alias`` unless it is in the trash; without it, the key's own row."""
        if alias is None:
            return living.condition(self.model, related_alias)
        return living.condition(self.related_model, alias)

    def get_local_related_value(self, instance: models.Model) -> tuple[Any, ...]:
        """Return the id as a tuple, ``(None,)`` when empty, so that nothing is looked up."""
        return tuple(value or None for value in super().get_local_related_value(instance))
