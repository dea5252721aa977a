from __future__ import annotations

import pytest

from collections_app.schema import indexes


@pytest.mark.parametrize(
    ("_case", "text", "canonical"),
    [
        ("backquoted", "CREATE INDEX `i` ON `t` (`a`)", "CREATE INDEX `i` ON `t` (`a`)"),
        ("small, bare", "create index i on t (a)", "CREATE INDEX `i` ON `t` (`a`)"),
        ("unique", "create unique index i on t (a)", "CREATE UNIQUE INDEX `i` ON `t` (`a`)"),
        ("double quotes", 'CREATE INDEX "i" ON "t" ("a")', "CREATE INDEX `i` ON `t` (`a`)"),
        ("brackets", "CREATE INDEX [i] ON [t] ([a])", "CREATE INDEX `i` ON `t` (`a`)"),
        ("several", "create index i on t (a, b)", "CREATE INDEX `i` ON `t` (\n  `a`,\n  `b`\n)"),
        ("sorted", "create index i on t (a desc)", "CREATE INDEX `i` ON `t` (`a` DESC)"),
        (
            "collated",
            "create index i on t (a collate nocase asc)",
            "CREATE INDEX `i` ON `t` (`a` COLLATE nocase ASC)",
        ),
        (
            "optional",
            "CREATE INDEX IF NOT EXISTS i ON t (a)",
            "CREATE INDEX IF NOT EXISTS `i` ON `t` (`a`)",
        ),
        ("schema", "CREATE INDEX main.i ON t (a)", "CREATE INDEX `main`.`i` ON `t` (`a`)"),
        (
            "condition",
            "create index i on t(a) where a > 1",
            "CREATE INDEX `i` ON `t` (`a`) WHERE a > 1",
        ),
        (
            "condition in parentheses",
            "create index i on t(a) where (a > 1) and (b = ')')",
            "CREATE INDEX `i` ON `t` (`a`) WHERE (a > 1) and (b = ')')",
        ),
        ("expression", "create index i on `t` (lower(a))", "CREATE INDEX `i` ON `t` (lower(a))"),
        ("spaced expression", "create index i on t(a || b)", "CREATE INDEX `i` ON `t` (a || b)"),
        (
            "empty columns",
            "create index i on t(a,, b,)",
            "CREATE INDEX `i` ON `t` (\n  `a`,\n  `b`\n)",
        ),
        ("words before", "xx create index i on t(a)", "CREATE INDEX `i` ON `t` (`a`)"),
        ("no table", "create index i on (a)", "CREATE INDEX `i` ON `` (`a`)"),
        ("line breaks", " CREATE  INDEX\n`i`\nON `t`\n(`a`) ", "CREATE INDEX `i` ON `t` (`a`)"),
    ],
)
def test_canonical_form(_case, text, canonical):
    assert str(indexes.parse(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "nope",
        "DROP INDEX x",
        "CREATE INDEX ON t (a)",
        "CREATE INDEX `` ON t (a)",
        "CREATE INDEX i ON t ()",
        "CREATE INDEX i ON t",
        "CREATE INDEX i ON t (a",
        "CREATE INDEX i ON t (a);",
        "CREATE INDEX i ON t (a); DROP TABLE t",
        "CREATE INDEX i ON t (a) foo",
        "CREATE INDEX i ON t (a) where",
        "CREATE INDEX `i b` ON t (a)",
        "CREATE INDEX i.j.k ON t (a)",
        "CREATE INDEX i ON t (a COLLATE `x)",
    ],
)
def test_not_understood(text):
    assert indexes.parse(text) is None


@pytest.mark.parametrize(
    ("_case", "text", "kept"),
    [
        ("own table", "create index i on posts (a)", "create index i on posts (a)"),
        ("other table", "create index i on x (a)", "CREATE INDEX `i` ON `posts` (`a`)"),
        ("other case", "create index i on Posts (a)", "CREATE INDEX `i` ON `posts` (`a`)"),
        ("not understood", "nope", "nope"),
    ],
)
def test_rewritten(_case, text, kept):
    assert indexes.rewritten(text, "posts") == kept


def test_unique_on_finds_the_index_of_one_column():
    statements = [
        "CREATE INDEX a ON t (email)",
        "CREATE UNIQUE INDEX b ON t (email, name)",
        "CREATE UNIQUE INDEX c ON t (EMAIL) WHERE email != ''",
    ]
    found = indexes.unique_on(statements, "email")
    assert found is not None
    assert found.name == "c"
    assert indexes.unique_on(statements, "name") is None


def test_with_unique_adds_one_index():
    added = indexes.with_unique((), "idx_" + "x" * 70, "t", "email", "`email` != ''")
    assert added == (f"CREATE UNIQUE INDEX `idx_{'x' * 60}` ON `t` (`email`) WHERE `email` != ''",)
    assert indexes.with_unique(added, "other", "t", "email") == added
