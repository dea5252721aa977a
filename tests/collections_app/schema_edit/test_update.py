from __future__ import annotations

import pytest

from collections_app.schema import lookup
from collections_app.schema_edit import service
from core_app.errors import ApiError, NotFound
from tests.makers import file, number, relation, select, text


def update(name, /, **data):
    return service.update(lookup.get(name), data)


def refusal(name, /, **data):
    with pytest.raises(ApiError) as caught:
        update(name, **data)
    return caught.value.body()


def fields_of(name):
    return [item.to_json() for item in lookup.get(name).fields]


@pytest.fixture
def posts(make_collection, make_record):
    made = make_collection(
        "posts",
        text("title", id="t"),
        number("n", id="n"),
        indexes=["CREATE INDEX `by_title` ON `posts` (`title`)"],
    )
    make_record(made, title="first", n=1)
    make_record(made, title="second", n=2)
    return made


def test_absent_keys_keep_what_is_there(posts):
    changed = update("posts", listRule="")
    assert (changed.list_rule, changed.indexes) == ("", posts.indexes)
    assert [item.to_json() for item in changed.fields] == [item.to_json() for item in posts.fields]
    assert (changed.id, changed.created) == (posts.id, posts.created)


def test_created_can_be_changed_and_updated_cannot(posts):
    moment = "2020-01-02 03:04:05.678Z"
    changed = update("posts", created=moment, updated=moment)
    assert (changed.created, changed.updated) != (posts.created, moment)
    assert changed.created == moment


def test_rename_keeps_rows_and_moves_indexes(posts, table_sql, index_sql, stored):
    changed = update("posts", name="articles")
    assert (changed.id, changed.name) == (posts.id, "articles")
    assert changed.indexes == ("CREATE INDEX `by_title` ON `articles` (`title`)",)
    assert index_sql("articles") == list(changed.indexes)
    assert table_sql("posts") is None
    assert stored("articles", "title", "n") == [("first", 1), ("second", 2)]


def test_another_case_keeps_the_table(posts, table_sql, stored):
    assert update("posts", name="Posts").name == "Posts"
    assert table_sql("posts") is not None
    assert len(stored("Posts", "title")) == 2


def test_rename_fields_keeps_values(posts, stored):
    update(
        "posts",
        fields=[text("headline", id="t"), number("n", id="n")],
        indexes=["CREATE INDEX `by_title` ON `posts` (`headline`)"],
    )
    assert stored("posts", "headline", "n") == [("first", 1), ("second", 2)]


def test_swap_names(posts, stored):
    update("posts", fields=[text("n", id="t"), number("title", id="n")])
    assert stored("posts", "n", "title") == [("first", 1), ("second", 2)]


@pytest.mark.sqlite
def test_renaming_a_field_does_not_rewrite_its_index(posts, everything):
    before = everything()
    assert refusal("posts", fields=[text("headline", id="t"), number("n", id="n")]) == {
        "data": {
            "indexes": {
                "0": {
                    "code": "validation_invalid_index_expression",
                    "message": (
                        "Failed to create index by_title - "
                        "SQL logic error: no such column: title (1)."
                    ),
                }
            }
        },
        "message": "Failed to update collection.",
        "status": 400,
    }
    assert everything() == before


def test_add_and_drop_fields(posts, stored):
    kept = [text("title", id="t")]
    update("posts", fields=[*kept, number("stars"), select("tags", "a", "b", maxSelect=2)])
    rows = stored("posts", "title", "stars", "tags")
    assert rows == [("first", 0, "[]"), ("second", 0, "[]")]
    assert lookup.get("posts").columns == ("id", "title", "stars", "tags")


def test_no_fields_leaves_the_id(posts):
    assert update("posts", fields=[], indexes=[]).columns == ("id",)


def test_the_same_name_without_id_keeps_the_column(posts, stored):
    made = service.create({"name": "plain", "fields": [text("a")]})
    update("plain", fields=[text("a", max=5)])
    assert lookup.get("plain").by_name["a"].id == made.by_name["a"].id


def test_another_type_without_id_is_another_column(make_collection, make_record, stored):
    make_record(make_collection("plain", text("a")), a="5")
    update("plain", fields=[number("a")])
    assert stored("plain", "a") == [(0,)]


@pytest.mark.parametrize(
    ("_case", "data", "errors"),
    [
        ("type", {"type": "auth"}, {"type": "validation_collection_type_change"}),
        ("system", {"system": True}, {"system": "validation_collection_system_flag_change"}),
        ("id", {"id": "other"}, {"id": "validation_values_mismatch"}),
        ("name", {"name": "users"}, {"name": "validation_collection_name_exists"}),
        (
            "type of a field",
            {"fields": [number("title", id="t")]},
            {"fields": {"1": "validation_field_type_change"}},
        ),
        (
            "a rule loses its field",
            {"listRule": "n = 1", "fields": [text("title", id="t")]},
            {"listRule": "validation_invalid_rule"},
        ),
    ],
)
@pytest.mark.usefixtures("posts")
def test_refusals_change_nothing(everything, _case, data, errors):
    before = everything()
    found = refusal("posts", **data)["data"]
    assert {key: found[key].get("code") or _codes(found[key]) for key in errors} == errors
    assert everything() == before


def _codes(data):
    return {key: item["code"] for key, item in data.items()}


@pytest.mark.parametrize(
    ("_case", "data", "key", "code"),
    [
        ("name", {"name": "x"}, "name", "validation_collection_system_name_change"),
        ("rule", {"listRule": ""}, "listRule", "validation_collection_system_rule_change"),
        ("fields", {"fields": []}, "fields", "validation_system_field_change"),
        (
            "unique index",
            {"indexes": []},
            "indexes",
            "validation_invalid_unique_system_field_index",
        ),
    ],
)
def test_system_collections_stay(everything, _case, data, key, code):
    before = everything()
    assert refusal("_authOrigins", **data)["data"][key]["code"] == code
    assert everything() == before


def test_a_unique_index_on_a_system_field_may_change_its_looks(db):
    changed = update(
        "_authOrigins",
        indexes=[
            "create unique index other on x (collectionRef desc, recordRef collate nocase, "
            "fingerprint) where fingerprint != ''"
        ],
    )
    assert len(changed.indexes) == 1


def test_a_relation_never_changes_its_target(make_collection):
    first, second = make_collection("first"), make_collection("second")
    made = make_collection("links", relation("r", first, id="r"))
    assert refusal("links", fields=[relation("r", second, id="r")])["data"] == {
        "fields": {
            "1": {
                "collectionId": {
                    "code": "validation_field_relation_change",
                    "message": "The relation collection cannot be changed.",
                }
            }
        }
    }
    assert update("links", fields=[relation("self", made)]).by_name["self"].relation_target


@pytest.mark.usefixtures("db")
def test_nothing_is_stored_for_a_collection_that_is_gone(make_collection):
    made = make_collection("posts")
    service.delete(made)
    with pytest.raises(NotFound):
        service.update(made, {"listRule": ""})


def test_to_several_and_back(make_collection, make_record, stored, table_sql):
    target = make_collection("targets")
    one, two = make_record(target).id, make_record(target).id
    make_collection(
        "things",
        select("s", "a", "b", id="s"),
        select("m", "a", "b", id="m", maxSelect=2),
        relation("r", target, id="r"),
        relation("rs", target, id="rs", maxSelect=2),
        file("f", id="f"),
        text("last", id="l"),
        indexes=["create index i on things (s)"],
    )
    make_record("things", s="a", m=["a", "b"], r=one, rs=[one, two], last="x")
    make_record("things", last="y")
    update(
        "things",
        fields=[
            select("s", "a", "b", id="s", maxSelect=2),
            select("m", "a", "b", id="m"),
            relation("r", target, id="r", maxSelect=2),
            relation("rs", target, id="rs", maxSelect=1),
            file("f", id="f", maxSelect=9),
            text("last", id="l"),
        ],
    )
    assert stored("things", "s", "m", "r", "rs", "f", "last") == [
        ('["a"]', "b", f'["{one}"]', two, "[]", "x"),
        ("[]", "", "[]", "", "[]", "y"),
    ]
    sql = table_sql("things")
    assert "`s` JSON DEFAULT '[]' NOT NULL" in sql
    assert "`m` TEXT DEFAULT '' NOT NULL" in sql
    record = lookup.get_model("things").objects.get(last="x")
    assert (record["s"], record["m"], record["r"], record["rs"]) == (["a"], "b", [one], two)


def test_to_several_together_with_a_rename(make_collection, make_record, stored):
    make_collection("things", select("s", "a", id="s"), select("t", "a", "b", id="t", maxSelect=2))
    make_record("things", s="a", t=["a", "b"])
    update(
        "things",
        fields=[select("t", "a", id="s", maxSelect=1), select("s", "a", "b", id="t", maxSelect=1)],
    )
    assert stored("things", "t", "s") == [("a", "b")]


def test_views_survive_a_rebuilt_column(make_collection, make_record, stored, table_sql):
    make_collection("things", select("s", "a", id="s"))
    make_record("things", s="a")
    make_collection("seen", type="view", viewQuery="select id, s as chosen from things")
    update("things", fields=[select("s", "a", "b", id="s", maxSelect=2)])
    assert stored("seen", "chosen") == [('["a"]',)]
    assert lookup.get("seen").by_name["chosen"].is_multiple


def test_single_relations_have_an_index_of_their_own(make_collection, index_sql):
    target = make_collection("targets")
    one, two, many = (
        relation("one", target, id="o"),
        relation("two", target, id="t"),
        relation("many", target, id="m", maxSelect=2),
    )
    own = "CREATE INDEX `own` ON `links` (\n  `two`,\n  `id`\n)"
    made = make_collection("links", one, two, many, id="links_id", indexes=[own])
    assert index_sql("links") == [own, "CREATE INDEX `_relation_links_id_o` ON `links` (`one`)"]
    changed = {"fields": [{**one, "name": "first"}, two, {**many, "maxSelect": 1}], "indexes": []}
    service.update(made, {**changed, "name": "renamed"})
    assert index_sql("renamed") == [
        "CREATE INDEX `_relation_links_id_o` ON `renamed` (`first`)",
        "CREATE INDEX `_relation_links_id_t` ON `renamed` (`two`)",
        "CREATE INDEX `_relation_links_id_m` ON `renamed` (`many`)",
    ]
    update("renamed", fields=[{**one, "name": "first", "maxSelect": 2}])
    assert index_sql("renamed") == []


def test_a_name_that_sqlite_refuses(make_collection, everything):
    make_collection("posts")
    before = everything()
    assert refusal("posts", name="sqlite_x") == {
        "data": {},
        "message": (
            "Failed to update collection. Raw error: \n"
            "SQL logic error: object name reserved for internal use: sqlite_x (1)."
        ),
        "status": 400,
    }
    assert everything() == before
