"""Editors: Django's groups let them in to some collections, and to no others."""

import pytest
from django.contrib.auth.models import Group

from auth_app import editor_rights
from auth_app.models import StaffUser
from collections_app import records
from collections_app.schema import lookup
from collections_app.schema_edit import service
from tests.dashboard_app.conftest import Dashboard
from tests.makers import make_collection, make_record, relation, text


@pytest.fixture
def group(dashboard):
    """A group made in the dashboard that may view and change ``posts`` and view ``tags``."""
    for name in ("posts", "tags", "secrets"):
        make_record(make_collection(name, text("title")), title=f"of {name}")
    form = dashboard.get("auth/group/add/").context["adminform"].form
    # Django 6.1 names the app too
    labels = {item.pk: str(item) for item in form.fields["permissions"].queryset}
    offered = {label.removeprefix("records | "): pk for pk, label in labels.items()}
    assert "posts | may view" in offered
    assert not [name for name in offered if name.startswith("_superusers")]
    chosen = ["posts | may view", "posts | may change", "tags | may view"]
    data = {"name": "writers", "permissions": [offered[name] for name in chosen]}
    assert dashboard.post("auth/group/add/", **data).status_code == 302
    return Group.objects.get(name="writers")


@pytest.fixture
def editor(group):
    user = StaffUser.objects.create_user("ed", password="editors password", is_staff=True)
    user.groups.add(group)
    made = Dashboard()
    assert made.sign_in("ed", "editors password").status_code == 302
    return made


def test_a_group_opens_its_collections_alone(editor):
    home = editor.get("")
    assert (home.status_code, home.headers["Location"]) == (302, "/_/collections/posts/records/")
    pages = {name: editor.get(f"collections/{name}/records/") for name in ("posts", "tags")}
    assert [page.status_code for page in pages.values()] == [200, 200]
    assert editor.get("collections/secrets/records/").status_code == 403
    assert "secrets" not in pages["posts"].content.decode()
    for name in ("posts", "tags", "secrets"):
        assert editor.get(f"collections/{name}/records/add/").status_code == 403
    record = records.first("posts")
    path = f"collections/posts/records/{record.id}/change/"
    assert editor.post(path, title="by an editor").status_code == 302
    assert records.first("posts")["title"] == "by an editor"
    tag = records.first("tags")
    assert editor.post(f"collections/tags/records/{tag.id}/change/", title="x").status_code == 403
    assert records.first("tags")["title"] == "of tags"


def test_rights_follow_a_new_name(editor):
    service.update(lookup.get("posts"), {"name": "articles"})
    assert editor.get("collections/articles/records/").status_code == 200
    make_collection("posts", text("title"))
    assert editor.get("collections/posts/records/").status_code == 403


def test_rights_end_with_the_collection(editor):
    service.delete(lookup.get("posts"))
    make_collection("posts", text("title"))
    assert editor.get("collections/posts/records/").status_code == 403
    assert editor.get("collections/tags/records/").status_code == 200


def test_rights_are_made_once(group, django_assert_num_queries):
    assert editor_rights.every_one().count() == 4 * 4  # with users
    with django_assert_num_queries(2):  # the version of the schema, the rights
        editor_rights.every_one()


def test_names_and_copies_are_of_what_an_editor_may_see(editor):
    names = editor.get("collections/posts/records/words/").json()
    assert {item["name"] for item in names["collections"]} == {"posts", "tags"}
    [own] = [item for item in names["collections"] if item["id"] == names["id"]]
    assert [field["name"] for field in own["fields"]] == ["id", "title"]
    tag, secret = records.first("tags"), records.first("secrets")
    copied = editor.get(f"collections/tags/records/{tag.id}/json/").json()
    assert copied == {"id": tag.id, "title": "of tags"}
    assert editor.get("collections/secrets/records/words/").status_code == 403
    assert editor.get(f"collections/secrets/records/{secret.id}/json/").status_code == 403


def test_a_related_record_is_made_by_who_may(dashboard, editor):
    tags, posts = lookup.get("tags"), lookup.get("posts")
    fields = [text("title"), relation("tag", tags.id)]
    service.update(posts, {"fields": fields})
    address = f"collections/posts/records/{records.first('posts').id}/change/"
    offered = 'data-add="/_/collections/tags/records/add/?_popup=1"'
    assert offered in dashboard.get(address).content.decode()
    assert "data-add" not in editor.get(address).content.decode()
