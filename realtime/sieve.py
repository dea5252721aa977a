"""``Sieve``: the audiences of a group, sorted by what a rule says about each.

Most rules compare a column with who is signed in. So audiences are found by what that column holds,
and those that no row could reach are left out for good.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from collections_app.query.known import Known, Test, Values
from realtime.registry import Audience

#: audiences that a rule says the same about
Alike = tuple[Audience, ...]


class Sifted(NamedTuple):
    """Who passes, and whom the database has to be asked about."""

    passed: list[Audience]
    open: list[Alike]


class Sieve:
    """Made once for a group and a rule; does not change."""

    def __init__(self, rules: Iterable[tuple[Alike, Known]]) -> None:
        self._anywhere: list[tuple[Alike, Test]] = []
        #: by column, by what it holds
        self._where: dict[str, dict[str, list[tuple[Alike, Test]]]] = {}
        for alike, (says, needs) in rules:
            if says({}) is False:  # so it is with every row
                continue
            if needs is None:
                self._anywhere.append((alike, says))
            else:
                column, text = needs
                self._where.setdefault(column, {}).setdefault(text, []).append((alike, says))

    def sift(self, values: Values) -> Sifted:
        """Return who may see a row with these stored values by column."""
        sifted = Sifted([], [])
        _sift(self._anywhere, values, sifted)
        for column, by_text in self._where.items():
            found = values.get(column)
            if isinstance(found, str):
                _sift(by_text.get(found, ()), values, sifted)
            else:
                for held in by_text.values():
                    _sift(held, values, sifted)
        return sifted


def _sift(held: Iterable[tuple[Alike, Test]], values: Values, sifted: Sifted) -> None:
    for alike, says in held:
        answer = says(values)
        if answer:
            sifted.passed.extend(alike)
        elif answer is None:
            sifted.open.append(alike)
