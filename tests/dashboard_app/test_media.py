"""Files of records that the rich text editor offers."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile

from auth_app.models import StaffUser
from tests.dashboard_app.conftest import Dashboard
from tests.makers import editor, file, make_collection, make_record, text


@pytest.fixture
def albums(root):
    """Collections with files: one to see, one whose files need a token, one without any."""
    made = make_collection("albums", text("title"), file("photo"), file("more", maxSelect=5))
    make_collection("secrets", file("photo", protected=True))
    make_collection("words", editor("story"))
    return made


def upload(name):
    return SimpleUploadedFile(name, b"anything")


def test_pictures_sounds_and_films_are_offered(dashboard, albums):
    record = make_record(
        albums,
        title="Summer",
        photo=upload("a.png"),
        more=[upload("b.mp4"), upload("c.MP3"), upload("d.pdf")],
    )
    make_record(albums, title="without any")
    found = dashboard.get("media/").json()
    assert [item["name"] for item in found["collections"]] == ["albums", "users"]
    assert found["collection"] == albums.id
    assert [(item["kind"], item["label"]) for item in found["files"]] == [
        ("image", "Summer"),
        ("video", "Summer"),
        ("audio", "Summer"),
    ]
    folder = f"/api/files/{albums.id}/{record.id}/"
    assert all(item["url"] == f"{folder}{item['name']}" for item in found["files"])
    assert (found["more"], found["error"]) == (False, "")


def test_they_are_searched_by_words_and_filters(dashboard, albums):
    for title in ("Summer", "Winter"):
        make_record(albums, title=title, photo=upload(f"{title}.png"))
    ask = {"collection": albums.id}
    labels = {
        query: [item["label"] for item in dashboard.get("media/", q=query, **ask).json()["files"]]
        for query in ("winter", "title = 'Summer'", "spring")
    }
    assert labels == {"winter": ["Winter"], "title = 'Summer'": ["Summer"], "spring": []}
    assert "cannot be read" in dashboard.get("media/", q="title = (", **ask).json()["error"]


def test_pages_follow_each_other(dashboard, albums, monkeypatch):
    monkeypatch.setattr("dashboard_app.records.media.RECORDS_PER_PAGE", 2)
    for number in range(3):
        make_record(albums, title=str(number), photo=upload("a.png"))
    pages = [dashboard.get("media/", collection=albums.id, p=page).json() for page in (1, 2)]
    assert [(len(page["files"]), page["more"]) for page in pages] == [(2, True), (1, False)]


def test_editors_are_offered_what_they_may_see(albums):
    make_record(albums, title="Summer", photo=upload("a.png"))
    editor_user = StaffUser.objects.create_user("ed", password="editors password", is_staff=True)
    dashboard = Dashboard()
    assert dashboard.sign_in("ed", "editors password").status_code == 302
    found = dashboard.get("media/", collection=albums.id).json()
    assert (found["collections"], found["files"]) == ([], [])
    kind, _ = ContentType.objects.get_or_create(app_label="records", model="albums")
    permission, _ = Permission.objects.get_or_create(
        content_type=kind, codename="view_albums", defaults={"name": "may view"}
    )
    editor_user.user_permissions.add(permission)
    found = dashboard.get("media/", collection=albums.id).json()
    assert [item["label"] for item in found["files"]] == ["Summer"]


def test_guests_are_sent_to_sign_in(root, client):
    response = client.get("/_/media/")
    assert (response.status_code, response.headers["Location"].startswith("/_/login/")) == (
        302,
        True,
    )


def test_pictures_from_elsewhere_are_seen_where_rich_text_is_edited(dashboard, albums):
    policies = {
        name: dashboard.get(f"collections/{name}/records/").headers["Content-Security-Policy"]
        for name in ("albums", "words")
    }
    assert "img-src 'self' data: blob:;" in policies["albums"]
    assert "img-src 'self' https: data: blob:;" in policies["words"]
    for policy in policies.values():
        assert "script-src 'self';" in policy
