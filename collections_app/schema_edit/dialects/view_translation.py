"""A view's query that was written for SQLite -> what PostgreSQL takes of its structure.

What SQLite lets be and PostgreSQL does not: sub-selects without a name, joins without a condition,
commas before joins, texts in double quotes, ``IS`` between values. Where NULLs stand in an order,
and in which order rows are counted and groups come, is written out. Functions and casts are left to
``view_calls``, names, quotes and types to ``translation``; nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from collections_app.schema_edit.dialects.rewriting import Rewriting
from collections_app.schema_edit.dialects.sqlite_tokens import SELECTS, Token
from collections_app.schema_edit.dialects.translation import KEYWORDS, Names, words
from collections_app.schema_edit.dialects.view_calls import rewrite_call

_JOIN_WORDS = words("natural left right full inner cross outer join")
#: what may follow a table, and is no name for it
_AFTER_TABLE = KEYWORDS | words("window set returning for fetch")
_IS_OF_ITS_OWN = words("null true false distinct unknown document json normalized")
_ROW_NUMBER = words("rowid oid _rowid_")
_ENDS_COMPARISON = words("and or when then else end as from where group having order limit on")
_COMPARISONS = frozenset(("=", "==", "!=", "<>", "<", ">", "<=", ">="))
_BY_PLACE = words("row_number ntile lag lead")
_ENDED = words("order limit")
_HAVE_GROUPS = words("group order limit compound having")
#: functions that go over several rows
_OVER_ROWS = words(
    "over count sum avg min max total group_concat json_group_array json_group_object"
)
_HAVE_ORDER = words("group order limit compound distinct")
_NOW = {
    "current_timestamp": "holdall_datetime('now')",
    "current_date": "holdall_date('now')",
    "current_time": "holdall_time('now')",
}


def of_view(text: str, names: Names, tables: frozenset[str] = frozenset()) -> str:
    """Return the query with PostgreSQL's structure; rows of ``tables`` are numbered."""
    return _Query(text, names, tables).text()


class _Query(Rewriting):
    """A query, and the names in it."""

    def __init__(self, text: str, names: Names, tables: frozenset[str]) -> None:
        super().__init__(text)
        self.names = names
        self.unnamed = 0
        made_here = {
            self.name(at)
            for at in range(len(self.tokens))
            if self.word(self.next(at)) == "as" and self.mark(self.next(self.next(at))) == "("
        }
        self.tables = {table.lower() for table in tables} - made_here
        self.aliases = {
            self.name(at)
            for at, token in enumerate(self.tokens)
            if token.kind in ("word", "name") and self.is_alias(at)
        }

    def text(self) -> str:
        whole = _Scope(self, 0, len(self.tokens))
        whole.read()
        whole.keep_case()
        whole.pass_numbers_on()
        order = whole.natural_order()
        return self.written() + order

    def ends_value(self, at: int) -> bool:
        """Return whether a value, or the name of a table, ends with the token."""
        if at < 0:
            return False
        token = self.tokens[at]
        if token.kind == "word":
            return token.lower not in KEYWORDS or token.lower == "end"
        return token.kind in ("name", "text", "number") or token.text == ")"

    def term_start(self, at: int) -> int:
        """Return the first token of the name, call, bracket or value that ends with one."""
        if self.mark(at) == ")":
            at = self.partners.get(at, at)
            before = self.previous(at)
            is_call = self.word(before) and self.word(before) not in KEYWORDS
            at = before if is_call else at
        while self.mark(at - 1) == ".":
            at -= 2
        return at

    def unnamed_table(self) -> str:
        self.unnamed += 1
        return f' AS "unnamed_{self.unnamed}"'

    def is_schema(self, at: int) -> bool:
        """Return whether a name is no table's, but stands before a table's: ``main.posts``."""
        is_free = self.name(at) not in self.aliases | self.names.known.keys()
        return is_free and self.mark(at + 1) == "."

    def is_alias(self, at: int) -> bool:
        before = self.previous(at)
        if self.word(before) == "as":
            return True
        return self.ends_value(before) and self.tokens[at].lower not in KEYWORDS


@dataclass
class _Scope:
    """What stands in a bracket, or in none: a SELECT and those united with it, or an expression."""

    query: _Query
    start: int
    stop: int
    clause: str = ""
    #: the last token that was read and is no blank
    last: int = -1
    #: a join that has no condition yet, and the word CROSS before it
    joined: bool = False
    is_free: bool = False
    crossed: int = -1
    key_has: frozenset[str] = frozenset()
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
    #: what ``OVER ()`` closes
    unordered: list[int] = field(default_factory=list)
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
            self.query.out[self.columns_end] += f", {self.first}._rowid_"

    def _number_rows(self) -> None:
        """``OVER ()`` counts rows as SQLite finds them: by groups, or as in the first table."""
        if self.group >= 0:
            order = self._by_groups()
        elif self.first and not self.clauses & {"compound"}:
            order = f"ORDER BY {self.first}._rowid_"
        else:
            return
        for closed in self.unordered:
            self.query.out[closed] = order + self.query.out[closed]

    def _by_groups(self) -> str:
        query = self.query
        keys: list[str] = []
        start = self.group
        for at in query.level(self.group, self.group_end + 1):
            if at == self.group_end or query.mark(at) == ",":
                keys.append(self._key(start, query.previous(at)))
                start = query.next(at)
        return "ORDER BY " + ", ".join(f"{key} NULLS FIRST" for key in keys)

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
            self._word(at, token.lower)
        elif token.text.startswith('"'):
            self._in_double_quotes(at, token.name)
        elif token.kind == "text" and query.word(query.previous(at)) == "as":
            query.out[at] = "`" + token.text[1:-1].replace("''", "'").replace("`", "``") + "`"
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
            elif clause == "group":
                self.group = self.query.next(self.query.next(at))
        elif self.clause == "from" and (word in _JOIN_WORDS or word in ("on", "using")):
            self._join(at, word)
        elif word == "is":
            self._is(at)
        elif word == "like" and self._has_escape(at):
            self.query.out[at] = "ILIKE"
        elif word == "glob":
            self._glob(at)
        elif word == "collate":
            self._collate(at)
        elif word in _NOW:
            self.query.out[at] = _NOW[word]
        elif word in _ROW_NUMBER and not self._is_made(word):
            self.query.out[at] = "_rowid_"
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
        elif self.clause == "limit":
            self.query.out[self.limit], self.query.out[at] = "OFFSET", " LIMIT "

    def _end_key(self) -> None:
        if "nulls" not in self.key_has and self.query.word(self.last) != "by":
            self.query.out[self.last] += f" NULLS {'LAST' if 'desc' in self.key_has else 'FIRST'}"
        self.key_has = frozenset()

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
        alias = query.next(table)
        if query.word(alias) == "as":
            alias = query.next(alias)
        return query.mark(alias) if self._names_table(alias) else query.mark(table)

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
        if is_select and (is_table or query.word(last) == "as"):
            query.out[closed] = inside.natural_order() + query.out[closed]
        if is_table:
            if is_select:
                self._name_if_unnamed(closed, query.unnamed_table())
        elif query.word(last) in ("cast", "char") or query.word(last) not in (*KEYWORDS, ""):
            rewrite_call(query, last, opened)
            if query.word(last) == "json_each" and self._is_place_of_table(query.previous(last)):
                self._name_if_unnamed(closed, " AS json_each")

    # --- words ----------------------------------------------------------------------------------

    def _is(self, at: int) -> None:
        query = self.query
        right = query.next(at)
        negation = right if query.word(right) == "not" else None
        if negation is not None:
            right = query.next(right)
        if query.word(right) in _IS_OF_ITS_OWN:
            return
        if negation is None:
            query.out[at] = "IS NOT DISTINCT FROM"
        else:
            query.out[at], query.out[negation] = "IS DISTINCT FROM", ""

    def _collate(self, at: int) -> None:
        """NOCASE is lower case, on the other side of a comparison too."""
        query = self.query
        name = query.next(at)
        how = query.name(name) if name < self.stop else ""
        if how == "binary":
            query.out[name] = 'U&"C"'  # whatever column is called like it
        if how not in ("nocase", "rtrim"):
            return
        function = "lower" if how == "nocase" else "rtrim"
        query.out[at] = query.out[name] = ""
        start = query.term_start(self.last)
        query.put(f"{function}(", start, self.last, ' COLLATE "C")')
        before, after = query.previous(start), query.next(name)
        if query.mark(before) in _COMPARISONS:
            other = query.previous(before)
            query.put(f"{function}(", query.term_start(other), other, ' COLLATE "C")')
        elif query.mark(after) in _COMPARISONS:
            other = query.next(after)
            if query.tokens[other].kind == "text":
                query.put(f"{function}(", other, other, ' COLLATE "C")')

    def _glob(self, at: int) -> None:
        negation = self.last if self.query.word(self.last) == "not" else None
        self.query.out[at] = "<~>"
        if negation is not None:
            self.query.out[negation], self.query.out[at] = "", "!<~>"

    def _is_made(self, name: str) -> bool:
        return name in self.query.names.known or name in self.query.aliases

    def _has_escape(self, at: int) -> bool:
        query = self.query
        while at < self.stop:
            at = query.next(max(query.partners.get(at, at), at))
            if query.word(at) == "escape":
                return True
            if query.word(at) in _ENDS_COMPARISON or query.mark(at) in (",", ")"):
                return False
        return False

    def _in_double_quotes(self, at: int, name: str) -> None:
        """What stands in double quotes is a text where it is the name of nothing."""
        query = self.query
        if self._is_made(name.lower()):
            return
        last = self.last
        if query.ends_value(last) or query.word(last) in ("as", "from", "join", "with", "collate"):
            return
        if "." in (query.mark(last), query.mark(query.next(at))) or self._is_place_of_table(last):
            return
        query.out[at] = "'" + name.replace("'", "''") + "'"
