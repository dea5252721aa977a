import pytest

from core_app.sql_statements import statements


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("select 1", ["select 1"]),
        ("select 1; select 2 ;", ["select 1;", "select 2 ;"]),
        ("select ';'; select 2", ["select ';';", "select 2"]),
        ("-- a;\nselect 1", ["-- a;\nselect 1"]),
        (
            "create trigger t after insert on a begin delete from a; end; select 1",
            ["create trigger t after insert on a begin delete from a; end;", "select 1"],
        ),
        (";;", []),
        ("", []),
    ],
)
def test_statements(text, found):
    assert list(statements(text)) == found
