"""A view's query as its tokens, and what the names in it stand for. Knows no clauses."""

from __future__ import annotations

from collections_app.schema_edit.dialects.rewriting import Rewriting
from collections_app.schema_edit.dialects.sqlite_tokens import Token
from collections_app.schema_edit.dialects.translation import KEYWORDS, Names, words

#: functions that give tables of what is in JSON
JSON_TABLES = words("json_each json_tree jsonb_each jsonb_tree")
_EXTRACTS = words("json_extract jsonb_extract")
_OF_JSON_TABLES = words("key value atom")
_ARROWS = frozenset(("->", "->>"))
_NOTHING = Token("blank", "", 0)


class ViewTokens(Rewriting):
    """A query for SQLite, without its hints of indexes; rows of ``tables`` are numbered."""

    def __init__(
        self, text: str, names: Names, tables: frozenset[str], from_json: frozenset[str]
    ) -> None:
        super().__init__(text)
        self.names = names
        self._unnamed = 0
        self._drop_hints()
        made_here = {
            self.name(at)
            for at in range(len(self.tokens))
            if self.word(self.next(at)) == "as" and self.mark(self.next(self.next(at))) == "("
        }
        self.tables = {table.lower() for table in tables} - made_here
        aliases = [
            at
            for at, token in enumerate(self.tokens)
            if token.kind in ("word", "name") and self.is_alias(at)
        ]
        self.aliases = {self.name(at) for at in aliases}
        self._has_json_tables = any(token.lower in JSON_TABLES for token in self.tokens)
        #: what the query calls values that it reads from JSON
        self._read_from_json = set(from_json)
        self._from_views = from_json
        for at in aliases:
            if self.reads_json(self._start_of_column(at), at):
                self._read_from_json.add(self.name(at))

    def reads_json(self, start: int, stop: int) -> bool:
        """Return whether what stands there gives values from JSON, which may be of any type."""
        return any(self._reads_json(at) for at in range(start, stop))

    def reads_text(self, start: int, stop: int) -> bool:
        """Return whether lists and objects are texts there: by ``->>``, or from other views."""
        return any(
            self.mark(at) == "->>" or self.name(at) in self._from_views for at in range(start, stop)
        )

    def _reads_json(self, at: int) -> bool:
        token = self.tokens[at]
        if token.text == "->>" or token.lower in _EXTRACTS:
            return True
        name = token.name.lower() or token.lower
        if name in _OF_JSON_TABLES:
            return self._has_json_tables
        return name in self._read_from_json

    def _start_of_column(self, alias: int) -> int:
        """Return the first token of the column or table that gets a name."""
        at = alias - 1
        while at >= 0 and self.mark(at) not in (",", "(") and self.word(at) not in _BEFORE_COLUMN:
            at = min(self.partners.get(at, at), at) - 1
        return at + 1

    def _drop_hints(self) -> None:
        """Make blanks of ``INDEXED BY name`` and ``NOT INDEXED``: they change no result."""
        for at in range(len(self.tokens)):
            if self.word(at) != "indexed":
                continue
            before, after = self.previous(at), self.next(at)
            hint: tuple[int, ...] = ()
            if self.word(before) == "not":
                hint = (before, at)
            elif self.word(after) == "by" and self.next(after) < len(self.tokens):
                hint = (at, after, self.next(after))
            for place in hint:
                self.tokens[place], self.out[place] = _NOTHING, ""

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

    def operand_start(self, at: int) -> int:
        """Return the first token of the term that ends with one, arrows into JSON included."""
        start = self.term_start(at)
        while self.mark(self.previous(start)) in _ARROWS:
            start = self.term_start(self.previous(self.previous(start)))
        return start

    def operand_end(self, at: int) -> int:
        """Return the last token of the term that begins with one, arrows into JSON included."""
        end = self.partners.get(at, at)
        while self.mark(end + 1) == "." and end + 2 < len(self.tokens):
            end += 2
        if self.mark(end + 1) == "(" and self.word(end):
            end = self.partners.get(end + 1, end)
        if self.mark(self.next(end)) in _ARROWS:
            return self.operand_end(self.next(self.next(end)))
        return end

    def unnamed_table(self) -> str:
        self._unnamed += 1
        return f' AS "unnamed_{self._unnamed}"'

    def is_schema(self, at: int) -> bool:
        """Return whether a name is no table's, but stands before a table's: ``main.posts``."""
        return not self.is_made(self.name(at)) and self.mark(at + 1) == "."

    def is_table(self, at: int) -> bool:
        """Return whether a word is a table's name for where it stands."""
        return self.word(self.previous(at)) in ("from", "join") or self.mark(at + 1) == "."

    def is_alias(self, at: int) -> bool:
        before = self.previous(at)
        if self.word(before) == "as":
            return True
        return self.ends_value(before) and self.tokens[at].lower not in KEYWORDS

    def is_made(self, name: str) -> bool:
        """Return whether a name, in lower case, is that of a table, a column or an alias."""
        return name in self.names.known or name in self.aliases


_BEFORE_COLUMN = words("select distinct from join where group order having")
