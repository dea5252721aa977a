"""The door: signing in, what the sidebar lists, what errors look like."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from auth_app.models import StaffUser
from collections_app import records
from collections_app.records import service as records_service
from collections_app.schema import lookup
from collections_app.schema_edit import service
from core_app.settings_store import store
from tests.dashboard_app.conftest import Dashboard, text_of
from tests.makers import make_collection, make_record, make_superuser, make_user, text


def test_guests_are_sent_to_sign_in(db):
    response = Dashboard().get("collections/")
    assert (response.status_code, response.headers["Location"]) == (
        302,
        "/_/login/?next=/_/collections/",
    )


def test_the_page_is_titled_by_the_settings(db):
    store.update({"meta": {"appName": "Corner shop"}})
    page = text_of(Dashboard().get("login/"))
    assert "Corner shop" in page


def test_superusers_sign_in_with_their_record(root):
    dashboard = Dashboard()
    assert dashboard.sign_in().status_code == 302
    assert dashboard.get("").status_code == 200
    page = text_of(dashboard.get("collections/"))
    assert "root@example.com" in page


@pytest.mark.parametrize(
    ("email", "password"),
    [("root@example.com", "wrong password"), ("user@example.com", "1234567890"), ("", "")],
)
def test_nobody_else_comes_in(root, email, password):
    make_user()
    dashboard = Dashboard()
    assert dashboard.sign_in(email, password).status_code == 200
    assert dashboard.get("collections/").status_code == 302


def test_a_changed_password_ends_the_session(dashboard, root):
    assert dashboard.get("collections/").status_code == 200
    root.set("password", "another password")
    root.save()
    assert dashboard.get("collections/").status_code == 302


def test_a_deleted_superuser_is_out(dashboard, root):
    make_superuser("other@example.com")
    root.delete()
    assert dashboard.get("collections/").status_code == 302


def test_posts_need_the_token_of_the_form(root):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    data = {"username": "root@example.com", "password": "1234567890"}
    assert client.post("/_/login/", data).status_code == 403


def test_the_sidebar_follows_the_schema(dashboard):
    assert "gadgets" not in text_of(dashboard.get("collections/"))
    made = make_collection("gadgets", text("title"))
    page = dashboard.get("collections/")
    assert "/_/collections/gadgets/records/" in page.content.decode()
    assert dashboard.get("collections/gadgets/records/").status_code == 200
    service.update(made, {"name": "widgets"})
    assert dashboard.get("collections/gadgets/records/").status_code == 404
    assert dashboard.get("collections/widgets/records/").status_code == 200
    service.delete(made)
    assert dashboard.get("collections/widgets/records/").status_code == 404


def test_a_new_field_has_its_column_at_once(dashboard):
    made = make_collection("gadgets", text("title"))
    assert "weight" not in text_of(dashboard.get("collections/gadgets/records/"))
    service.update(made, {"fields": [text("title"), {"type": "number", "name": "weight"}]})
    make_record(made, title="a", weight=12.5)
    page = text_of(dashboard.get("collections/gadgets/records/"))
    assert "id title weight" in page
    assert "a 12.5" in page


def test_search_finds_collections(dashboard):
    make_collection("gadgets", text("title"))
    page = text_of(dashboard.get("search/", s="GADG"))
    assert page == "gadgets / base collection"
    assert text_of(dashboard.get("search/", s="nothing like it")) == ""


def test_editors_see_what_they_may(root):
    make_collection("gadgets", text("title"))
    make_collection("secrets", text("title"))
    editor = StaffUser.objects.create_user("ed", password="editors password", is_staff=True)
    kind, _ = ContentType.objects.get_or_create(app_label="records", model="gadgets")
    for act in ("view", "add", "change"):
        permission, _ = Permission.objects.get_or_create(
            content_type=kind, codename=f"{act}_gadgets", defaults={"name": f"may {act} gadgets"}
        )
        editor.user_permissions.add(permission)
    dashboard = Dashboard()
    assert dashboard.sign_in("ed", "editors password").status_code == 302
    page = dashboard.get("collections/gadgets/records/")
    assert page.status_code == 200
    assert "secrets" not in page.content.decode()
    assert dashboard.get("collections/secrets/records/").status_code == 403
    assert dashboard.get("collections/").status_code == 403
    assert (
        dashboard.post("collections/gadgets/records/add/", title="by an editor").status_code == 302
    )
    record = records.first("gadgets")
    assert record["title"] == "by an editor"
    assert dashboard.get(f"collections/gadgets/records/{record.id}/delete/").status_code == 403


def test_pages_carry_a_content_security_policy(dashboard):
    policy = dashboard.get("collections/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy


def test_unknown_pages_are_not_found(dashboard):
    response = dashboard.get("nothing/here/")
    assert response.status_code == 404
    assert "There is nothing here" in text_of(response)
    assert dashboard.get("static/nothing.css").status_code == 404


def test_without_its_slash(client):
    response = client.get("/_")
    assert (response.status_code, response.headers["Location"]) == (307, "/_/")


def test_the_api_is_left_alone(dashboard, api):
    assert api.get("/api/health").status_code == 200
    response = api.get("/api/collections/users/records/nobody")
    assert response.json()["status"] == 404


def test_a_bug_is_a_page_of_the_dashboard(dashboard, monkeypatch, caplog):
    from dashboard_app.collections.admin import CollectionAdmin

    def broken(*arguments, **named):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(CollectionAdmin, "get_queryset", broken)
    response = dashboard.get("collections/")
    assert response.status_code == 500
    assert "Something went wrong" in text_of(response)
    assert "broken on purpose" in caplog.text


def test_dashboard_users(dashboard):
    page = text_of(dashboard.get("auth_app/staffuser/"))
    assert "root@example.com" in page
    password = "editors password"
    response = dashboard.post(
        "auth_app/staffuser/add/", username="ed", password1=password, password2=password
    )
    assert response.status_code == 302
    editor = StaffUser.objects.get(username="ed")
    assert (editor.is_staff, editor.is_superuser, editor.record_id) == (True, False, None)
    superuser = StaffUser.objects.get(record_id__isnull=False)
    response = dashboard.post(f"auth_app/staffuser/{superuser.pk}/change/", username="other")
    assert response.status_code == 403


def test_signing_in_leads_in(root):
    response = Dashboard().sign_in()
    assert (response.status_code, response.headers["Location"]) == (302, "/_/")


# --- the second factor ----------------------------------------------------------------------------


@pytest.fixture
def second_factor(root):
    service.update(lookup.get("_superusers"), {"otp": {"enabled": True}})
    return Dashboard()


def code_in(mail):
    return re.search(r"\b[0-9]{8}\b", mail.body)[0]


def test_a_code_is_asked_for(second_factor, mailoutbox):
    page = second_factor.sign_in()
    assert "A code is on its way to your e-mail address." in text_of(page)
    assert (b'name="otp"' in page.content, b'name="password"' in page.content) == (True, False)
    assert second_factor.get("").status_code == 302
    [mail] = mailoutbox
    wrong = second_factor.post("login/", otp="00000000")
    assert "This code is wrong, or it has run out." in text_of(wrong)
    assert second_factor.get("").status_code == 302
    assert second_factor.post("login/", otp=code_in(mail)).status_code == 302
    assert second_factor.get("").status_code == 200


def test_no_code_for_a_wrong_password(second_factor, mailoutbox):
    page = second_factor.sign_in(password="wrong")
    assert "do not belong to anyone" in text_of(page)
    assert (b'name="otp"' in page.content, len(mailoutbox)) == (False, 0)
    assert "Begin again." in text_of(second_factor.post("login/", otp="12345678"))


def test_a_new_password_ends_the_first_factor(second_factor, root, mailoutbox):
    second_factor.sign_in()
    body = {"password": "another-password", "passwordConfirm": "another-password"}
    records_service.update(lookup.get("_superusers"), root.id, body)
    page = second_factor.post("login/", otp=code_in(mailoutbox[0]))
    assert "This code is wrong" in text_of(page)
    assert second_factor.get("").status_code == 302


def line_of(response):
    """Return the words of the line that says where one is."""
    heading = re.search(r"(?s)<h1.*?</h1>", response.content.decode())[0]
    words = re.sub(r"<[^>]+>", " ", heading).split()
    return [word for word in words if word != "chevron_right"]


def test_the_line_above_a_page_has_the_names_of_the_sidebar(dashboard):
    posts = make_collection("posts", text("title"))
    named, nameless = make_record(posts, title="Harbour"), make_record(posts)
    assert line_of(dashboard.get("auth/group/")) == ["Access", "groups"]
    for record, word in ((named, "Harbour"), (nameless, nameless.id)):
        page = dashboard.get(f"collections/posts/records/{record.id}/change/")
        assert line_of(page) == ["Collections", "posts", word]


def groups_of(response):
    """Return ``{title: links}`` of the sidebar."""
    return {
        group["title"]: [item["title"] for item in group["items"]]
        for group in response.context["sidebar_navigation"]
    }


def test_a_collection_is_pinned_and_unpinned(dashboard):
    make_collection("posts", text("title"))
    make_collection("tags", text("word"))
    back = "/_/collections/tags/records/?q=a"
    response = dashboard.post("collections/tags/records/pin/", back=back)
    assert (response.status_code, response.headers["Location"]) == (302, back)
    found = groups_of(dashboard.get("collections/posts/records/"))
    assert (found["Pinned"], found["Collections"]) == (
        ["tags"],
        ["All collections", "posts", "users"],
    )
    dashboard.post("collections/tags/records/pin/", back="https://example.com/")
    found = groups_of(dashboard.get("collections/posts/records/"))
    assert "Pinned" not in found
    assert found["Collections"] == ["All collections", "posts", "tags", "users"]


def test_the_menu_of_a_superuser_leads_to_superusers(dashboard):
    links = dashboard.get("").context["account_links"]
    assert links == [{"title": "Superusers", "link": "/_/collections/_superusers/records/"}]
