"""Records from a CSV or JSON file: all of it, through the one door, or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from collections_app.records import rows, service
from collections_app.schema.definition import CollectionDef
from core_app.errors import ApiError
from core_app.request_info import RequestInfo
from core_app.transactions import write
from dashboard_app import refusals
from dashboard_app.records import cells, history
from dashboard_app.records.form import editable_fields
from dashboard_app.records.together import TakenBack, together

MOST_ROWS = 10_000
#: each costs a tenth of a second of hashing
MOST_PASSWORDS = 200
#: more errors than these nobody reads at once
MOST_ERRORS = 100

Row = dict[str, Any]


class Unreadable(ValueError):
    """The file is no list of records; the text says why."""


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do. With any error nothing is stored."""

    created: int = 0
    changed: int = 0
    errors: list[str] = field(default_factory=list)
    #: columns that no record takes: unknown, set by the server, or files
    ignored: list[str] = field(default_factory=list)
    notes: list[history.Note] = field(default_factory=list)

    @property
    def has_too_many_errors(self) -> bool:
        return len(self.errors) >= MOST_ERRORS


def run(
    collection: CollectionDef,
    data: bytes,
    info: RequestInfo | None,
    *,
    changes_existing: bool,
    is_trial: bool = False,
    user: Any = None,
) -> Outcome:
    """Take in the records of ``data``; a trial finds all errors and stores nothing.

    A row with the id of a record changes it if ``changes_existing``, else it is an error. The
    records' history names ``user``, if one is given. Raise ``Unreadable``.
    """
    found = read(collection, data)
    outcome = Outcome(ignored=ignored_columns(collection, found))
    with together():
        for number, row in enumerate(found, 1):
            try:
                with write():  # a refused row leaves the transaction as it was
                    _store(collection, row, info, outcome, changes_existing)
            except ApiError as refusal:
                outcome.errors += _lines(number, refusal)
            except ValueError as error:
                outcome.errors.append(f"Row {number}: {error}")
            if outcome.has_too_many_errors:
                del outcome.errors[MOST_ERRORS:]
                break
        if outcome.errors or is_trial:
            raise TakenBack
        if user is not None:
            history.keep(user, collection, outcome.notes)
    return outcome


def read(collection: CollectionDef, data: bytes) -> list[Row]:
    """Return the rows of a file by column. Raise ``Unreadable``."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("The file is not UTF-8 text.") from error
    is_json = text.lstrip()[:1] in ("[", "{")
    found = _json_rows(text) if is_json else list(_csv_rows(collection, text))
    if not found:
        raise Unreadable("There is no record in it.")
    if len(found) > MOST_ROWS:
        raise Unreadable(f"There are {len(found):,} records in it; {MOST_ROWS:,} go at once.")
    if sum("password" in row for row in found) > MOST_PASSWORDS:
        raise Unreadable(f"At most {MOST_PASSWORDS} records with passwords go at once.")
    return found


def ignored_columns(collection: CollectionDef, found: list[Row]) -> list[str]:
    """Return the columns that are left out, in their order."""
    taken = _taken(collection)
    columns = dict.fromkeys(name for row in found for name in row)
    return [name for name in columns if name not in taken]


def _taken(collection: CollectionDef) -> set[str]:
    names = {name for name, _ in editable_fields(collection)}
    files = {item.name for item in collection.fields if item.type_name == "file"}
    return (names - files) | {"id"}


def _json_rows(text: str) -> list[Row]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"This is not JSON: {error}.") from error
    if isinstance(found, dict):  # as the API lists records
        found = found.get("items")
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise Unreadable("This must be a list of objects.")
    return found


def _csv_rows(collection: CollectionDef, text: str) -> Iterator[Row]:
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        head = [name.strip() for name in next(lines, [])]
        if not head:
            return
        if "" in head or len(set(head)) < len(head):
            raise Unreadable("The first line must name each column, once.")
        if not _taken(collection) & set(head):
            raise Unreadable("No column is a field of this collection: the first line names them.")
        for line in lines:
            if line:
                yield _csv_row(collection, head, line)
    except csv.Error as error:
        raise Unreadable(f"Line {lines.line_num} is not CSV: {error}.") from error


def _csv_row(collection: CollectionDef, head: list[str], line: list[str]) -> Row:
    if len(line) != len(head):
        return {"": f"This row has {len(line)} cells instead of {len(head)}."}
    row: Row = {}
    for name, cell in zip(head, line, strict=True):
        known = collection.by_name.get(name)
        try:
            row[name] = cells.read(known, cell) if known is not None else cell
        except ValueError as error:
            return {"": f"{name}: {error}"}
    return row


def _store(
    collection: CollectionDef,
    row: Row,
    info: RequestInfo | None,
    outcome: Outcome,
    changes_existing: bool,
) -> None:
    """Store one row. Raise ``ApiError``, or ``ValueError`` for what the file got wrong."""
    if "" in row:
        raise ValueError(row[""])
    taken = _taken(collection)
    body = {name: value for name, value in row.items() if name in taken}
    if "password" in body:
        body.setdefault("passwordConfirm", body["password"])
    record_id = str(body.get("id") or "")
    if not record_id or rows.fetch_by_id(collection, record_id) is None:
        record = service.create(collection, body, info)
        outcome.notes.append(history.added(str(record.id)))
        outcome.created += 1
    elif changes_existing:
        del body["id"]
        service.update(collection, record_id, body, info)
        names = [name for name in body if name != "passwordConfirm"]
        outcome.notes.append(history.changed(record_id, names))
        outcome.changed += 1
    else:
        raise ValueError(f"There is a record {record_id} already.")


def _lines(number: int, refusal: ApiError) -> Iterator[str]:
    for line in refusals.told(refusal):
        yield f"Row {number}: {line}"
