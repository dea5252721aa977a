"""The records that a record points at: are they there, whoever may see them?

Asked together, by one statement; or, where many write, together with the write itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from collections_app.fields.base import References
from collections_app.query.living import and_living
from collections_app.records.rows import dialect, quoted
from collections_app.schema import snapshot
from core_app import sql, transactions
from core_app.errors import FieldError, FieldErrors
from core_app.sql import Row

#: by the name of the field
Wanted = dict[str, References]

#: the name of a field, the statement that counts records it points at, and the ids of those
_Part = tuple[str, str, tuple[str, ...]]

#: ids asked for in one statement
_CHUNK = 500


class RecordsMissing(Exception):
    """Nothing was written: not all records that a field points at were there."""


def require(wanted: Wanted) -> None:
    """Raise ``FieldErrors`` unless all are there."""
    if errors := missing(wanted):
        raise FieldErrors(errors)


def require_with_commit(wanted: Wanted) -> None:
    """Let the transaction fail at its end, by ``RecordsMissing``, unless all are there.

    Raise ``FieldErrors`` at once where it takes nothing along.
    """
    if not wanted:
        return
    errors: dict[str, FieldError] = {}
    parts = _parts(wanted, errors)
    if errors or not transactions.takes_along():
        require(wanted)
        return
    for _name, text, ids in parts:
        transactions.require_last(_all_found(text, len(ids)), ids, RecordsMissing)


def gone(wanted: Wanted) -> dict[str, FieldError]:
    """Return the errors of fields once a transaction has failed by ``RecordsMissing``."""
    # if they have come meanwhile, it was one of them all the same
    return missing(wanted) or {next(iter(wanted)): _not_found()}


def missing(wanted: Wanted) -> dict[str, FieldError]:
    """Return the error of each field whose records are not all there."""
    if not wanted:
        return {}
    errors: dict[str, FieldError] = {}
    parts = _parts(wanted, errors)
    for (name, _text, ids), found in zip(parts, _found(parts), strict=True):
        if found != len(ids):
            errors[name] = _not_found()
    return errors


def _not_found() -> FieldError:
    return FieldError(
        "validation_missing_rel_records",
        "Failed to find all relation records with the provided ids.",
    )


def _parts(wanted: Wanted, errors: dict[str, FieldError]) -> list[_Part]:
    """Return what is to be counted; ``errors`` gets the fields whose collection is gone."""
    parts: list[_Part] = []
    collections = snapshot.current().by_id
    for name, (collection_id, ids) in wanted.items():
        target = collections.get(collection_id)
        if target is None:
            errors[name] = FieldError(
                "validation_missing_rel_collection",
                "Relation connection is missing or cannot be accessed.",
            )
            continue
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            parts.append((name, _count(target.table, len(chunk)) + and_living(target), chunk))
    return parts


def _found(parts: Sequence[_Part]) -> list[int]:
    """Return the count of each part; those that are small are asked for together."""
    found: list[int] = []
    texts: list[str] = []
    ids: list[str] = []
    for _name, text, some in parts:
        if texts and len(ids) + len(some) > _CHUNK:
            found += _counted(texts, ids)
            texts, ids = [], []
        texts.append(text)
        ids += some
    if texts:
        found += _counted(texts, ids)
    return found


def _counted(texts: Sequence[str], ids: Sequence[str]) -> Row:
    return sql.fetch_all(_counts(tuple(texts)), ids)[0]


@lru_cache(maxsize=4096)
def _count(table: str, length: int) -> str:
    marks = ",".join([dialect().mark] * length)
    return f"SELECT COUNT(*) FROM {quoted(table)} WHERE {quoted('id')} IN ({marks})"  # noqa: S608


@lru_cache(maxsize=4096)
def _counts(texts: tuple[str, ...]) -> str:
    return "SELECT " + ", ".join(f"({text})" for text in texts)


@lru_cache(maxsize=4096)
def _all_found(count: str, length: int) -> str:
    """Return a condition: as many are counted."""
    return f"({count}) = {length}"
