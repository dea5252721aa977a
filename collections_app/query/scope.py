"""What resolving goes by: the collections, the base collection, and what may be read.

A scope is made for one rule or one client text of one statement. The scopes of a statement share
one ``Questions``, so that each thing is asked of the request once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from collections_app.query.errors import FilterError, quoted
from collections_app.query.inputs import Input
from collections_app.query.plan import Asked, Hop
from collections_app.schema.definition import CollectionDef
from core_app.request_info import RequestInfo

Finder = Callable[[str], CollectionDef | None]


class Questions:
    """Asks the request and remembers what was asked and what it answered, in order."""

    def __init__(self, info: RequestInfo) -> None:
        self._info = info
        self.asked: list[tuple[Input, Hashable]] = []
        self.answers: list[Any] = []
        self._known: dict[Input, tuple[Asked, Any]] = {}

    def ask(self, question: Input) -> tuple[Asked, Any]:
        """Return where the answer will be found when a statement runs, and the answer's state."""
        known = self._known.get(question)
        if known is None:
            answer = question.read(self._info)
            known = Asked(len(self.asked)), question.state(answer)
            self.asked.append((question, known[1]))
            self.answers.append(answer)
            self._known[question] = known
        return known


@dataclass(frozen=True, slots=True)
class Scope:
    """How the names of one text are to be understood."""

    find: Finder
    base: CollectionDef
    questions: Questions
    #: hidden fields, private e-mails and unlisted collections may be read: rules and superusers
    sees_all: bool
    #: the text is a client's: its literals are given anew with each request
    is_client: bool = False
    #: the rows may be in the trash: since when, though hidden, may be read
    sees_trash: bool = False
    #: the row at hand is a record that does not exist yet
    is_new_row: bool = False
    #: collections that a client's text walks through, by the hops that lead there
    walked: dict[tuple[Hop, ...], CollectionDef] = field(default_factory=dict)

    def find_collection(self, name_or_id: str) -> CollectionDef | None:
        """Return a collection by name or id; the base collection may differ from the stored one."""
        if name_or_id in (self.base.name, self.base.id):
            return self.base
        return self.find(name_or_id)

    def enter(self, collection: CollectionDef, hops: tuple[Hop, ...]) -> None:
        """Note that rows of ``collection`` are joined. Raise ``FilterError`` if that is refused."""
        if self.sees_all:
            return
        if collection.list_rule is None:
            raise FilterError(
                f"{quoted(collection.name)} fields can be accessed only by superusers"
            )
        if collection.list_rule:
            self.walked[hops] = collection
