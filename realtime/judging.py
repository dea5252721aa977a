"""Which audiences may see a change: the rule of the topic, then the filter of its options.

What a rule says by the record's own values is told at once (``query.known``). Where the database
has to be asked, one statement answers for all users of a topic, as far as one may be that long.
A create or update is judged by the row as it is stored, as long as that still is the row of the
change; otherwise, and for a record that is gone, by the values of the change.
Source: PocketBase apis/realtime.go (``realtimeCanAccessRecord``).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cached_property

from django.db import connection

from auth_app.signed_in import SignedIn
from collections_app.fields.date import MARK_NAME
from collections_app.query import dialects, judge, run
from collections_app.query.errors import FilterError, ForbiddenIdentifier
from collections_app.query.known import ALWAYS, NEVER, Known, Values
from collections_app.query.run import CannotRun
from collections_app.query.select import NEW_ROW, check_client_text, known_of, select
from collections_app.query.sql import Sql
from collections_app.records import rows
from collections_app.records.rows import RowState
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app import sql
from core_app.request_info import AuthRecord, RequestInfo
from realtime.changes import Change
from realtime.conditions import Condition, Conditions
from realtime.registry import Audience, Group
from realtime.sieve import Alike, Sieve
from realtime.topics import Options

#: how many conditions one statement asks for; in between they are filled up, so that texts repeat
_SIZES = (1, 2, 4, *range(8, 65, 8))

logger = logging.getLogger("holdall.realtime")


def info_of(audience: Audience, options: Options) -> RequestInfo:
    """Return what rules are asked with for an event."""
    return RequestInfo(
        context="realtime", query=options.query, headers=options.headers, auth=audience.auth
    )


class Judge:
    """Judges one change. Not for two threads at the same time."""

    def __init__(
        self,
        snapshot: Snapshot,
        collection: CollectionDef,
        change: Change,
        conditions: Conditions | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._collection = collection
        self._change = change
        #: whether the stored row still is the one that was read, where others write meanwhile
        self._state: RowState | None = None
        self._conditions = conditions if conditions is not None else Conditions()

    def allowed(self, rule: str | None, group: Group) -> list[Audience]:
        """Return those of ``group`` that pass ``rule`` and the filter in their options."""
        try:
            return self._allowed(rule, group)
        except _Overtaken:
            self._is_stored = False
            self.__dict__.pop("_table", None)  # is cached, and follows from it
            return self._allowed(rule, group)

    def _allowed(self, rule: str | None, group: Group) -> list[Audience]:
        options = group.topic.options
        left = list(group.audiences) if rule == "" else self._by_rule(rule, group)
        return self._by_filter(options, left) if options.filter and left else left

    def known(self, rule: str | None, group: Group) -> list[Audience] | None:
        """Return what ``allowed`` does, or ``None`` if that takes more than memory."""
        if group.topic.options.filter:
            return None
        if rule == "":
            return list(group.audiences)
        sieve = self._conditions.kept_sieve(self._snapshot, self._collection.id, rule, group)
        if sieve is None:
            return None
        passed, open_ = sieve.sift(self._values)
        return None if open_ and rule is not None else passed

    def _by_rule(self, rule: str | None, group: Group) -> list[Audience]:
        sieve = self._conditions.sieve(
            self._snapshot, self._collection.id, rule, group, lambda: self._sieve(rule, group)
        )
        passed, open_ = sieve.sift(self._values)
        if open_ and rule is not None:
            options = group.topic.options
            answers = self._passing([self._of_rule(alike[0], rule, options) for alike in open_])
            for alike, yes in zip(open_, answers, strict=True):
                if yes:
                    passed += alike
        return passed

    def _sieve(self, rule: str | None, group: Group) -> Sieve:
        """Return what ``rule`` says about each audience of ``group``."""
        superusers = tuple(item for item in group.audiences if _is_superuser(item))
        others = tuple(item for item in group.audiences if not _is_superuser(item))
        rules: list[tuple[Alike, Known]] = [(superusers, ALWAYS)] if superusers else []
        if rule is not None and others:
            # a rule that does not ask who is signed in answers everybody alike
            asked = [(item,) for item in others] if "@request.auth" in rule else [others]
            options = group.topic.options
            rules += [(alike, self._known(info_of(alike[0], options), rule)) for alike in asked]
        return Sieve(rules)

    def _known(self, info: RequestInfo, rule: str) -> Known:
        try:
            return known_of(self._snapshot, self._collection, info, rule)
        except FilterError:  # nobody passes what cannot be read
            return NEVER

    def _by_filter(self, options: Options, audiences: list[Audience]) -> list[Audience]:
        if any(not _is_superuser(item) for item in audiences):
            try:
                check_client_text(options.filter, options.query.get("sort", ""))
            except ForbiddenIdentifier:
                audiences = [item for item in audiences if _is_superuser(item)]
        infos = [info_of(item, options) for item in audiences]
        passed = self._passing(
            [self._condition(info.but(auth=_as_client(info)), "", options.filter) for info in infos]
        )
        return [item for item, yes in zip(audiences, passed, strict=True) if yes]

    def _passing(self, conditions: Sequence[Condition]) -> list[bool]:
        """Return for each condition whether the record meets it."""
        distinct = [item for item in dict.fromkeys(conditions) if item is not None and item[1].text]
        answers: dict[Condition, bool] = {None: False}
        for start in range(0, len(distinct), _SIZES[-1]):
            chunk = distinct[start : start + _SIZES[-1]]
            answers.update(zip(chunk, self._answers(chunk), strict=True))
        return [answers.get(condition, True) for condition in conditions]

    def _of_rule(self, audience: Audience, rule: str, options: Options) -> Condition:
        return self._conditions.of(
            self._snapshot,
            self._collection.id,
            rule,
            self._table,
            options,
            audience.auth,
            lambda: self._condition(info_of(audience, options), rule, ""),
        )

    def _condition(self, info: RequestInfo, rule: str, filter: str) -> Condition:
        """Return joins and conditions, ``None`` for what cannot be read: nobody passes that."""
        try:
            selection = select(
                self._snapshot,
                self._collection,
                info,
                rule=rule,
                filter=filter,
                new_row=self._table,
                was_stored=True,
            )
        except FilterError:
            return None
        return selection.joins, selection.where

    def _answers(self, conditions: list[tuple[Sql, Sql]]) -> list[bool]:
        """Return the answer to each condition; what the database cannot compute is a no."""
        try:
            return self._ask(conditions)
        except CannotRun as error:
            if len(conditions) == 1:
                logger.info("a condition of a subscription fails: %s", error)
                return [False]
            return [self._answers([condition])[0] for condition in conditions]

    def _ask(self, conditions: list[tuple[Sql, Sql]]) -> list[bool]:
        """Return the answer to each condition, by one statement. Raise ``_Overtaken``."""
        size = next(size for size in _SIZES if size >= len(conditions))
        asked = conditions + conditions[-1:] * (size - len(conditions))
        dialect = dialects.of(connection.vendor)
        params: list[object] = []
        if self._is_stored:
            table = dialect.quote_name(self._collection.table)
            start, mine = "", f"{table}.{dialect.quote_name('id')} = {dialect.mark} AND "
            id_: tuple[str, ...] = (self._change.record_id,)
        else:
            table = dialect.quote_name(NEW_ROW)
            columns = self._collection.columns
            start = judge.values_row(dialect, table, self._collection, columns)
            mine, id_ = "", ()
            params += self._row
        parts = []
        for joins, where in asked:
            parts.append(
                f"EXISTS (SELECT 1 FROM {table} {joins.text}"  # noqa: S608 compiled by query
                f" WHERE {mine}({where.text}))"
            )
            params += (*joins.params, *id_, *where.params)
        if self._is_stored and self._state is not None:
            parts.append(f"EXISTS (SELECT 1 FROM {table} WHERE {mine}{self._state.condition})")  # noqa: S608
            params += (*id_, *self._state.params)
        answer = run.fetch_one(f"{start} SELECT {', '.join(parts)}", tuple(params))
        assert answer is not None  # noqa: S101 a SELECT without a table has one row
        if len(parts) > size and not answer[-1]:
            raise _Overtaken
        return [bool(item) for item in answer[: len(conditions)]]

    @cached_property
    def _row(self) -> sql.Row:
        return self._change.row(self._collection)

    @cached_property
    def _values(self) -> Values:
        """What rules may go by at once; nothing, where it depends on what has become of the row."""
        values = self._change.values
        return {} if self._collection.has_trash and values.get(MARK_NAME) else values

    @cached_property
    def _table(self) -> str:
        """The name of the table that the record is in, ``""`` for the collection's."""
        return "" if self._is_stored else NEW_ROW

    @cached_property
    def _is_stored(self) -> bool:
        """The row of the change is the stored one, neither overtaken nor deleted."""
        if sql.dialect().has_one_writer:  # which reads one state for all that is judged
            return rows.fetch_by_id(self._collection, self._change.record_id) == self._row
        row, self._state = rows.fetch_to_change(self._collection, self._change.record_id)
        return row == self._row


class _Overtaken(Exception):
    """The row was changed or deleted after it was found to be that of the change."""


class _Client(SignedIn):
    """A superuser without privileges: filters in options read no hidden fields for anybody."""

    is_superuser = False


def _as_client(info: RequestInfo) -> AuthRecord | None:
    auth = info.auth
    return _Client(auth.collection, auth.stored) if isinstance(auth, SignedIn) else auth


def _is_superuser(audience: Audience) -> bool:
    return audience.auth is not None and audience.auth.is_superuser
