"""A statement as its tokens, and what is written in place of each. Knows no database."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from collections_app.schema_edit.dialects.sqlite_tokens import partners, tokens


class Rewriting:
    """Tokens are named by their place; places before the first and after the last hold nothing."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.partners = partners(self.tokens)
        self.out = [token.text for token in self.tokens]

    def written(self) -> str:
        return "".join(self.out)

    def next(self, at: int) -> int:
        """Return the place of the next token that is no blank, ``len(tokens)`` after the last."""
        at += 1
        while at < len(self.tokens) and self.tokens[at].kind == "blank":
            at += 1
        return at

    def previous(self, at: int) -> int:
        """Return the place of the token before that is no blank, -1 before the first."""
        at -= 1
        while at >= 0 and self.tokens[at].kind == "blank":
            at -= 1
        return at

    def word(self, at: int) -> str:
        """Return the word there, in lower case, ``""`` if it is none."""
        return self.tokens[at].lower if 0 <= at < len(self.tokens) else ""

    def mark(self, at: int) -> str:
        """Return the token there as it stands in the text."""
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def name(self, at: int) -> str:
        """Return the name there, in quotes or not, in lower case; ``""`` if it is none."""
        token = self.tokens[at]
        return token.name.lower() or token.lower

    def level(self, start: int, stop: int) -> Iterator[int]:
        """Give the places from ``start`` to before ``stop``, none inside of a bracket there."""
        at = start
        while at < stop:
            yield at
            at = max(self.partners.get(at, at), at) + 1

    def commas(self, opened: int) -> list[int]:
        """Return the commas right inside of a bracket."""
        inside = self.level(opened + 1, self.partners[opened])
        return [at for at in inside if self.mark(at) == ","]

    def arguments(self, opened: int) -> list[tuple[int, int]]:
        """Return first and last token of each argument in a bracket."""
        edges = [opened, *self.commas(opened), self.partners[opened]]
        found = [(self.next(start), self.previous(stop)) for start, stop in pairwise(edges)]
        return [(start, stop) for start, stop in found if start <= stop]

    def end_of_aggregate(self, closed: int) -> int:
        """Return the last token of an aggregate, which may have a FILTER behind its bracket."""
        after = self.next(closed)
        if self.word(after) == "filter":
            return self.partners.get(self.next(after), closed)
        return closed

    def put(self, before: str, start: int, stop: int, after: str) -> None:
        """Write something around the tokens from ``start`` to ``stop``."""
        self.out[start] = before + self.out[start]
        self.out[stop] += after
