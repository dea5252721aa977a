"""Collections in the dashboard."""

import json

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.admin.utils import quote

from collections_app.collection_types import registry
from collections_app.schema import lookup
from dashboard_app.collections.short_json import short_json
from tests.dashboard_app.conftest import Dashboard, errors_of, text_of
from tests.makers import make_collection, make_record, relation, select, text

RULES = ("listRule", "viewRule", "createRule", "updateRule", "deleteRule")


def rules(**by_name):
    """Return form data: every rule is for superusers only unless it is given."""
    data = {}
    for name in RULES:
        rule = by_name.get(name)
        data[f"{name}_who"] = "nobody" if rule is None else "some" if rule else "anyone"
        data[f"{name}_expression"] = rule or ""
    return data


def form_data(response):
    """Return what a browser would send if nothing was changed."""
    form = response.context["adminform"].form
    data = {}
    for bound in form:
        names = [bound.html_name]
        values = [bound.value()]
        if hasattr(bound.field.widget, "decompress"):
            values = bound.field.widget.decompress(bound.value())
            names = [f"{bound.html_name}{end}" for end in bound.field.widget.widgets_names]
        data.update(zip(names, ["" if value is None else value for value in values], strict=True))
    return data


def change_path(collection):
    return f"collections/{collection.id}/change/"


def test_list(dashboard):
    posts = make_collection("posts", text("title"), list_rule="", view_rule="id != ''")
    make_record(posts, title="a")
    make_record(posts, title="b")
    page = text_of(dashboard.get("collections/"))
    assert "posts base 2 everyone: list; rule: view" in page
    assert "_superusers auth 1 superusers only" in page


def test_list_search(dashboard):
    make_collection("posts", text("title"))
    rows = dashboard.get("collections/", q="pos").context["cl"].result_list
    assert [row.name for row in rows] == ["posts"]


def test_add(dashboard):
    assert dashboard.get("collections/add/").status_code == 200
    fields = [
        text("title", required=True),
        {"type": "autodate", "name": "created", "onCreate": True},
    ]
    response = dashboard.post(
        "collections/add/",
        name="posts",
        type="base",
        fields=json.dumps(fields),
        indexes="CREATE INDEX by_title ON posts (title)\n\n",
        **rules(listRule="", viewRule="title != 'x'"),
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/_/collections/")
    made = lookup.get("posts")
    assert list(made.by_name) == ["id", "title", "created"]
    assert made.by_name["title"].options.required
    assert [made.rule(act) for act in ("list", "view", "create")] == ["", "title != 'x'", None]
    assert made.indexes == ("CREATE INDEX by_title ON posts (title)",)
    entry = LogEntry.objects.get()
    assert (entry.action_flag, entry.object_repr, entry.user.email) == (
        ADDITION,
        "posts",
        "root@example.com",
    )


@pytest.mark.parametrize("type_name", registry.registered())
def test_every_type_has_a_form(dashboard, type_name):
    assert dashboard.get("collections/add/", type=type_name).status_code == 200


def test_add_auth_and_view(dashboard):
    auth = {"name": "members", "type": "auth", "fields": "[]", "indexes": "", **rules()}
    assert dashboard.post("collections/add/", **auth).status_code == 302
    assert "email" in lookup.get("members").by_name
    query = "select id, email from members"
    view = {"name": "mails", "type": "view", "viewQuery": query, **rules(listRule="")}
    assert dashboard.post("collections/add/?type=view", **view).status_code == 302
    assert list(lookup.get("mails").by_name) == ["id", "email"]
    assert dashboard.get("collections/mails/records/").status_code == 200
    page = text_of(dashboard.get(change_path(lookup.get("mails"))))
    assert query in page


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": ""}, {"name": ["Cannot be blank."]}),
        ({"name": "users"}, {"name": ["Collection name must be unique (case insensitive)."]}),
        ({"fields": "[{"}, {"fields": ["This is not JSON"]}),
        ({"fields": '{"a": 1}'}, {"fields": ["This must be a list."]}),
        ({"fields": '[{"name": "", "type": "text"}]'}, {"fields": ["name: Cannot be blank."]}),
        ({"listRule_who": "some"}, {"listRule": ["Say for whom"]}),
        (
            {"listRule_who": "some", "listRule_expression": "nope = 1"},
            {"listRule": ["Invalid rule."]},
        ),
        ({"indexes": "DROP TABLE posts"}, {"indexes": ["1.: "]}),
    ],
)
def test_refused(dashboard, changes, errors):
    data = {"name": "posts", "type": "base", "fields": "[]", "indexes": "", **rules()}
    response = dashboard.post("collections/add/", **{**data, **changes})
    assert response.status_code == 200
    found = errors_of(response)
    assert list(found) == list(errors)
    for name, texts in errors.items():
        assert texts[0] in found[name][0]
    assert lookup.find("posts") is None


def test_change(dashboard):
    posts = make_collection("posts", text("title"), list_rule="", view_rule="id != ''")
    make_record(posts, title="kept")
    response = dashboard.get(change_path(posts))
    fields = json.loads(form_data(response)["fields"])
    fields[1]["name"] = "headline"
    fields.append({"name": "stars", "type": "number"})
    data = {**form_data(response), "name": "articles", "fields": json.dumps(fields)}
    data |= {"listRule_who": "nobody"}
    response = dashboard.post(change_path(posts), **data)
    assert response.status_code == 302
    made = lookup.get("articles")
    assert made.id == posts.id
    assert list(made.by_name) == ["id", "headline", "stars"]
    assert (made.list_rule, made.view_rule) == (None, "id != ''")
    assert lookup.get_model("articles").objects.get().headline == "kept"
    entry = LogEntry.objects.get()
    assert (entry.action_flag, entry.object_id) == (CHANGE, posts.id)
    assert "name" in entry.get_change_message()


def test_saving_unchanged_changes_nothing(dashboard):
    for name in ("users", "_superusers"):
        before = lookup.get(name)
        path = change_path(before)
        response = dashboard.post(path, **form_data(dashboard.get(path)))
        assert response.status_code == 302
        after = lookup.get(name)
        assert [field.to_json() for field in after.fields] == [
            field.to_json() for field in before.fields
        ]
        assert (after.indexes, after.options) == (before.indexes, before.options)


def test_change_of_options(dashboard):
    users = lookup.get("users")
    data = form_data(dashboard.get(change_path(users)))
    options = json.loads(data["options"])
    options["authToken"]["duration"] = 3600
    data["options"] = json.dumps(options)
    assert dashboard.post(change_path(users), **data).status_code == 302
    after = lookup.get("users").options
    assert after["authToken"]["duration"] == 3600
    assert after["authToken"]["secret"] == users.options["authToken"]["secret"]


def test_secrets_are_not_shown(dashboard):
    page = dashboard.get(change_path(lookup.get("users"))).content.decode()
    assert lookup.get("users").options["authToken"]["secret"] not in page


def test_delete(dashboard):
    posts = make_collection("posts", text("title"))
    make_record(posts, title="a")
    path = f"collections/{posts.id}/delete/"
    assert "posts with 1 records" in text_of(dashboard.get(path))
    for name in ("", "post"):
        response = dashboard.post(path, post="yes", name=name)
        assert response.status_code == 400
        assert "This is another name." in text_of(response)
    assert lookup.find("posts") is not None
    assert dashboard.post(path, post="yes", name="posts").status_code == 302
    assert lookup.find("posts") is None
    assert LogEntry.objects.get().action_flag == DELETION


def test_what_is_referred_to_stays(dashboard):
    posts = make_collection("posts", text("title"))
    make_collection("comments", relation("post", posts))
    response = dashboard.client.post(
        f"/_/collections/{posts.id}/delete/", {"post": "yes"}, follow=True
    )
    assert "Failed to delete collection" in text_of(response)
    assert lookup.find("posts") is not None


def test_system_collections_stay(dashboard):
    users = lookup.get("_superusers")
    assert dashboard.post(f"collections/{users.id}/delete/", post="yes").status_code == 403
    action = {"action": "delete_selected", "_selected_action": users.id, "post": "yes"}
    dashboard.post("collections/", **action)
    assert lookup.find("_superusers") is not None


def test_delete_several(dashboard):
    made = [make_collection(name, text("title")) for name in ("posts", "pages")]
    action = {"action": "delete_selected", "_selected_action": [item.id for item in made]}
    assert "posts with 0 records" in text_of(dashboard.post("collections/", **action))
    assert dashboard.post("collections/", **action, post="yes").status_code == 302
    assert lookup.find("posts") is lookup.find("pages") is None


def test_history(dashboard):
    posts = make_collection("posts", text("title"))
    data = {**form_data(dashboard.get(change_path(posts))), "name": "articles"}
    dashboard.post(change_path(posts), **data)
    page = text_of(dashboard.get(f"collections/{posts.id}/history/"))
    assert "root@example.com Changed name." in page


def test_short_json_means_the_same(dashboard):
    posts = make_collection("posts", text("title", min=3), select("tags", "a", "b", maxSelect=2))
    from collections_app.fields import base

    for field in posts.fields:
        assert base.from_json(short_json(field)).to_json() == field.to_json()
    assert short_json(posts.by_name["title"]).keys() == {"id", "name", "type", "min"}


@pytest.mark.parametrize("collection_id", ["pbc_2681000000", "pbc_2F81", "a_5Fb", "plain"])
def test_ids_stand_in_addresses_as_they_are(dashboard, collection_id):
    make_collection("posts", text("title"), id=collection_id)
    for written in (collection_id, quote(collection_id)):
        page = dashboard.get(f"collections/{written}/change/")
        assert page.status_code == 200
        assert page.context["original"].name == "posts"


def test_changes_are_tried_and_undone(dashboard):
    posts = make_collection("posts", text("title"))
    make_record(posts, title="a")
    data = form_data(dashboard.get(change_path(posts)))
    path = f"collections/changes/?id={posts.id}"
    assert dashboard.post(path, **data).json() == {"changes": []}
    data |= rules(viewRule="title != ''") | {"name": "articles"}
    assert dashboard.post(path, **data).json() == {
        "changes": [
            'renames table "posts" to "articles", 1 row',
            "View: superusers only → title != ''",
        ]
    }
    assert lookup.get("posts").rule("view") is None
    assert dashboard.post(path, **(data | {"fields": "["})).json() == {"errors": True}


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ("title = 'x'", ""),
        ("added = true", ""),
        ("nope = 1", 'unknown field "nope"'),
        ("title = ", "rule ends"),
    ],
)
def test_a_rule_is_checked_against_the_fields_as_they_are_edited(dashboard, rule, error):
    posts = make_collection("posts", text("title"))
    fields = [text("title"), {"type": "bool", "name": "added"}]
    data = {"id": posts.id, "rule": rule, "fields": json.dumps(fields)}
    answer = dashboard.post("collections/check-rule/", **data).json()
    assert bool(answer["error"]) is bool(error)
    if error.startswith("unknown"):
        assert "nope" in answer["error"]
    assert list(lookup.get("posts").by_name) == ["id", "title"]


def test_only_who_may_edit_asks_the_editor(root):
    answer = Dashboard().post("collections/check-rule/", rule="id = ''")
    assert answer.status_code == 302
