"""The records that a record points at: are they there, whoever may see them?

Asked together, by one statement; or, where many write, together with the write itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from collections_app.fields.base import References
from collections_app.query.living import and_living
from collections_app.records.rows import dialect, quoted
from collections_app.schema import snapshot
from core_app import sql, transactions
from core_app.errors import FieldError, FieldErrors

#: by the name of the field
Wanted = dict[str, References]

#: ids asked for in one statement
_CHUNK = 500


class RecordsMissing(Exception):
    """Nothing was written: not all records that a field points at were there."""


class _Part(NamedTuple):
    """Some of the records that a field's value points at, and the statement that counts them."""

    name: str
    text: str
    ids: tuple[str, ...]


def require(wanted: Wanted) -> None:
    """Raise ``FieldErrors`` unless all are there."""
    if wanted and (errors := missing(wanted)):
        raise FieldErrors(errors)


def require_with_commit(wanted: Wanted) -> None:
    """Let the transaction fail at its end, by ``RecordsMissing``, unless all are there.

    Raise ``FieldErrors`` at once where it takes nothing along.
    """
    errors: dict[str, FieldError] = {}
    parts = _parts(wanted, errors)
    if errors or not transactions.takes_along():
        require(wanted)
        return
    for part in parts:
        transactions.require_last(_all_found(part.text, len(part.ids)), part.ids, RecordsMissing)


class telling:
    """Say of which fields it was, once the transaction in the block has failed for it."""

    __slots__ = ("_wanted",)

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, RecordsMissing):
            # if they have come meanwhile, it was one of them all the same
            errors = missing(self._wanted) or {next(iter(self._wanted)): _not_found()}
            raise FieldErrors(errors) from error


def missing(wanted: Wanted) -> dict[str, FieldError]:
    """Return the error of each field whose records are not all there."""
    errors: dict[str, FieldError] = {}
    parts = _parts(wanted, errors)
    for part, found in zip(parts, _found(parts), strict=True):
        if found != len(part.ids):
            errors[part.name] = _not_found()
    return errors


def _not_found() -> FieldError:
    return FieldError(
        "validation_missing_rel_records",
        "Failed to find all relation records with the provided ids.",
    )


def _parts(wanted: Wanted, errors: dict[str, FieldError]) -> list[_Part]:
    """Return what is to be counted; ``errors`` gets the fields whose collection is gone."""
    parts: list[_Part] = []
    for name, references in wanted.items():
        target = snapshot.current().by_id.get(references.collection_id)
        if target is None:
            errors[name] = FieldError(
                "validation_missing_rel_collection",
                "Relation connection is missing or cannot be accessed.",
            )
            continue
        ids = references.ids
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            parts.append(_Part(name, _count(target.table, len(chunk)) + and_living(target), chunk))
    return parts


def _found(parts: Sequence[_Part]) -> Iterator[int]:
    """Give the count of each part; those that are small are asked for together."""
    at = 0
    while at < len(parts):
        until, size = at + 1, len(parts[at].ids)
        while until < len(parts) and (size := size + len(parts[until].ids)) <= _CHUNK:
            until += 1
        together = parts[at:until]
        text = _counts(tuple([part.text for part in together]))
        yield from sql.fetch_all(text, [item for part in together for item in part.ids])[0]
        at = until


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
