from __future__ import annotations

from dataclasses import replace

import pytest

from collections_app import hooks
from collections_app.schema import lookup, snapshot
from collections_app.schema_edit import service
from core_app.errors import ApiError, BadRequest
from core_app.hooks import on
from tests.makers import (
    autodate,
    boolean,
    date,
    editor,
    email,
    field,
    file,
    geo_point,
    json_field,
    number,
    password,
    relation,
    select,
    text,
    url,
)


def refusal(data):
    with pytest.raises(ApiError) as caught:
        service.create(data)
    return caught.value.body()


def test_every_type_of_column(make_collection, table_sql):
    target = make_collection("targets")
    make_collection(
        "things",
        text("a_text"),
        number("b_number"),
        boolean("c_bool"),
        email("d_email"),
        url("e_url"),
        editor("f_editor"),
        date("g_date"),
        autodate("h_autodate", onCreate=True),
        select("i_select", "x", "y"),
        select("j_selects", "x", "y", maxSelect=2),
        file("k_file"),
        file("l_files", maxSelect=2),
        relation("m_relation", target),
        relation("n_relations", target, maxSelect=2),
        json_field("o_json"),
        geo_point("p_point"),
        password("q_password"),
    )
    empty_text = "TEXT DEFAULT '' NOT NULL"
    empty_list = "JSON DEFAULT '[]' NOT NULL"
    columns = [
        f"`a_text` {empty_text}",
        "`b_number` NUMERIC DEFAULT 0 NOT NULL",
        "`c_bool` BOOLEAN DEFAULT FALSE NOT NULL",
        f"`d_email` {empty_text}",
        f"`e_url` {empty_text}",
        f"`f_editor` {empty_text}",
        f"`g_date` {empty_text}",
        f"`h_autodate` {empty_text}",
        f"`i_select` {empty_text}",
        "`id` TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL",
        f"`j_selects` {empty_list}",
        f"`k_file` {empty_text}",
        f"`l_files` {empty_list}",
        f"`m_relation` {empty_text}",
        f"`n_relations` {empty_list}",
        "`o_json` JSON DEFAULT NULL",
        """`p_point` JSON DEFAULT '{"lon":0,"lat":0}' NOT NULL""",
        f"`q_password` {empty_text}",
    ]
    assert table_sql("things") == f"CREATE TABLE `things` ({', '.join(columns)})"


def test_ids_are_stable_and_step_aside(db):
    assert service.create({"name": "cid3"}).id == "pbc_3600670555"
    service.create({"name": "other", "id": "pbc_2343250684"})
    assert service.create({"name": "posts", "id": ""}).id == "pbc_1125843985"
    renamed = service.update(lookup.get("posts"), {"name": "articles"})
    assert renamed.id == "pbc_1125843985"
    assert service.create({"name": "posts"}).id == "pbc_11258439852"


def test_indexes_are_made_in_canonical_form(make_collection, index_sql):
    made = make_collection(
        "posts",
        text("title"),
        indexes=["create index a on posts (title)", "create unique index b on x (title, id)"],
    )
    canonical = [
        "CREATE INDEX `a` ON `posts` (`title`)",
        "CREATE UNIQUE INDEX `b` ON `posts` (\n  `title`,\n  `id`\n)",
    ]
    assert made.indexes == ("create index a on posts (title)", canonical[1])
    assert index_sql("posts") == canonical


@pytest.mark.parametrize(
    ("_case", "data", "errors"),
    [
        ("blank name", {}, {"name": "validation_required"}),
        ("long name", {"name": "x" * 256}, {"name": "validation_length_out_of_range"}),
        ("via", {"name": "a_VIA_b"}, {"name": "validation_found_via"}),
        ("format", {"name": "a b"}, {"name": "validation_match_invalid"}),
        ("line end", {"name": "a\n"}, {"name": "validation_match_invalid"}),
        ("taken name", {"name": "USERS"}, {"name": "validation_collection_name_exists"}),
        (
            "an id as name",
            {"name": "_pb_users_auth_"},
            {"name": "validation_collection_name_id_duplicate"},
        ),
        ("table", {"name": "_params"}, {"name": "validation_collection_name_invalid"}),
        (
            "table of theirs",
            {"name": "_Migrations"},
            {"name": "validation_collection_name_invalid"},
        ),
        ("our table", {"name": "_VERSIONS"}, {"name": "validation_collection_name_invalid"}),
        ("long id", {"name": "a", "id": "x" * 101}, {"id": "validation_length_out_of_range"}),
        ("id format", {"name": "a", "id": "a-b"}, {"id": "validation_match_invalid"}),
        (
            "taken id",
            {"name": "a", "id": "_pb_users_auth_"},
            {"id": "validation_invalid_or_existing_id"},
        ),
        (
            "unknown type",
            {"name": "a", "type": "nope"},
            {"type": "validation_in_invalid"},
        ),
        ("rule", {"name": "a", "listRule": "nope = 1"}, {"listRule": "validation_invalid_rule"}),
        (
            "several",
            {"name": "", "id": "-"},
            {"id": "validation_match_invalid", "name": "validation_required"},
        ),
        (
            "duplicate names",
            {"name": "a", "fields": [text("b"), text("B")]},
            {"fields": {"2": {"name": "validation_duplicated_field_name"}}},
        ),
        (
            "field options",
            {"name": "a", "fields": [text("b", min=-1), select("c")]},
            {
                "fields": {
                    "1": {"min": "validation_min_greater_equal_than_required"},
                    "2": {"values": "validation_required"},
                }
            },
        ),
        (
            "unknown target",
            {"name": "a", "fields": [relation("r", "users")]},
            {"fields": {"1": {"collectionId": "validation_field_relation_missing_collection"}}},
        ),
        (
            "reserved in auth",
            {"name": "a", "type": "auth", "fields": [text("oldPassword")]},
            {"fields": {"1": {"name": "validation_reserved_field_name"}}},
        ),
        (
            "index text",
            {"name": "a", "indexes": ["nope"]},
            {"indexes": {"0": "validation_invalid_index_expression"}},
        ),
        (
            "index name twice",
            {"name": "a", "indexes": ["create index i on a (id)", "create index I on a (id, id)"]},
            {"indexes": {"1": "validation_duplicated_index_name"}},
        ),
        (
            "index twice",
            {"name": "a", "indexes": ["create index i on a (id)", "create index j on a (`id`)"]},
            {"indexes": {"1": "validation_duplicated_index_definition"}},
        ),
        (
            "index of another",
            {"name": "a", "indexes": ["create index IDX_tokenKey__pb_users_auth_ on a (id)"]},
            {"indexes": {"0": "validation_existing_index_name"}},
        ),
        (
            "index on nothing",
            {"name": "a", "indexes": ["create index i on a (x)", "create index j on a (id)"]},
            {"indexes": {"0": "validation_invalid_index_expression"}},
        ),
    ],
)
def test_refusals_change_nothing(everything, _case, data, errors):
    before = everything()
    body = refusal(data)
    assert (body["status"], body["message"]) == (400, "Failed to create collection.")
    assert codes(body["data"]) == errors
    assert everything() == before


def codes(data):
    return {key: item.get("code") or codes(item) for key, item in data.items()}


def test_sqlite_says_what_is_wrong_with_an_index(db):
    body = refusal({"name": "a", "indexes": ["create index i on a (nope)"]})
    assert body["data"]["indexes"]["0"]["message"] == (
        "Failed to create index i - SQL logic error: no such column: nope (1)."
    )


RESERVED = "SQL logic error: object name reserved for internal use: {} (1)."


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("sqlite_x", {}),
        ("SQLite_y", {}),
        ("sqlite_v", {"type": "view", "viewQuery": "select id from _superusers"}),
    ],
)
def test_a_name_that_sqlite_refuses(everything, name, rest):
    before = everything()
    assert refusal({"name": name, **rest}) == {
        "data": {},
        "message": f"Failed to create collection. Raw error: \n{RESERVED.format(name)}",
        "status": 400,
    }
    assert everything() == before


def test_an_index_that_sqlite_refuses(everything):
    before = everything()
    assert refusal({"name": "a", "indexes": ["create index sqlite_i on a (id)"]}) == {
        "data": {
            "indexes": {
                "0": {
                    "code": "validation_invalid_index_expression",
                    "message": f"Failed to create index sqlite_i - {RESERVED.format('sqlite_i')}",
                }
            }
        },
        "message": "Failed to create collection.",
        "status": 400,
    }
    assert everything() == before


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name": 1}, service.UNREADABLE_TYPE),
        ({"type": []}, service.UNREADABLE_TYPE),
        ({"name": "a", "system": 1}, service.UNREADABLE),
        ({"name": "a", "listRule": 1}, service.UNREADABLE),
        ({"name": "a", "fields": {}}, service.UNREADABLE),
        ({"name": "a", "fields": [field("nope", "x")]}, service.UNREADABLE),
        ({"name": "a", "fields": [text("x", min=1.0)]}, service.UNREADABLE),
        ({"name": "a", "indexes": [1]}, service.UNREADABLE),
        ({"name": "a", "created": 1}, service.UNREADABLE),
        ({"name": "a", "viewQuery": 1}, service.UNREADABLE),
        ({"name": "a", "authRule": 1}, service.UNREADABLE),
    ],
)
def test_wrong_json_types(everything, data, message):
    before = everything()
    assert refusal(data) == {"data": {}, "message": message, "status": 400}
    assert everything() == before


def test_null_means_zero(db):
    nothing = dict.fromkeys(("id", "type", "system", "fields", "indexes", "created", "listRule"))
    made = service.create({**nothing, "name": "a"})
    assert (made.id, made.type_name, made.system) == ("pbc_3535952755", "base", False)
    assert ([item.name for item in made.fields], made.indexes) == (["id"], ())
    assert made.created == made.updated != ""


def test_receivers_hear_of_it_in_order(db, django_capture_on_commit_callbacks):
    heard = []
    connected = {}
    for signal in (
        hooks.before_collection_create,
        hooks.after_collection_create,
        hooks.collection_created,
    ):

        def receiver(event, signal, **kwargs):
            exists = lookup.find("posts") is not None
            heard.append((signal.name, event.collection.name, event.original, exists))

        connected[signal] = receiver
        signal.connect(receiver, sender="posts")
    try:
        with django_capture_on_commit_callbacks() as callbacks:
            service.create({"name": "posts"})
        assert heard == [
            ("before_collection_create", "posts", None, False),
            ("after_collection_create", "posts", None, False),
        ]
        for callback in callbacks:
            callback()
        assert heard[2:] == [("collection_created", "posts", None, True)]
    finally:
        for signal, receiver in connected.items():
            signal.disconnect(receiver, sender="posts")


def test_a_receiver_may_change_or_stop_it(everything):
    def change(event, **kwargs):
        event.collection = replace(event.collection, list_rule="id != ''")

    def stop(event, **kwargs):
        raise BadRequest("not today")

    hooks.before_collection_create.connect(change, sender="posts")
    try:
        assert service.create({"name": "posts"}).list_rule == "id != ''"
    finally:
        hooks.before_collection_create.disconnect(change, sender="posts")
    before = everything()
    on(hooks.after_collection_create, "others")(stop)
    try:
        assert refusal({"name": "others"})["message"] == "Not today."
    finally:
        hooks.after_collection_create.disconnect(stop, sender="others")
    assert everything() == before


def test_a_new_collection_is_there_at_once(make_collection, make_record):
    made = make_collection("posts", text("title"))
    assert snapshot.current().find("POSTS") is not None
    assert make_record(made, title="a")["title"] == "a"
