# ruff: noqa: S608 names of tables and columns come from definitions, and are quoted
"""Records of one collection: counted, compared and copied, all by statements of the database.

The columns are laid out alike on both sides, so a value is taken over as it is stored. Two things
are put right on the way: bytes where text belongs, and NULL where ours has an empty value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection

from auth_app.names import INSTALLER_EMAIL, SUPERUSERS
from collections_app.fields.base import FieldType
from collections_app.fields.date import MARK_NAME
from collections_app.schema import indexes
from collections_app.schema.definition import CollectionDef
from ops_app.pocketbase.folder import SCHEMA
from ops_app.pocketbase.source import fetch
from storage_app.field import FileField

_AT_ONCE = 20_000  # records between two words about the progress
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Counts:
    """Records of PocketBase: ``total`` of them, those that are here alike, those that differ here.

    ``taken`` are those whose unique value another record has here. ``examples`` are ids of the
    last two kinds.
    """

    total: int
    same: int = 0
    differ: int = 0
    taken: int = 0
    examples: tuple[str, ...] = ()

    @property
    def new(self) -> int:
        return self.total - self.same - self.differ


def exist(here: CollectionDef, *, but_installer: bool = False) -> bool:
    """Whether a collection of ours has records, in the trash too."""
    condition = " WHERE email != %s" if but_installer else ""
    params = [INSTALLER_EMAIL] if but_installer else None
    return bool(fetch(f"SELECT 1 FROM main.{_quoted(here.table)}{condition} LIMIT 1", params))


def total(source: CollectionDef) -> int:
    """Return the number of PocketBase's records that may be taken."""
    return int(fetch(f"SELECT count(*) FROM {_theirs(source)}")[0][0])


def compare(source: CollectionDef, here: CollectionDef, *, replacing: bool) -> Counts:
    """Return how PocketBase's records stand to ours.

    ``replacing``: ours of the same id will give way, so their unique values are free.
    """
    shared = [field for field in source.fields if field.name in here.by_name]
    alike = " AND ".join(f"{_value(f)} IS m.{_quoted(f.name)}" for f in shared)
    if here.has_trash:
        alike = f"{alike} AND m.{_quoted(MARK_NAME)} = ''"
    pairs = f"FROM {_theirs(source, f'JOIN main.{_quoted(here.table)} m ON m.id = s.id')}"
    count, same = fetch(f"SELECT count(*), coalesce(sum({alike}), 0) {pairs}")[0]
    examples = []
    if count > same:
        examples = fetch(f"SELECT s.id {pairs} AND NOT ({alike}) LIMIT {_SHOWN}")
    taken = _taken(source, here, replacing=replacing)
    shown = [str(row[0]) for row in examples] + taken
    return Counts(total(source), same, count - same, len(taken), tuple(shown[:_SHOWN]))


def copy(
    source: CollectionDef,
    made: CollectionDef,
    on_same_id: str,
    tell: Callable[[int], None],
) -> int:
    """Copy PocketBase's records in the order they were made; return how many rows were written.

    ``on_same_id`` is ``fail``, ``skip`` (whatever is unique) or ``replace``. ``tell`` is given the
    number of records looked at, again and again.
    """
    fields = list(source.fields)
    names = ", ".join(_quoted(field.name) for field in fields)
    values = ", ".join(_value(made.by_name[field.name]) for field in fields)
    verb = "INSERT OR IGNORE" if on_same_id == "skip" else "INSERT"
    statement = (
        f"{verb} INTO main.{_quoted(made.table)} ({names}) SELECT {values} "
        f"FROM {_theirs(source)} AND s._rowid_ > %s AND s._rowid_ <= %s ORDER BY s._rowid_"
    )
    if on_same_id == "replace":
        statement += f" ON CONFLICT (id) DO UPDATE SET {_overwrites(fields, made)}"
    elif on_same_id == "fail":
        # what is here has been found to be the same
        statement += " ON CONFLICT (id) DO NOTHING"
    seen = written = 0
    last = -(2**63)
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"SELECT count(*), max(row) FROM (SELECT s._rowid_ AS row FROM {_theirs(source)} "
                f"AND s._rowid_ > %s ORDER BY s._rowid_ LIMIT {_AT_ONCE})",
                [last],
            )
            count, until = cursor.fetchone()
            if not count:
                return written
            cursor.execute(statement, [last, until])
            written += cursor.rowcount
            seen += count
            last = until
            tell(seen)


def file_names(source: CollectionDef, *, but_present: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield the id of each of PocketBase's records that names files, and their names.

    ``but_present``: not of records whose id is here.
    """
    fields = [field for field in source.fields if isinstance(field, FileField)]
    values = ", ".join(_value(field) for field in fields)
    some = " OR ".join(f"{_value(field)} NOT IN ('', '[]')" for field in fields)
    absent = ""
    if but_present:
        absent = f"AND s.id NOT IN (SELECT id FROM main.{_quoted(source.table)})"
    last = -(2**63)
    while True:
        rows = fetch(
            f"SELECT s._rowid_, s.id, {values} FROM {_theirs(source)} AND ({some}) {absent} "
            "AND s._rowid_ > %s ORDER BY s._rowid_ LIMIT 1000",
            [last],
        )
        if not rows:
            return
        for _, record_id, *stored in rows:
            pairs = zip(fields, stored, strict=True)
            yield str(record_id), [name for field, value in pairs for name in field.names(value)]
        last = rows[-1][0]


def _overwrites(fields: list[FieldType], made: CollectionDef) -> str:
    changes = [
        f"{_quoted(field.name)} = excluded.{_quoted(field.name)}"
        for field in fields
        if not field.is_key
    ]
    if made.has_trash:
        changes.append(f"{_quoted(MARK_NAME)} = ''")
    differ = [
        f"excluded.{_quoted(field.name)} IS NOT {_quoted(made.table)}.{_quoted(field.name)}"
        for field in fields
    ]
    if made.has_trash:
        differ.append(f"{_quoted(made.table)}.{_quoted(MARK_NAME)} != ''")
    return f"{', '.join(changes)} WHERE {' OR '.join(differ)}"


def _theirs(source: CollectionDef, join: str = "") -> str:
    """Return what follows ``FROM`` for PocketBase's records ``s``, up to a first condition.

    The account that its installer makes for itself is none of them.
    """
    condition = f"s.email != '{INSTALLER_EMAIL}'" if source.name == SUPERUSERS else "true"
    return f"{SCHEMA}.{_quoted(source.table)} AS s {join} WHERE {condition}"


def _value(field: FieldType) -> str:
    """Return the stored value of a field of PocketBase's record ``s`` as we store it."""
    column = f"s.{_quoted(field.name)}"
    cases = f"WHEN 'blob' THEN CAST({column} AS TEXT)"
    empty = field.to_stored(field.zero())
    if empty is not None and not field.is_key:
        cases += f" WHEN 'null' THEN {_literal(empty)}"
    return f"CASE typeof({column}) {cases} ELSE {column} END"


def _taken(source: CollectionDef, here: CollectionDef, *, replacing: bool) -> list[str]:
    """Return ids of PocketBase's records whose unique values other records have here."""
    found: dict[str, None] = {}
    for text in here.indexes:
        index = indexes.parse(text)
        if index is None or not index.unique:
            continue
        names = [column.name for column in index.columns]
        if not all(name in source.by_name and name in here.by_name for name in names):
            continue  # an expression, or a column that only one side has: the insert will tell
        where = f" AND ({index.where})" if index.where else ""
        equal = " AND ".join(
            f"m.{_quoted(column.name)} = s.{_quoted(column.name)}"
            + (f" COLLATE {column.collate}" if column.collate else "")
            for column in index.columns
        )
        alive = f" AND m.{_quoted(MARK_NAME)} = ''" if here.has_trash else ""
        goes = f" AND m.id NOT IN (SELECT s.id FROM {_theirs(source)})" if replacing else ""
        for (record_id,) in fetch(
            f"SELECT s.id FROM (SELECT s.* FROM {_theirs(source)}{where}) s "
            f"JOIN (SELECT * FROM main.{_quoted(here.table)} WHERE true{where}) m "
            f"ON {equal} AND m.id != s.id{alive}{goes}"
        ):
            found[str(record_id)] = None
    return list(found)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(int(value)) if isinstance(value, bool) else str(value)
