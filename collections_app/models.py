"""``Collection``: the row that is the truth about one collection. Read through ``schema``."""

from __future__ import annotations

from django.db import models


class Collection(models.Model):
    """One row of ``_collections``, laid out as PocketBase's, so that its data folders fit.

    ``fields``, ``indexes`` and ``options`` hold JSON text; ``options`` is what only this type of
    collection has (auth settings with their secrets, or ``viewQuery``). A rule is ``None``
    (superusers only), ``""`` (everyone) or an expression.
    """

    id = models.CharField(primary_key=True, max_length=100)
    system = models.BooleanField(default=False)
    type = models.CharField(max_length=20, default="base")
    name = models.CharField(max_length=255, unique=True)
    fields = models.TextField(default="[]")
    indexes = models.TextField(default="[]")
    list_rule = models.TextField(null=True, db_column="listRule")  # noqa: DJ001 null is a meaning
    view_rule = models.TextField(null=True, db_column="viewRule")  # noqa: DJ001
    create_rule = models.TextField(null=True, db_column="createRule")  # noqa: DJ001
    update_rule = models.TextField(null=True, db_column="updateRule")  # noqa: DJ001
    delete_rule = models.TextField(null=True, db_column="deleteRule")  # noqa: DJ001
    options = models.TextField(default="{}")
    created = models.CharField(max_length=30, default="")
    updated = models.CharField(max_length=30, default="")

    class Meta:
        db_table = "_collections"

    def __str__(self) -> str:
        return self.name
