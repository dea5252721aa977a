"""Records from Python: ``records.find("orders", "total > {:min}", min=10)``.

Everything is named as over HTTP (collections by name or id, filters, ``sort="-created"``), but no
rule is asked and nothing is hidden. Writing goes through the same door as HTTP, with hooks.
Records are instances of the collection's Django model.
"""

from __future__ import annotations

from typing import Any

from collections_app.query.predicate import Rule
from collections_app.query.predicate import rule as rule_expression
from collections_app.records import finding, service, soft_delete
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app.request_info import RequestInfo

Target = str | CollectionDef


def get(collection: Target, record_id: str) -> RecordModel:
    """Return the record with this id; in a transaction nobody else changes it until the end.

    Raise ``NotFound``.
    """
    return finding.get(collection, record_id)


def find(
    collection: Target,
    filter: str = "",
    *,
    sort: str = "",
    limit: int | None = None,
    offset: int = 0,
    trash: str = "",
    **params: Any,
) -> list[RecordModel]:
    """Return the matching records; ``{:name}`` in ``filter`` stands for ``params["name"]``.

    ``trash="only"`` finds what is in the trash of a collection with soft delete, ``"with"`` that
    too. Raise ``BadRequest`` for a filter or sort that cannot be read.
    """
    return finding.find(collection, filter, sort, limit, offset, params, trash)


def first(
    collection: Target, filter: str = "", *, sort: str = "", **params: Any
) -> RecordModel | None:
    """Return the first matching record, or ``None``."""
    found = find(collection, filter, sort=sort, limit=1, **params)
    return found[0] if found else None


def count(collection: Target, filter: str = "", *, trash: str = "", **params: Any) -> int:
    """Return how many records match; ``trash`` as for ``find``."""
    return finding.count(collection, filter, params, trash)


def rule(collection: Target, text: str, *, info: RequestInfo | None = None, **params: Any) -> Rule:
    """Return a rule or filter as a Django expression: ``model.objects.filter(rule("a", "b > 1"))``.

    ``{:name}`` stands for ``params["name"]``, and ``@request.*`` for what ``info`` says. Raise
    ``BadRequest`` for a text that cannot be read.
    """
    return rule_expression(collection, text, info=info, **params)


def new(collection: Target, **values: Any) -> RecordModel:
    """Return a record that is not stored yet; ``save()`` stores it."""
    return finding.new(collection, values)


def create(collection: Target, **values: Any) -> RecordModel:
    """Store a new record and return it. Raise ``ApiError``."""
    return service.create(finding.resolve(collection), values)


def update(collection: Target, record_id: str, **values: Any) -> RecordModel:
    """Change a stored record and return it; names may carry modifiers (``**{"total+": 1}``)."""
    return service.update(finding.resolve(collection), record_id, values)


def delete(collection: Target, record_id: str) -> None:
    """Delete a stored record, with what its relations demand. Raise ``ApiError``."""
    service.delete(finding.resolve(collection), record_id)


def restore(collection: Target, record_id: str) -> RecordModel:
    """Bring a record back from the trash with all that was deleted with it, and return it."""
    return soft_delete.restore(finding.resolve(collection), record_id)


def purge(collection: Target, record_id: str) -> None:
    """Delete a record for good, in the trash or not, with all that goes with it."""
    soft_delete.purge(finding.resolve(collection), record_id)
