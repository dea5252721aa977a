"""One database -> another, whose rows give way: collections with their tables, all other tables.

Everything is one transaction of the target: it is there as a whole or not at all. Rows go in the
order in which they were made, in batches; their values are what SQLite's driver takes and gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.apps import apps
from django.core.management.color import no_style
from django.db import DatabaseError, connections, models, transaction
from django.db.models.expressions import RawSQL

from collections_app.models import Collection
from collections_app.query import dialects
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema_edit import tables
from collections_app.schema_edit.dialects import editor
from core_app import sql
from core_app.models import VersionRow
from ops_app.models import LogRow

#: the target's aliases
TARGET, TARGET_LOGS = "target", "target_auxiliary"
_AT_ONCE = 500

Tell = Callable[[str], None]


def everything(tell: Tell, *, with_logs: bool) -> None:
    """Copy all; the source is the default database, the target has just been migrated."""
    held = snapshot.current()
    with transaction.atomic(using=TARGET):
        _clear()
        _models(tell)
        for collection in held.collections:
            if not collection.is_view:
                _table(collection, tell)
        _views([item for item in held.collections if item.is_view], tell)
        _reset_sequences()
    if with_logs:
        with transaction.atomic(using=TARGET_LOGS):
            LogRow._base_manager.using(TARGET_LOGS)._raw_delete(TARGET_LOGS)
            _model(LogRow, "auxiliary", TARGET_LOGS, tell)


def own_models() -> list[type[models.Model]]:
    """Return the models of all tables but those of records and logs."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model is not LogRow
    ]


def rows_of(collection: CollectionDef, using: str) -> Iterator[Sequence[sql.Row]]:
    """Yield the rows of a collection's table in batches, in the order they were made."""
    how = dialects.of(connections[using].vendor)
    table = how.quote_name(collection.table)
    columns = ", ".join(how.quote_name(name) for name in collection.columns)
    number = sql.dialect(using).row_number(table)
    text = (
        f"SELECT {number}, {columns} FROM {table} WHERE {number} > {how.mark}"  # noqa: S608
        f" ORDER BY {number} LIMIT {_AT_ONCE}"
    )
    last = -(2**62)
    while found := sql.fetch_all(text, (last,), using):
        last = found[-1][0]
        yield [row[1:] for row in found]


def _clear() -> None:
    """Take away collections and rows: of an empty app, as migrating makes it, or of a trial."""
    names = sql.fetch_all('SELECT "name", "type" FROM "_collections"', (), TARGET)
    with editor(TARGET) as edit:
        for name, kind in sorted(names, key=lambda found: found[1] != "view"):
            (edit.drop_view if kind == "view" else edit.drop_table)(name)
    for model in own_models():
        model._base_manager.using(TARGET)._raw_delete(TARGET)


def _models(tell: Tell) -> None:
    for model in own_models():
        _model(model, "default", TARGET, tell)


def _model(model: type[models.Model], source: str, target: str, tell: Tell) -> None:
    manager = model._base_manager
    found = manager.using(source).order_by("pk")
    if model is Collection:
        order = sql.dialect(source).row_number('"_collections"')
        found = found.order_by(RawSQL(order, ()))  # noqa: S611 a constant
    batch: list[models.Model] = []
    count = 0
    for item in found.iterator(chunk_size=_AT_ONCE):
        batch.append(item)
        if len(batch) == _AT_ONCE:
            manager.using(target).bulk_create(batch)
            count, batch = count + len(batch), []
    if batch:
        manager.using(target).bulk_create(batch)
    count += len(batch)
    if count and model is not VersionRow:
        tell(f"{model._meta.db_table}: {count:,} rows")


def _table(collection: CollectionDef, tell: Tell) -> None:
    how = dialects.of(connections[TARGET].vendor)
    names = ", ".join(how.quote_name(name) for name in collection.columns)
    marks = ", ".join(how.mark for _ in collection.columns)
    table = how.quote_name(collection.table)
    row = f"({marks})"
    count = 0
    with editor(TARGET) as edit:
        edit.create_table(collection.table, collection.fields)
        for rows in rows_of(collection, "default"):
            at_once = max(1, min(len(rows), 30_000 // max(1, len(collection.columns))))
            for at in range(0, len(rows), at_once):
                some = rows[at : at + at_once]
                text = f"INSERT INTO {table} ({names}) VALUES {', '.join([row] * len(some))}"  # noqa: S608
                sql.execute(text, [value for one in some for value in one], TARGET)
            count += len(rows)
            if count % 50_000 < _AT_ONCE and count > _AT_ONCE:
                tell(f"{collection.name}: {count:,} records …")
        tables.create_indexes(edit, collection, TARGET)
    tell(f"{collection.name}: {count:,} records")


def _views(views: list[CollectionDef], tell: Tell) -> None:
    """Make the views; one may be made of another, so they are tried until none is left."""
    left = views
    while left:
        failed: list[tuple[CollectionDef, str]] = []
        for view in left:
            try:
                _view(view)
            except DatabaseError as error:
                failed.append((view, str(error).splitlines()[0]))
        if len(failed) == len(left):
            for view, why in failed:
                tell(f"view {view.name} cannot be made there: {why}")
            return
        left = [view for view, _ in failed]


def _view(view: CollectionDef) -> None:
    query = view.options["viewQuery"].strip().strip(";")
    with transaction.atomic(using=TARGET), editor(TARGET) as edit:
        edit.create_view(view.table, query)
        columns = edit.view_columns(view.table)
        if dict(columns).get("id", "text").lower() != "text":
            edit.drop_view(view.table)
            text = edit.query_with_text_id(query, [name for name, _ in columns])
            edit.create_view(view.table, text)


def _reset_sequences() -> None:
    """Let new rows of Django's tables go on behind those that came with their numbers."""
    connection = connections[TARGET]
    with connection.cursor() as cursor:
        for text in connection.ops.sequence_reset_sql(no_style(), own_models()):
            cursor.execute(text)
