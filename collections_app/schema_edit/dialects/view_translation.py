"""A view's query that was written for SQLite -> what PostgreSQL takes of its structure.

What SQLite lets be and PostgreSQL does not: sub-selects without a name, joins without a condition,
commas before joins, texts in double quotes, ``IS`` between values. Where NULLs stand in an order,
and in which order rows are counted and groups come, is written out. Functions and casts are left to
``view_calls``, names, quotes and types to ``translation``; nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from collections_app.schema_edit.dialects.sqlite_tokens import SELECTS, Token
from collections_app.schema_edit.dialects.translation import KEYWORDS, Names, words
from collections_app.schema_edit.dialects.view_calls import is_unordered_call, rewrite_call
from collections_app.schema_edit.dialects.view_tokens import JSON_TABLES, ViewTokens
from collections_app.schema_edit.dialects.view_words import (
    compared_from_json,
    rewrite_quoted,
    rewrite_sign,
    rewrite_word,
)

_JOIN_WORDS = words("natural left right full inner cross outer join")
#: what may follow a table, and is no name for it
_AFTER_TABLE = KEYWORDS | words("window set returning for fetch")
_TRUTHS = words("true false")
_BY_PLACE = words("row_number ntile lag lead")
_ENDED = words("order limit")
_HAVE_GROUPS = words("group order limit compound having")
#: functions that go over several rows
_OVER_ROWS = words(
    "over count sum avg min max total group_concat json_group_array json_group_object"
)
#: what is united or distinct is sorted by what is selected alone
_SORT_BY_COLUMNS = words("compound distinct")
_FOLLOW_KEY = words("asc desc collate")
#: functions that make one text or list of rows, in an order
_GATHER = words("group_concat string_agg json_group_array json_group_object jsonb_group_array")
_HAVE_ORDER = words("group order limit compound distinct")


def of_view(
    text: str,
    names: Names,
    tables: frozenset[str] = frozenset(),
    from_json: frozenset[str] = frozenset(),
) -> str:
    """Return the query with PostgreSQL's structure.

    Rows of ``tables`` are numbered; columns called as in ``from_json`` hold values from JSON.
    """
    query = ViewTokens(text, names, tables, from_json)
    whole = _Scope(query, 0, len(query.tokens))
    whole.read()
    whole.keep_case()
    whole.pass_numbers_on()
    order = whole.natural_order()
    return query.written() + order


@dataclass
class _Scope:
    """What stands in a bracket, or in none: a SELECT and those united with it, or an expression."""

    query: ViewTokens
    start: int
    stop: int
    clause: str = ""
    #: the last token that was read and is no blank
    last: int = -1
    #: a join that has no condition yet, and the word CROSS before it
    joined: bool = False
    is_free: bool = False
    crossed: int = -1
    #: the words DESC and NULLS in an item of ORDER BY, and its first token
    key_has: frozenset[str] = frozenset()
    key_start: int = 0
    limit: int = -1
    order_at: int = 0
    group: int = -1
    group_end: int = -1
    #: the name of the first table, if its rows are numbered
    first: str = ""
    #: the last token of the first SELECT's columns, how many there are, and the word before them
    columns_end: int = -1
    columns: int = 1
    distinct: int = -1
    #: UNION ALL, whose rows are not sorted
    keeps_all: bool = False
    #: what ``OVER ()`` closes, and what closes the calls that make one text or list of rows
    unordered: list[int] = field(default_factory=list)
    gathering: list[int] = field(default_factory=list)
    #: the names of tables of what is in JSON, whose rows are numbered too
    json_tables: list[str] = field(default_factory=list)
    #: first and last token of what is compared, both sides from JSON
    compared: list[tuple[int, int]] = field(default_factory=list)
    clauses: set[str] = field(default_factory=set)

    def read(self) -> None:
        at = self.start
        while at < self.stop:
            token = self.query.tokens[at]
            stop = at
            if token.kind != "blank":
                stop = self._token(at, token)
                self.last = stop
            at = stop + 1
        for start, end in self.compared:
            self.query.put("holdall_ranked(", start, end, ")")
        self._end_clause()
        self._number_rows()

    def natural_order(self) -> str:
        """Return the ORDER BY of groups in the order that SQLite finds them in.

        Distinct rows come as the first of them do in the first table.
        """
        if self.first and self.distinct >= 0 and not self.clauses & _HAVE_GROUPS:
            if any(word in _OVER_ROWS for word in self._words_of_columns()):
                return ""
            self.query.out[self.distinct] = ""
            places = ", ".join(str(at + 1) for at in range(self.columns))
            return f"\nGROUP BY {places} ORDER BY min({self.first}._rowid_)"
        if "compound" in self.clauses and not self.keeps_all and not self.clauses & _ENDED:
            places = ", ".join(f"{at + 1} NULLS FIRST" for at in range(self.columns))
            return f"\nORDER BY {places}"
        if self.group < 0 or self.clauses & {"order", "compound", "limit"}:
            return ""
        return "\n" + self._by_groups()

    def keep_case(self) -> None:
        """Let columns be called as they are, whatever tables and fields are called like them."""
        query = self.query
        called: dict[str, str] = {}
        for at in range(self.start, self.columns_end + 1):
            token = query.tokens[at]
            written = token.name or token.text
            known = query.names.known.get(written.lower(), written)
            ends_column = at == self.columns_end or query.mark(query.next(at)) == ","
            is_other = ends_column and known != written and written not in query.names.exact
            if is_other and token.kind in ("word", "name") and query.is_alias(at):
                called[written.lower()] = query.out[at] = f'U&"{written}"'
        start = self.order_at if called and self.order_at else self.stop
        for at in query.level(start, self.stop):
            if query.mark(at - 1) != "." and query.mark(at + 1) != ".":
                query.out[at] = called.get(query.name(at), query.out[at])

    def _words_of_columns(self) -> Iterator[str]:
        return (self.query.word(at) for at in range(self.start, self.columns_end + 1))

    def pass_numbers_on(self) -> None:
        """Have rows bring the numbers of the first table, to be listed by if they have no order."""
        if self.first and not self.clauses & _HAVE_ORDER:
            number = f"{self.first}._rowid_"
            if self.json_tables:
                within = f" + COALESCE({self.json_tables[0]}.id, 0) * 0.000000001"
                number = f"({number}::numeric{within}) AS _rowid_"
            self.query.out[self.columns_end] += f", {number}"

    def _number_rows(self) -> None:
        """``OVER ()`` counts rows as SQLite finds them: by groups, or as in the first table."""
        by_rows = ""
        if self.first and "compound" not in self.clauses:
            numbers = (f"{self.first}._rowid_", *(f"{name}.id" for name in self.json_tables))
            by_rows = f"ORDER BY {', '.join(numbers)}"
        by_groups = self._by_groups() if self.group >= 0 else by_rows
        for closed in self.unordered:
            self.query.out[closed] = by_groups + self.query.out[closed]
        for closed in self.gathering if by_rows else ():
            self.query.out[closed] = f" {by_rows}{self.query.out[closed]}"

    def _by_groups(self) -> str:
        query = self.query
        keys: list[str] = []
        start = self.group
        for at in query.level(self.group, self.group_end + 1):
            if at == self.group_end or query.mark(at) == ",":
                end = query.previous(at)
                if query.reads_json(start, end + 1):
                    keys.append(self._ranked(start, end + 1))
                keys.append(f"{self._key(start, end)} NULLS FIRST")
                start = query.next(at)
        return "ORDER BY " + ", ".join(keys)

    def _key(self, start: int, end: int) -> str:
        key = "".join(self.query.out[start : end + 1])
        if start == end and self.query.name(start) in self.query.aliases:
            return f"COALESCE({key})"  # the column before the name that the SELECT gives
        return key

    def _token(self, at: int, token: Token) -> int:
        """Read a token, or a bracket with what is in it; return its last token."""
        query = self.query
        if token.text == "(" and at in query.partners:
            closed = query.partners[at]
            self._bracket(at, closed)
            return closed
        if token.text == ",":
            self._comma(at)
        elif token.kind == "word":
            if token.lower == "main" and query.is_schema(at):
                query.out[at] = query.out[at + 1] = ""
                return at + 1
            if token.lower in _TRUTHS and query.is_table(at):
                query.out[at] = f"`{token.text}`"
            self._word(at, token.lower)
        elif token.text.startswith('"') and not self._is_place_of_table(self.last):
            rewrite_quoted(query, at, self.last)
        elif token.kind == "text" and query.word(query.previous(at)) == "as":
            query.out[at] = "`" + token.text[1:-1].replace("''", "'").replace("`", "``") + "`"
        elif token.text == "+":
            rewrite_sign(query, at, self.last)
        elif token.kind == "mark":
            self.compared += compared_from_json(query, at, self.last)
        if query.out[at].startswith("'") and "||" in (
            query.mark(query.previous(at)),
            query.mark(query.next(at)),
        ):
            query.put("holdall_to_text(", at, at, ")")
        return at

    # --- clauses --------------------------------------------------------------------------------

    def _word(self, at: int, word: str) -> None:
        clause = self._clause(at, word)
        if clause:
            self._end_clause()
            self.clause = clause
            self.clauses.add(clause)
            if clause == "select" and self.query.word(self.query.next(at)) == "distinct":
                self.clauses.add("distinct")
                self.distinct = self.query.next(at)
            elif clause == "limit":
                self.limit = at
                if self.first and not self.clauses & {"group", "order", "compound", "distinct"}:
                    self.query.out[self.last] += f" ORDER BY {self.first}._rowid_"
            elif clause == "from" and not self.first:
                self.first = self._first_table(at)
            elif clause == "order":
                self.order_at = at
                self.key_start = self.query.next(self.query.next(at))
            elif clause == "group":
                self.group = self.query.next(self.query.next(at))
        elif self.clause == "from" and (word in _JOIN_WORDS or word in ("on", "using")):
            self._join(at, word)
        else:
            rewrite_word(self.query, at, self.last, self.stop)
        if self.clause == "order" and word in ("desc", "nulls"):
            self.key_has |= {word}

    def _clause(self, at: int, word: str) -> str:
        """Return the clause that a word begins, ``""`` if it is none that does."""
        query = self.query
        follows = query.word(query.next(at))
        match word:
            case "select" | "having" | "window" | "offset" | "limit" | "where":
                return word
            case "group" | "order":
                return word if follows == "by" else ""
            case "union" | "intersect" | "except":
                self.keeps_all |= follows == "all"
                return "compound"
            case "from" if self.clause == "select" and query.word(self.last) != "distinct":
                return "from"
            case "rows" | "range" | "groups" if self.clause == "order":
                return "frame"
        return ""

    def _end_clause(self) -> None:
        if self.clause == "from":
            self._end_join()
        elif self.clause == "order":
            self._end_key()
        elif self.clause == "select" and self.columns_end < 0:
            self.columns_end = self.last
        elif self.clause == "group":
            self.group_end = self.last + 1

    def _comma(self, at: int) -> None:
        if self.clause == "select":
            self.columns += self.columns_end < 0
        elif self.clause == "from":
            self._end_join()
            self.query.out[at] = " CROSS JOIN "
        elif self.clause == "order":
            self._end_key()
            self.key_start = self.query.next(at)
        elif self.clause == "limit":
            self.query.out[self.limit], self.query.out[at] = "OFFSET", " LIMIT "

    def _end_key(self) -> None:
        query, start, is_falling = self.query, self.key_start, "desc" in self.key_has
        if "nulls" not in self.key_has and query.word(self.last) != "by":
            if query.reads_json(start, self.last + 1) and not self.clauses & _SORT_BY_COLUMNS:
                end = next(
                    (
                        at
                        for at in query.level(start, self.last + 1)
                        if query.word(at) in _FOLLOW_KEY
                    ),
                    self.last + 1,
                )
                query.out[start] = f"{self._ranked(start, end, is_falling)}, {query.out[start]}"
            query.out[self.last] += f" NULLS {'LAST' if is_falling else 'FIRST'}"
        self.key_has = frozenset()

    def _ranked(self, start: int, end: int, is_falling: bool = False) -> str:
        """Return what sorts values from JSON first: numbers by their size, before texts."""
        key = "".join(self.query.out[start:end]).strip()
        return f"holdall_rank({key}) {'DESC NULLS LAST' if is_falling else 'NULLS FIRST'}"

    # --- tables ---------------------------------------------------------------------------------

    def _join(self, at: int, word: str) -> None:
        query = self.query
        if word in ("on", "using"):
            if self.crossed >= 0:
                query.out[self.crossed] = "INNER"
            self.joined = False
            return
        if query.word(self.last) not in _JOIN_WORDS:
            self._end_join()
        if word == "cross":
            self.crossed = at
        if word in ("cross", "natural"):
            self.is_free = True
        elif word == "join":
            self.joined = not self.is_free

    def _end_join(self) -> None:
        if self.joined:
            self.query.out[self.last] += " ON TRUE"
        self.joined = self.is_free = False
        self.crossed = -1

    def _first_table(self, at: int) -> str:
        query = self.query
        table = query.next(at)
        if table >= self.stop or query.name(table) not in query.tables:
            return ""
        name = self._name_of_table(table) or query.mark(table)
        return f"`{name}`" if name.lower() in _TRUTHS else name

    def _name_of_table(self, end: int) -> str:
        """Return what the table that ends there is called in the query, if it gives it a name."""
        alias = self.query.next(end)
        if self.query.word(alias) == "as":
            alias = self.query.next(alias)
        return self.query.mark(alias) if self._names_table(alias) else ""

    def _names_table(self, at: int) -> bool:
        """Return whether what follows a table is a name for it."""
        if at >= self.stop:
            return False
        is_name = self.query.tokens[at].kind == "name"
        return is_name or self.query.word(at) not in (*_AFTER_TABLE, "")

    def _is_place_of_table(self, last: int) -> bool:
        if self.clause != "from":
            return False
        before = self.query.word(last)
        return before in ("from", "join", "lateral") or last < 0 or self.query.mark(last) == ","

    def _name_if_unnamed(self, closed: int, name: str) -> None:
        after = self.query.next(closed)
        if not (self._names_table(after) or self.query.word(after) == "as"):
            self.query.out[closed] += name

    # --- brackets -------------------------------------------------------------------------------

    def _bracket(self, opened: int, closed: int) -> None:
        query, last = self.query, self.last
        is_select = query.word(query.next(opened)) in SELECTS
        is_table = self._is_place_of_table(last)
        inside = _Scope(query, opened + 1, closed, "from" if is_table and not is_select else "")
        inside.read()
        if query.word(last) == "over" and query.next(opened) == closed:
            call = query.partners.get(query.previous(last), 0)
            # of all others an order would change what they are over
            if query.word(query.previous(call)) in _BY_PLACE:
                self.unordered.append(closed)
        if not is_select:
            self.unordered += inside.unordered
            self.gathering += inside.gathering
            self.json_tables += inside.json_tables
        if is_select and (is_table or query.word(last) == "as"):
            query.out[closed] = inside.natural_order() + query.out[closed]
        if is_table:
            if is_select:
                self._name_if_unnamed(closed, query.unnamed_table())
        elif query.word(last) in ("cast", "char") or query.word(last) not in (*KEYWORDS, ""):
            rewrite_call(query, last, opened)
            name = query.word(last)
            if name in JSON_TABLES and self._is_place_of_table(query.previous(last)):
                self._name_if_unnamed(closed, f" AS {name}")
                self.json_tables.append(self._name_of_table(closed) or name)
            elif name in _GATHER and is_unordered_call(query, opened):
                self.gathering.append(closed)
