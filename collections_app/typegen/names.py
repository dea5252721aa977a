"""Names of collections and fields -> names of types: in PascalCase, none given twice."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PART = re.compile(r"[A-Za-z0-9]+")


class Names:
    """The names given so far."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def give(self, *words: str) -> str:
        """Return a new name made of ``words``: a second ``PostTags`` is ``PostTags2``."""
        wanted = "".join(pascal(word) for word in words)
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}{number}"
        self._taken.add(name)
        return name


def pascal(word: str) -> str:
    """Return ``_post_tags`` as ``PostTags``; what begins with a digit gets an ``N`` in front."""
    joined = "".join(part[0].upper() + part[1:] for part in _PART.findall(word)) or "Blank"
    return f"N{joined}" if joined[0].isdigit() else joined
