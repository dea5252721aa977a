"""Whether a rule can be used at all, asked before a collection is saved."""

from __future__ import annotations

from collections_app.query.parse import parse
from collections_app.query.resolve import condition
from collections_app.query.scope import Questions, Scope
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app.request_info import NO_REQUEST


def check_rule(snapshot: Snapshot, draft: CollectionDef, rule: str | None) -> None:
    """Raise ``FilterError`` (``reason``: what is wrong) if ``rule`` does not fit ``draft``.

    ``draft`` is the collection as it would be saved; all others are those of ``snapshot``. What a
    rule asks of the request may be anything.
    """
    if rule:
        questions = Questions(NO_REQUEST)
        condition(parse(rule), Scope(snapshot.find, draft, questions, sees_all=True))
