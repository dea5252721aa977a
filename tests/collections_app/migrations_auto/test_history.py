from __future__ import annotations

import ast
import subprocess

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from ruff import find_ruff_bin

from collections_app.migrations_auto import writer
from collections_app.migrations_auto.operations import CannotApply
from collections_app.schema import lookup, snapshot
from collections_app.schema_edit import bulk_import, journal, service
from core_app.errors import BadRequest
from tests.makers import file, number, relation, select, text


def applied():
    rows = MigrationRecorder(connection).migration_qs.filter(app="schema").order_by("name")
    return list(rows.values_list("name", flat=True))


def fields_of(name):
    return [field.to_json() for field in lookup.get(name).fields]


def update(collection, /, **data):
    return service.update(lookup.get(collection), data)


def test_each_change_is_a_file_named_by_what_it_does(history, folder):
    history(service.create, {"name": "orders", "fields": [text("title")]})
    history(update, "orders", fields=[*fields_of("orders"), number("total")])
    history(update, "orders", listRule="", viewRule="id != ''")
    history(
        update,
        "orders",
        fields=[
            {**item, "name": "sum"} if item["name"] == "total" else item
            for item in fields_of("orders")
        ],
    )
    history(update, "orders", fields=[item for item in fields_of("orders") if item["name"] == "id"])
    history(update, "orders", name="sales")
    history(update, "sales", indexes=["create index i on sales (id)"])
    names = history(lambda: service.delete(lookup.get("sales")))
    assert (
        names
        == applied()
        == [
            "0001_orders_create",
            "0002_orders_add_total",
            "0003_orders_rules",
            "0004_orders_rename_total_to_sum",
            "0005_orders_remove_title_and_1_more",
            "0006_orders_rename_to_sales",
            "0007_sales_indexes",
            "0008_sales_delete",
        ]
    )
    assert sorted(path.name for path in folder.iterdir()) == [
        *(f"{name}.py" for name in names),
        "__init__.py",
    ]


def test_what_changes_nothing_writes_nothing(history, create):
    create("orders", text("title"))
    assert len(history(update, "orders")) == 1
    assert len(history(update, "users", authToken={"secret": "x" * 50})) == 1


def test_a_refused_change_leaves_no_file(history, create, folder):
    create("orders")
    with pytest.raises(BadRequest):
        history(update, "orders", listRule="nope = 1")
    assert writer.names_on_disk() == applied() == ["0001_orders_create"]


def test_off(history, settings):
    settings.HOLDALL_AUTOMIGRATE = False
    assert history(service.create, {"name": "orders"}) == applied() == []


def test_numbers_given_elsewhere_are_not_given_again(history, create, folder):
    create("orders")
    MigrationRecorder(connection).record_applied("schema", "0007_gone")
    assert history(service.create, {"name": "b"}) == ["0001_orders_create", "0008_b_create"]


def test_the_text_of_a_file(history, create, folder):
    create("orders", text("title", required=True))
    history(update, "orders", listRule='title = "a"')
    source = (folder / "0002_orders_rules.py").read_text()
    assert (
        source
        == '''\
"""Orders: list rule: superusers only -> title = 'a'."""

from django.db import migrations

from collections_app.migrations_auto.operations import SaveCollection


class Migration(migrations.Migration):
    dependencies = [("schema", "0001_orders_create")]

    operations = [
        SaveCollection(
            id="pbc_3527180448",
            name="orders",
            before={"listRule": None},
            after={"listRule": 'title = "a"'},
        ),
    ]
'''
    )


def test_secrets_never_enter_a_file(history, create, folder):
    provider = {"name": "google", "clientId": "id-of-client", "clientSecret": "secret-of-client"}
    create(
        "members",
        type="auth",
        authToken={"secret": "secret-of-tokens" * 3, "duration": 100},
        oauth2={"enabled": True, "providers": [provider]},
    )
    history(update, "members", oauth2={"enabled": False}, fileToken={"secret": "y" * 40})
    history(lambda: service.delete(lookup.get("members")))
    written = "".join(path.read_text() for path in folder.glob("*.py"))
    assert "secret" not in written.replace("secret_", "")
    assert "client" not in written
    assert '"authToken": {"duration": 100}' in written


CHANGES = [
    lambda: service.create(
        {
            "name": "Posts",
            "fields": [
                text("title", required=True),
                select("tags", "a", "b", maxSelect=2),
                file("cover"),
            ],
            "indexes": ["CREATE INDEX `idx_title` ON `Posts` (`title`) WHERE `title` != ''"],
            "listRule": "@request.auth.id != ''\n  && title != \"\\\\\"",
        }
    ),
    lambda: service.create(
        {"name": "notes", "fields": [relation("post", lookup.get("Posts").id, cascadeDelete=True)]}
    ),
    lambda: update("Posts", fields=[*fields_of("Posts"), relation("parent", lookup.get("Posts"))]),
    lambda: service.create(
        {"name": "seen", "type": "view", "viewQuery": "select id,\n title from Posts"}
    ),
    lambda: update("Posts", fields=list(reversed(fields_of("Posts")))),
    lambda: update(
        "Posts",
        fields=[
            number("likes", min=1.5),
            *(
                {**item, "maxSelect": 1} if item["name"] == "tags" else item
                for item in fields_of("Posts")
            ),
        ],
    ),
    lambda: update("seen", viewQuery="select id, email as mail from users"),
    lambda: update("Posts", name="articles"),
    lambda: service.create({"name": "members", "type": "auth", "mfa": {"duration": 900}}),
    lambda: update("members", authRule="verified = true", otp={"enabled": True, "length": 6}),
    lambda: update("users", fields=[*fields_of("users"), text("nick")], listRule=None),
    lambda: update("notes", softDelete=True, trashRule="post != ''", softDeleteRetentionDays=9),
    lambda: update("seen", viewQuery="select id, likes from articles"),
    lambda: update("notes", softDelete=False),
    lambda: bulk_import.run(
        [
            {"id": "aaa", "name": "a", "fields": [relation("b", "bbb")], "listRule": "b.a.id = ''"},
            {
                "id": "bbb",
                "name": "b",
                "fields": [relation("a", "aaa")],
                "listRule": "@collection.v.id = id && a_via_b.id != ''",
            },
            {
                "name": "v",
                "type": "view",
                "viewQuery": "select id, a from b",
                "listRule": "a != ''",
            },
        ]
    ),
    lambda: service.delete(lookup.get("seen")),
    lambda: service.delete(lookup.get("notes")),
    lambda: service.delete(lookup.get("articles")),
    lambda: bulk_import.run(
        [
            {"name": "a", "listRule": None},
            {"id": "ccc", "name": "b", "listRule": None, "fields": [text("x")]},
        ],
        delete_missing=True,
    ),
]


def test_another_machine_arrives_at_the_same(history, other_machine, migrate, state):
    states = [state()]
    names = []
    for change in CHANGES:
        names = history(change)
        states.append(state())
    assert len(names) == len(CHANGES) == len(applied())
    other_machine()
    migrate("zero")
    for at, name in enumerate(names):
        migrate(name)
        assert (name, state()) == (name, states[at + 1])
    for at, name in reversed(list(enumerate(["zero", *names[:-1]]))):
        migrate(name)
        assert (name, state()) == (name, states[at])
    migrate()
    assert state() == states[-1]
    assert applied() == names


def test_back_over_a_time_when_a_view_was_broken(history, create, migrate):
    create("posts", text("title"))
    create("seen", type="view", viewQuery="select id, title from posts")
    history(update, "posts", name="articles")
    history(update, "seen", viewQuery="select id, title as t from articles")
    migrate("0002")
    assert lookup.get("seen").options["viewQuery"] == "select id, title from posts"
    assert lookup.get("seen").columns == ("id", "title")
    migrate()
    assert lookup.get("seen").columns == ("id", "t")


def test_a_broken_view_keeps_no_other_collection_from_going(history, create, migrate):
    create("posts", text("title"))
    create("seen", type="view", viewQuery="select id, title from posts")
    history(update, "posts", name="articles")
    create("other", text("a"))
    there = {item.name for item in snapshot.current().collections}
    migrate("0003")
    assert {item.name for item in snapshot.current().collections} == there - {"other"}
    migrate()
    migrate("zero")
    assert {item.name for item in snapshot.current().collections} == there - {
        *("other", "articles", "seen")
    }


def test_fields_of_two_branches_both_stay(history, create, other_machine, migrate, folder):
    create("orders", text("title"))
    history(update, "orders", fields=[*fields_of("orders"), number("total")])
    other_machine()
    migrate("0001")
    with journal.paused():
        update("orders", fields=[*fields_of("orders"), text("mine")])
    migrate("0002")
    assert lookup.get("orders").columns == ("id", "title", "mine", "total")


def test_a_creation_of_what_is_there_makes_it_the_same(history, create, migrate, other_machine):
    create("orders", text("title"), listRule="")
    other_machine()
    with journal.paused():
        service.create({"name": "orders", "fields": [text("other")]})
    migrate("0001")
    assert (lookup.get("orders").columns, lookup.get("orders").list_rule) == (("id", "title"), "")


def test_what_cannot_be_applied_says_why(history, create, migrate, other_machine):
    create("posts")
    history(service.create, {"name": "notes", "fields": [relation("post", lookup.get("posts").id)]})
    other_machine()
    migrate("0001")
    with journal.paused():
        service.delete(lookup.get("posts"))
    with pytest.raises(CannotApply) as caught:
        migrate("0002")
    assert str(caught.value) == (
        'cannot create the base collection "notes" with id, post: '
        "fields.1.collectionId: The relation collection doesn't exist."
    )
    assert lookup.find("notes") is None


def test_files_are_formatted_python(history, folder):
    for change in CHANGES:
        history(change)
    for path in folder.glob("*.py"):
        ast.parse(path.read_text())
    formatter = [find_ruff_bin(), "format", "--diff", "--config", "line-length = 100"]
    checked = subprocess.run([*formatter, folder], capture_output=True, text=True, timeout=60)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr
