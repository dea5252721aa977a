"""``Sql``: text with marks and the values for them, in the same order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple


class Sql(NamedTuple):
    """SQL with the driver's own marks, and the values for them in the same order.

    While a statement is being compiled the values are ``plan.Slot``s, filled in per request.
    """

    text: str
    params: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text)


EMPTY = Sql("")


def join(separator: str, parts: Iterable[Sql]) -> Sql:
    """Return ``parts`` with ``separator`` between them."""
    held = tuple(parts)
    text = separator.join(part.text for part in held)
    return Sql(text, tuple(param for part in held for param in part.params))


def fill(template: str, *parts: Sql) -> Sql:
    """Return ``template`` with each ``{}`` replaced by the part in that place."""
    text = template.format(*(part.text for part in parts))
    return Sql(text, tuple(param for part in parts for param in part.params))
