"""``get_model("posts").objects`` and relations in its queries leave out what is in the trash."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.lookups import Lookup

from collections_app.fields.date import MARK_NAME


class Living(models.Manager[Any]):
    """The records of a collection with soft delete, but those in the trash."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(**{MARK_NAME: ""})


def condition(model: Any, alias: str) -> Lookup[Any] | None:
    """Return that the row ``alias`` is not in the trash; ``None`` for a model without one."""
    if not model.collection.has_trash:
        return None
    mark = model._meta.get_field(MARK_NAME)
    made: Lookup[Any] = mark.get_lookup("exact")(mark.get_col(alias), "")
    return made
