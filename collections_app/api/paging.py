"""``page``, ``perPage`` and ``skipTotal`` of list endpoints, and the answer they shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from core_app.errors import BadRequest

DEFAULT_PER_PAGE = 30
MAX_PER_PAGE = 1000

_INTEGER = re.compile(r"[+-]?[0-9]+")
_INT64 = range(-(2**63), 2**63)
TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE = frozenset({"", "0", "f", "F", "false", "FALSE", "False"})


class Paging(NamedTuple):
    """Which part of a list is asked for; ``page`` counts from 1."""

    page: int = 1
    per_page: int = DEFAULT_PER_PAGE
    skip_total: bool = False

    @property
    def offset(self) -> int:
        """How many records come before the page.

        As in PocketBase a number of 64 bits, which overflows to what may be less than none.
        """
        before = (self.page - 1) * self.per_page
        return max((before + 2**63) % 2**64 - 2**63, 0)

    def answer(self, items: list[Any], count: Callable[[], int]) -> dict[str, Any]:
        """Return the list's JSON. ``count`` is only called where the items do not tell."""
        total = pages = -1
        if not self.skip_total:
            shown = len(items)
            if shown < self.per_page and (shown or self.page == 1):
                total = self.offset + shown
            else:
                total = count()
            pages = -(-total // self.per_page)
        return {
            "items": items,
            "page": self.page,
            "perPage": self.per_page,
            "totalItems": total,
            "totalPages": pages,
        }


def read(query: Mapping[str, str]) -> Paging:
    """Return the paging that query parameters ask for. Raise ``BadRequest``."""
    page, per_page = query.get("page"), query.get("perPage")
    skip_total = query.get("skipTotal", "")
    if skip_total not in TRUE and skip_total not in _FALSE:
        raise BadRequest(reason=f"skipTotal: {skip_total!r} is no boolean")
    size = _integer(per_page) if per_page else DEFAULT_PER_PAGE
    return Paging(
        max(_integer(page), 1) if page else 1,
        min(size, MAX_PER_PAGE) if size > 0 else DEFAULT_PER_PAGE,
        skip_total in TRUE,
    )


def _integer(text: str) -> int:
    if _INTEGER.fullmatch(text) is None or len(text) > 20 or int(text) not in _INT64:
        raise BadRequest(reason=f"{text!r} is no integer")
    return int(text)
