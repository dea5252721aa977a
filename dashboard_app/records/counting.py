"""Counting for pages of a list: exact up to a bound, so that a million rows cost no more."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

MOST = 100_000


class Many(int):
    """More than ``MOST``; shown as such."""

    def __str__(self) -> str:
        return f"more than {MOST:,}"

    __repr__ = __str__


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than ``MOST``; later pages are reached by sorting and filtering."""

    @cached_property
    def count(self) -> int:
        records: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        found = records.order_by()[: MOST + 1].count()
        return Many(MOST) if found > MOST else int(found)
