"""Soft delete over HTTP: who sees what is in the trash, and that nobody else does."""

from __future__ import annotations

import pytest

from auth_app.oauth2 import link
from collections_app import records
from collections_app.schema import lookup
from core_app.settings_store import store
from storage_app import choose
from storage_app.local import LocalStorage
from tests.makers import (
    PASSWORD,
    Api,
    file,
    make_user,
    number,
    relation,
    text,
    token_of,
    upload,
)

NOT_FOUND = {"data": {}, "message": "The requested resource wasn't found.", "status": 404}
ONLY_SUPERUSERS = {"data": {}, "message": "Only superusers can perform this action.", "status": 403}
GENERIC = {
    "data": {},
    "message": "Something went wrong while processing your request.",
    "status": 400,
}
NO_RELATION = {
    "code": "validation_missing_rel_records",
    "message": "Failed to find all relation records with the provided ids.",
}
OPEN = {f"{act}_rule": "" for act in ("list", "view", "create", "update", "delete")}
COLLECTIONS = "/api/collections"
POSTS = f"{COLLECTIONS}/posts/records"
COMMENTS = f"{COLLECTIONS}/comments/records"


@pytest.fixture
def posts(make_collection):
    return make_collection("posts", text("title"), number("n"), softDelete=True, **OPEN)


@pytest.fixture
def comments(make_collection, posts):
    return make_collection(
        "comments", text("text"), relation("post", posts), relation("posts", posts, maxSelect=9),
        **OPEN,
    )  # fmt: skip


def shown(record, *more, **values):
    """Return a record of ``posts`` as it is shown."""
    return {
        "collectionId": record.collection_id,
        "collectionName": "posts",
        "id": record.id,
        "n": record["n"],
        "title": record["title"],
        **values,
    }


def answer(response):
    return response.status_code, response.json()


def titles(response):
    assert response.status_code == 200, response.content
    return sorted(item.get("title") or item.get("text") for item in response.json()["items"])


def trashed(*posts):
    """Mark rows behind everybody's back, so that relations still name them."""
    from core_app import sql

    for post in posts:
        sql.execute(
            sql.marked(f'UPDATE "{post.collection_name}" SET "deleted" = ? WHERE "id" = ?'),
            ("2026-01-01 00:00:00.000Z", post.id),
        )


# --- the collection's JSON ------------------------------------------------------------------------


def test_the_option_is_shown_where_it_is_on(root_api, posts):
    url = f"{COLLECTIONS}/posts"
    made = root_api.get(url).json()
    assert list(made)[-4:] == ["system", "softDelete", "trashRule", "softDeleteRetentionDays"]
    assert [made[key] for key in list(made)[-3:]] == [True, None, 30]
    change = {"trashRule": "title = 'a'", "softDeleteRetentionDays": 7}
    made = root_api.patch(url, change).json()
    assert [made[key] for key in list(made)[-3:]] == [True, "title = 'a'", 7]
    made = root_api.patch(url, {"softDelete": False}).json()
    assert list(made)[-1] == "system"
    assert [field["name"] for field in made["fields"]] == ["id", "title", "n"]


def test_other_collections_show_nothing_of_it(root_api):
    users = root_api.get(f"{COLLECTIONS}/users").json()
    made = root_api.post(COLLECTIONS, {"name": "plain", "type": "base"}).json()
    scaffolds = root_api.get(f"{COLLECTIONS}/meta/scaffolds").json()
    for item in (users, made, *scaffolds.values()):
        assert not {"softDelete", "trashRule", "softDeleteRetentionDays"} & set(item)
        assert "deleted" not in [field["name"] for field in item["fields"]]


def test_import_and_export(root_api, posts):
    exported = root_api.get(f"{COLLECTIONS}/posts").json()
    gone = records.create(posts, title="a")
    records.delete(posts, gone.id)
    body = {"collections": [exported]}
    assert root_api.put(f"{COLLECTIONS}/import", body).status_code == 204
    again = root_api.get(f"{COLLECTIONS}/posts").json()
    assert {**again, "updated": ""} == {**exported, "updated": ""}
    assert records.count(posts, trash="only") == 1
    body = {"collections": [{**exported, "softDelete": False}]}
    response = root_api.put(f"{COLLECTIONS}/import", body)
    assert response.status_code == 400
    assert list(response.json()["data"]) == ["softDelete"]
    records.purge(posts, gone.id)
    assert root_api.put(f"{COLLECTIONS}/import", body).status_code == 204
    fresh = {key: exported[key] for key in exported if key not in ("id", "name")}
    fresh["fields"] = [{**field, "id": ""} for field in fresh["fields"]]
    made = root_api.post(COLLECTIONS, {**fresh, "name": "copy"}).json()
    assert [field["id"] for field in made["fields"]][-1] == "soft_delete"
    assert len(made["fields"]) == len(exported["fields"])


# --- old clients ----------------------------------------------------------------------------------


def test_an_ordinary_delete_for_whoever_knows_no_better(api, root_api, posts):
    record = records.create(posts, title="a", n=1)
    url = f"{POSTS}/{record.id}"
    assert answer(api.get(url)) == (200, shown(record))
    assert answer(root_api.get(url)) == (200, shown(record))
    response = api.delete(url)
    assert (response.status_code, response.content) == (204, b"")
    for client in (api, root_api):
        assert answer(client.get(url)) == (404, NOT_FOUND)
        assert answer(client.patch(url, {"title": "b"})) == (404, NOT_FOUND)
        assert answer(client.delete(url)) == (404, NOT_FOUND)
        empty = {"items": [], "page": 1, "perPage": 30, "totalItems": 0, "totalPages": 0}
        assert answer(client.get(POSTS)) == (200, empty)
        assert answer(client.get(POSTS, filter="title = 'a'", sort="-title")) == (200, empty)
    assert [item["title"] for item in records.find(posts, trash="only")] == ["a"]


def test_clients_do_not_see_the_mark(api, root_api, posts):
    made = root_api.post(POSTS, {"title": "a", "deleted": "2026-01-01 00:00:00.000Z"})
    assert set(made.json()) == {"collectionId", "collectionName", "id", "n", "title"}
    assert set(root_api.get(f"{POSTS}/{made.json()['id']}").json()) == set(made.json())
    assert answer(api.get(POSTS, filter="deleted = ''")) == (400, GENERIC)
    assert answer(api.get(POSTS, sort="deleted")) == (400, GENERIC)
    assert titles(root_api.get(POSTS, filter="deleted = ''")) == ["a"]


def test_trash_means_nothing_elsewhere(api, make_collection):
    make_collection("plain", text("title"), **OPEN)
    url = f"{COLLECTIONS}/plain/records"
    record = api.post(url, {"title": "a"}).json()
    assert titles(api.get(url, trash="only")) == ["a"]
    assert answer(api.post(f"{url}/{record['id']}/restore")) == (404, NOT_FOUND)
    assert api.delete(f"{url}/{record['id']}", purge="true").status_code == 204
    assert titles(api.get(url)) == []


# --- every way to read ----------------------------------------------------------------------------


@pytest.fixture
def pair(posts, comments):
    """A living and a trashed post, and comments that name them."""
    here, gone = records.create(posts, title="here", n=1), records.create(posts, title="gone", n=2)
    for name, post in (("of here", here), ("of gone", gone)):
        records.create(comments, text=name, post=post.id, posts=[here.id, gone.id])
    trashed(gone)
    return here, gone


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("post.title = 'gone'", []),
        ("post.title = 'here'", ["of here"]),
        ("post.title != 'here'", ["of gone"]),
        ("post.n = null", ["of gone"]),
        ("posts.title ?= 'gone'", []),
        ("posts.title ?= 'here'", ["of gone", "of here"]),
        ("posts.title ~ 'e' && post.n > 0", ["of here"]),
        ("post.comments_via_post.text ?~ 'of'", ["of here"]),
        ("@collection.posts.title ?= 'gone'", []),
        ("@collection.posts.title = 'here'", ["of gone", "of here"]),
        ("@collection.posts:other.n ?> 1", []),
    ],
)
def test_filters_through_relations(filter, found, pair, root_api):
    assert titles(root_api.get(COMMENTS, filter=filter)) == found


def test_rules_through_relations(pair, root_api, api):
    root_api.patch(f"{COLLECTIONS}/comments", {"listRule": "post.title = 'gone'"})
    assert titles(api.get(COMMENTS)) == []
    root_api.patch(f"{COLLECTIONS}/comments", {"listRule": "posts.n < 2"})
    # match-all: the one in the trash has no number to break the rule with
    assert titles(api.get(COMMENTS)) == ["of gone", "of here"]
    rule = "@collection.posts.title ?= 'gone'"
    root_api.patch(f"{COLLECTIONS}/comments", {"listRule": rule, "createRule": rule})
    assert titles(api.get(COMMENTS)) == []
    assert api.post(COMMENTS, {"text": "a"}).status_code == 400
    rule = "@request.body.post.title = 'gone'"
    root_api.patch(f"{COLLECTIONS}/comments", {"createRule": rule})
    assert api.post(COMMENTS, {"text": "a", "post": pair[1].id}).status_code == 400


def test_sort_through_relations(pair, root_api):
    found = root_api.get(COMMENTS, sort="-post.title").json()["items"]
    assert [item["text"] for item in found] == ["of here", "of gone"]


def test_expand(pair, api):
    here, _ = pair
    found = api.get(COMMENTS, expand="post,posts", sort="text").json()["items"]
    assert [item["expand"] for item in found] == [
        {"posts": [shown(here)]},
        {"post": shown(here), "posts": [shown(here)]},
    ]


def test_expand_back(root_api, posts, make_collection):
    notes = make_collection(
        "notes", text("title"), relation("post", posts), softDelete=True, **OPEN
    )
    post = records.create(posts, title="a")
    for name in ("here", "gone"):
        note = records.create(notes, title=name, post=post.id)
    records.delete(notes, note.id)
    url = f"{POSTS}/{post.id}"
    found = root_api.get(url, expand="notes_via_post").json()["expand"]["notes_via_post"]
    assert [item["title"] for item in found] == ["here"]
    assert titles(root_api.get(POSTS, filter="notes_via_post.title ?= 'gone'")) == []
    assert titles(root_api.get(POSTS, filter="notes_via_post.title = 'here'")) == ["a"]


def test_relations_refuse_it(pair, api):
    here, gone = pair
    response = api.post(COMMENTS, {"post": gone.id, "posts": [here.id, gone.id]})
    assert answer(response) == (
        400,
        {
            "data": {"post": NO_RELATION, "posts": NO_RELATION},
            "message": "Failed to create record.",
            "status": 400,
        },
    )


def test_values_are_free_again(api, make_collection):
    make_collection(
        "slugs",
        text("slug"),
        softDelete=True,
        indexes=["CREATE UNIQUE INDEX idx ON slugs (slug)"],
        **OPEN,
    )
    url = f"{COLLECTIONS}/slugs/records"
    first = api.post(url, {"slug": "a"}).json()
    assert api.post(url, {"slug": "a"}).status_code == 400
    assert api.delete(f"{url}/{first['id']}").status_code == 204
    assert api.post(url, {"slug": "a"}).status_code == 200
    assert api.post(url, {"slug": "a"}).status_code == 400


def test_a_views_sql_is_the_designers(root_api, posts, make_collection):
    records.create(posts, title="here")
    records.delete(posts, records.create(posts, title="gone").id)
    make_collection("raw", type="view", viewQuery="SELECT id, title, deleted FROM posts")
    make_collection(
        "clean", type="view", viewQuery="SELECT id, title FROM posts WHERE deleted = ''"
    )
    found = root_api.get(f"{COLLECTIONS}/raw/records", sort="title").json()["items"]
    assert [(item["title"], bool(item["deleted"])) for item in found] == [
        ("gone", True),
        ("here", False),
    ]
    assert titles(root_api.get(f"{COLLECTIONS}/clean/records")) == ["here"]


# --- the trash ------------------------------------------------------------------------------------


def test_superusers_see_the_trash(root_api, posts):
    here, gone = records.create(posts, title="here"), records.create(posts, title="gone")
    records.delete(posts, gone.id)
    deleted = records.find(posts, trash="only")[0]["deleted"]
    assert answer(root_api.get(POSTS, trash="only")) == (
        200,
        {
            "items": [shown(gone, deleted=deleted)],
            "page": 1,
            "perPage": 30,
            "totalItems": 1,
            "totalPages": 1,
        },
    )
    assert answer(root_api.get(POSTS, trash="with", sort="title")) == (
        200,
        {
            "items": [shown(gone, deleted=deleted), shown(here, deleted="")],
            "page": 1,
            "perPage": 30,
            "totalItems": 2,
            "totalPages": 1,
        },
    )
    assert titles(root_api.get(POSTS, trash="only", filter="title = 'here'")) == []
    assert titles(root_api.get(POSTS, trash="with", filter="deleted != ''")) == ["gone"]
    assert titles(root_api.get(POSTS, trash="")) == ["here"]
    assert answer(root_api.get(POSTS, trash="all")) == (400, GENERIC)
    url = f"{POSTS}/{gone.id}"
    assert answer(root_api.get(url, trash="with")) == (200, shown(gone, deleted=deleted))
    assert answer(root_api.get(f"{POSTS}/{here.id}", trash="only")) == (404, NOT_FOUND)
    assert root_api.get(POSTS, trash="only", fields="deleted").json()["items"] == [
        {"deleted": deleted}
    ]


def test_nobody_else_does(api, make_user, posts):
    record = records.create(posts, title="gone")
    records.delete(posts, record.id)
    url = f"{POSTS}/{record.id}"
    for client in (api, api.as_(make_user())):
        for trash in ("only", "with"):
            assert answer(client.get(POSTS, trash=trash)) == (403, ONLY_SUPERUSERS)
            assert answer(client.get(url, trash=trash)) == (403, ONLY_SUPERUSERS)
        assert answer(client.post(f"{url}/restore")) == (403, ONLY_SUPERUSERS)
        assert answer(client.delete(url, purge="true")) == (403, ONLY_SUPERUSERS)
        assert answer(client.delete(url)) == (404, NOT_FOUND)
    assert records.count(posts, trash="only") == 1


@pytest.fixture
def owned(make_collection):
    """Records that their owners may see and delete, and have a trash of."""
    rule = "owner = @request.auth.id // only one's own"
    return make_collection(
        "owned",
        text("title"),
        relation("owner", lookup.get("users")),
        softDelete=True,
        trashRule=rule,
        list_rule="title != 'draft'",
        view_rule="",
        delete_rule=rule,
    )


def test_a_trash_rule(api, make_user, owned):
    ann, bob = make_user("ann@example.com"), make_user("bob@example.com")
    of = {}
    for owner, title in [(ann, "a1"), (ann, "a2"), (bob, "b1"), (bob, "draft")]:
        of[title] = records.create(owned, title=title, owner=owner.id).id
    for title in ("a1", "b1"):
        records.delete(owned, of[title])
    url = f"{COLLECTIONS}/owned/records"
    as_ann = api.as_(ann)
    assert titles(as_ann.get(url)) == ["a2"]
    assert titles(as_ann.get(url, trash="only")) == ["a1"]
    assert titles(as_ann.get(url, trash="with")) == ["a1", "a2"]
    assert titles(as_ann.get(url, trash="with", filter="deleted != ''")) == ["a1"]
    found = as_ann.get(url, trash="with", sort="-deleted").json()
    assert [item["title"] for item in found["items"]] == ["a1", "a2"]
    assert found["totalItems"] == 2
    assert titles(api.get(url, trash="with")) == ["a2"]
    assert as_ann.get(f"{url}/{of['a1']}", trash="only").status_code == 200
    assert answer(as_ann.get(f"{url}/{of['b1']}", trash="only")) == (404, NOT_FOUND)
    assert answer(as_ann.post(f"{url}/{of['b1']}/restore")) == (404, NOT_FOUND)
    assert answer(as_ann.delete(f"{url}/{of['b1']}", purge="1")) == (404, NOT_FOUND)
    assert answer(as_ann.delete(f"{url}/{of['draft']}", purge="1")) == (404, NOT_FOUND)
    restored = as_ann.post(f"{url}/{of['a1']}/restore")
    assert restored.status_code == 200
    assert set(restored.json()) == {"collectionId", "collectionName", "id", "owner", "title"}
    assert titles(as_ann.get(url)) == ["a1", "a2"]
    for title in ("a1", "a2"):
        assert as_ann.delete(f"{url}/{of[title]}", purge="true").status_code == 204
    assert records.count(owned, "owner = {:ann}", trash="with", ann=ann.id) == 0


def test_purging_needs_the_delete_rule_too(api, root_api, make_user, owned):
    root_api.patch(f"{COLLECTIONS}/owned", {"deleteRule": None})
    ann = make_user()
    record = records.create(owned, title="a", owner=ann.id)
    records.delete(owned, record.id)
    url = f"{COLLECTIONS}/owned/records/{record.id}"
    assert answer(api.as_(ann).delete(url, purge="true")) == (403, ONLY_SUPERUSERS)
    assert root_api.delete(url, purge="true").status_code == 204


@pytest.mark.parametrize(
    ("purge", "left"), [("true", 0), ("1", 0), ("false", 1), ("", 1), ("yes", 1)]
)
def test_purge(purge, left, root_api, posts):
    record = records.create(posts, title="a")
    response = root_api.delete(f"{POSTS}/{record.id}", purge=purge)
    assert (response.status_code, response.content) == (204, b"")
    assert records.count(posts, trash="with") == left


def test_restore(root_api, posts):
    record = records.create(posts, title="a", n=1)
    url = f"{POSTS}/{record.id}/restore"
    assert answer(root_api.post(url)) == (404, NOT_FOUND)
    records.delete(posts, record.id)
    assert answer(root_api.post(url)) == (200, shown(record))
    assert answer(root_api.get(f"{POSTS}/{record.id}")) == (200, shown(record))
    assert answer(root_api.post(url)) == (404, NOT_FOUND)
    assert root_api.get(url).status_code == 404


def test_restore_into_a_conflict(root_api, make_collection):
    made = make_collection(
        "slugs",
        text("slug"),
        softDelete=True,
        indexes=["CREATE UNIQUE INDEX idx ON slugs (slug)"],
    )
    gone = records.create(made, slug="a")
    records.delete(made, gone.id)
    records.create(made, slug="a")
    assert answer(root_api.post(f"{COLLECTIONS}/slugs/records/{gone.id}/restore")) == (
        400,
        {
            "data": {"slug": {"code": "validation_not_unique", "message": "Value must be unique."}},
            "message": "Failed to restore record. Another record has a value that must be unique.",
            "status": 400,
        },
    )


def test_truncate(root_api, posts):
    for title in ("a", "b"):
        records.create(posts, title=title)
    url = f"{COLLECTIONS}/posts/truncate"
    assert root_api.delete(url).status_code == 204
    assert (records.count(posts), records.count(posts, trash="only")) == (0, 2)
    records.create(posts, title="c")
    assert root_api.delete(url, trash="only").status_code == 204
    assert records.count(posts, trash="with") == 1
    assert root_api.delete(url, trash="with").status_code == 204
    assert records.count(posts, trash="with") == 0


# --- batch ----------------------------------------------------------------------------------------


def test_batch(root_api, posts):
    store.update({"batch": {"enabled": True}})
    here, gone, lost = (records.create(posts, title=title) for title in ("here", "gone", "lost"))
    records.delete(posts, gone.id)
    response = root_api.post(
        "/api/batch",
        {
            "requests": [
                {"method": "DELETE", "url": f"{POSTS}/{here.id}"},
                {"method": "POST", "url": f"{POSTS}/{gone.id}/restore"},
                {"method": "DELETE", "url": f"{POSTS}/{lost.id}?purge=true"},
            ]
        },
    )
    assert answer(response) == (
        200,
        [
            {"body": None, "status": 204},
            {"body": shown(gone), "status": 200},
            {"body": None, "status": 204},
        ],
    )
    assert titles(root_api.get(POSTS)) == ["gone"]
    assert titles(root_api.get(POSTS, trash="only")) == ["here"]


def test_a_batch_that_fails_restores_nothing(root_api, posts):
    store.update({"batch": {"enabled": True}})
    gone = records.create(posts, title="gone")
    records.delete(posts, gone.id)
    restore = {"method": "POST", "url": f"{POSTS}/{gone.id}/restore"}
    response = root_api.post("/api/batch", {"requests": [restore, restore]})
    assert response.json()["data"]["requests"]["1"]["response"] == NOT_FOUND
    assert titles(root_api.get(POSTS, trash="only")) == ["gone"]


def test_deletions_of_one_batch_are_told_apart(root_api, make_collection, posts):
    store.update({"batch": {"enabled": True}})
    notes = make_collection(
        "notes", text("title"), relation("post", posts, cascadeDelete=True), softDelete=True
    )
    post = records.create(posts, title="a")
    first = records.create(notes, title="first", post=post.id)
    records.create(notes, title="second", post=post.id)
    urls = [f"{COLLECTIONS}/notes/records/{first.id}", f"{POSTS}/{post.id}"]
    body = {"requests": [{"method": "DELETE", "url": url} for url in urls]}
    assert root_api.post("/api/batch", body).status_code == 200
    records.restore(posts, post.id)
    assert [item["title"] for item in records.find(notes)] == ["second"]


# --- accounts -------------------------------------------------------------------------------------


@pytest.fixture
def members(make_collection):
    return make_collection(
        "members",
        text("name"),
        type="auth",
        softDelete=True,
        list_rule="@request.auth.name = 'ann'",
        view_rule="",
        delete_rule="id = @request.auth.id",
    )


def sign_in(api, email="ann@example.com", password=PASSWORD):
    body = {"identity": email, "password": password}
    return api.post(f"{COLLECTIONS}/members/auth-with-password", body)


def test_an_account_in_the_trash(api, root_api, members):
    ann = make_user("ann@example.com", "members", name="ann")
    record = sign_in(api).json()
    as_ann = api.as_(record["token"])
    assert as_ann.get(f"{COLLECTIONS}/members/records").json()["totalItems"] == 1
    assert as_ann.delete(f"{COLLECTIONS}/members/records/{ann.id}").status_code == 204
    assert answer(sign_in(api)) == (
        400,
        {"data": {}, "message": "Failed to authenticate.", "status": 400},
    )
    assert as_ann.post(f"{COLLECTIONS}/members/auth-refresh").status_code == 401
    make_user("bob@example.com", "members", name="ann")
    assert as_ann.get(f"{COLLECTIONS}/members/records").json()["totalItems"] == 0
    response = root_api.post(f"{COLLECTIONS}/members/records/{ann.id}/restore")
    assert response.status_code == 200
    assert "tokenKey" not in response.json()
    assert sign_in(api).status_code == 200
    # what was issued before the deletion stays dead
    assert as_ann.post(f"{COLLECTIONS}/members/auth-refresh").status_code == 401


def test_an_address_is_free_again(api, root_api, members):
    ann = make_user("ann@example.com", "members", name="ann")
    records.delete(members, ann.id)
    again = make_user("ann@example.com", "members", name="other")
    assert sign_in(api).json()["record"]["id"] == again.id
    response = root_api.post(f"{COLLECTIONS}/members/records/{ann.id}/restore")
    assert (response.status_code, list(response.json()["data"])) == (400, ["email"])


def test_links_come_back(members):
    ann = make_user("ann@example.com", "members", name="ann")
    link.link(ann, "google", "g1")
    link.link(ann, "github", "h1")
    records.delete(members, ann.id)
    assert link.linked(members, "google", "g1") is None
    bob = make_user("bob@example.com", "members", name="bob")
    link.link(bob, "google", "g1")
    assert link.linked(members, "google", "g1").id == bob.id
    records.restore(members, ann.id)
    assert link.linked(members, "github", "h1").id == ann.id
    assert link.linked(members, "google", "g1").id == bob.id
    records.purge(members, ann.id)
    assert records.count("_externalAuths") == 1


def test_who_is_signed_in_is_looked_up_among_the_living(api, root_api, members, posts):
    """A rule that reads more of the caller than the token's record must not find the trash."""
    ann = make_user("ann@example.com", "members", name="ann")
    root_api.patch(f"{COLLECTIONS}/posts", {"listRule": "@request.auth.name = 'ann'"})
    records.create(posts, title="a")
    as_ann = api.as_(token_of(ann))
    assert titles(as_ann.get(POSTS)) == ["a"]
    records.delete(members, ann.id)
    assert titles(as_ann.get(POSTS)) == []


# --- files ----------------------------------------------------------------------------------------


@pytest.fixture
def _own_storage(tmp_path, monkeypatch):
    holder = LocalStorage(location=str(tmp_path / "storage"))
    monkeypatch.setattr(choose, "storages", {"default": holder})


@pytest.mark.usefixtures("_own_storage")
@pytest.mark.parametrize("protected", [False, True])
def test_files(
    protected, root_api, api, make_user, make_collection, django_capture_on_commit_callbacks
):
    make_collection(
        "docs",
        text("title"),
        file("doc", protected=protected),
        softDelete=True,
        trashRule="@request.auth.name = 'ann'",
        **OPEN,
    )
    ann, bob = (make_user(f"{name}@example.com", name=name) for name in ("ann", "bob"))
    url = f"{COLLECTIONS}/docs/records"
    record = api.upload(url, {"title": "a", "doc": upload("a.txt", b"hello")}).json()
    path = f"/api/files/docs/{record['id']}/{record['doc']}"
    folder = choose.storage()

    def status(client, **query):
        return client.get(path, **query).status_code

    def file_token(client):
        return client.post("/api/files/token").json()["token"]

    tokens = {name: file_token(api.as_(who)) for name, who in (("ann", ann), ("bob", bob))}
    assert status(api) == 200
    with django_capture_on_commit_callbacks(execute=True):
        api.delete(f"{url}/{record['id']}")
    assert [status(api), status(api.as_(bob)), status(api, token=tokens["bob"])] == [404] * 3
    assert [status(root_api), status(api.as_(ann)), status(api, token=tokens["ann"])] == [200] * 3
    with django_capture_on_commit_callbacks(execute=True):
        assert root_api.post(f"{url}/{record['id']}/restore").status_code == 200
    assert status(api) == 200
    with django_capture_on_commit_callbacks(execute=True):
        root_api.delete(f"{url}/{record['id']}", purge="true")
    assert status(root_api) == 404
    collection = lookup.get("docs")
    assert not folder.exists(f"{collection.id}/{record['id']}/{record['doc']}")


def test_guests_cannot_tell_a_trashed_file_from_none(posts):
    assert Api().get(f"/api/files/posts/{'x' * 15}/a.txt").status_code == 404
