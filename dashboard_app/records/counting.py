"""Counting for pages of a list: exact up to a bound, so that a million rows cost no more."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

MOST = 100_000
FEW = 1000


class Many(int):
    """More than ``MOST``; shown as such."""

    def __str__(self) -> str:
        return f"more than {MOST:,}"

    __repr__ = __str__


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than ``MOST``; later pages are reached by sorting and filtering.

    What a search finds (``searched``) is first looked for without an order: databases go through an
    index for an order, which takes them three times as long where they have to see every row. If
    that is no more than ``FEW``, the rest is asked of these alone, and the table is read once.
    """

    def __init__(self, records: Any, *args: Any, searched: bool = False, **kwargs: Any) -> None:
        super().__init__(records, *args, **kwargs)
        if searched:
            found = list(records.order_by().values_list("pk", flat=True)[: FEW + 1])
            if len(found) <= FEW:
                self.object_list = records.model.objects.filter(pk__in=found).order_by(
                    *records.query.order_by
                )

    @cached_property
    def count(self) -> int:
        records: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        found = records.order_by()[: MOST + 1].count()
        return Many(MOST) if found > MOST else int(found)
