"""Records in the dashboard."""

import pytest
from django.contrib.admin.models import LogEntry

from collections_app import records
from collections_app.hooks import before_record_create, before_record_update
from core_app.errors import BadRequest
from storage_app import choose
from storage_app.local import LocalStorage
from tests import makers
from tests.dashboard_app.conftest import errors_of, text_of
from tests.makers import make_collection, make_record, make_user, relation, select, upload


@pytest.fixture(autouse=True)
def _own_storage(tmp_path, monkeypatch):
    holder = LocalStorage(location=str(tmp_path / "storage"))
    monkeypatch.setattr(choose, "storages", {"default": holder})


@pytest.fixture
def kinds(db):
    return make_collection("kinds", makers.text("name"), makers.text("note"))


@pytest.fixture
def things(kinds):
    """A collection with a field of every type."""
    return make_collection(
        "things",
        makers.text("title", required=True),
        makers.editor("story"),
        makers.number("size"),
        makers.boolean("done"),
        makers.email("mail"),
        makers.url("link"),
        makers.date("day"),
        select("one", "a", "b"),
        select("tags", "a", "b", "c", maxSelect=3),
        relation("kind", kinds),
        relation("kinds", kinds, maxSelect=5),
        makers.file("photo"),
        makers.file("papers", maxSelect=3),
        makers.json_field("data"),
        makers.geo_point("place"),
        makers.password("secret"),
        makers.autodate("created", onCreate=True),
        makers.autodate("updated", onCreate=True, onUpdate=True),
    )


LIST = "collections/things/records/"
ADD = f"{LIST}add/"


def change_path(record):
    return f"{LIST}{record.id}/change/"


def form_data(response):
    """Return what a browser would send if nothing was changed."""
    data = {}
    for bound in response.context["adminform"].form:
        value, widget = bound.value(), bound.field.widget
        if hasattr(widget, "decompress"):
            names = [f"{bound.html_name}{end}" for end in widget.widgets_names]
            data.update(zip(names, widget.decompress(value), strict=True))
        elif getattr(widget, "input_type", "") == "password" or hasattr(widget, "folder_url"):
            continue  # never sent back
        elif value not in (None, False, []):
            data[bound.html_name] = value
    return data


def shown(response):
    return [record.id for record in response.context["cl"].result_list]


# add


def test_add_every_type(dashboard, things, kinds):
    garden = make_record(kinds, name="Garden")
    response = dashboard.post(
        ADD,
        title="A thing",
        story="<p>once</p>",
        size="2.5",
        done="on",
        mail="a@b.co",
        link="https://a.co",
        day="2024-01-02T03:04:05.678",
        one="b",
        tags=["a", "c"],
        kind=garden.id,
        kinds=[garden.id],
        photo=upload("A Photo.txt", b"photo"),
        papers=[upload("one.txt", b"1"), upload("two.txt", b"2")],
        data='{"b": [1, 2], "a": null}',
        place_lon="8.5",
        place_lat="47",
        secret="a secret",
    )
    assert (response.status_code, response.headers["Location"]) == (302, f"/_/{LIST}")
    record = records.first("things")
    values = record.values()
    created, updated = values.pop("created"), values.pop("updated")
    assert created <= updated
    assert values.pop("secret").verify("a secret")
    photo, papers = values.pop("photo"), values.pop("papers")
    assert photo.startswith("a_photo_")
    assert [name.split("_")[0] for name in papers] == ["one", "two"]
    assert values == {
        "id": record.id,
        "title": "A thing",
        "story": "<p>once</p>",
        "size": 2.5,
        "done": True,
        "mail": "a@b.co",
        "link": "https://a.co",
        "day": "2024-01-02 03:04:05.678Z",
        "one": "b",
        "tags": ["a", "c"],
        "kind": garden.id,
        "kinds": [garden.id],
        "data": {"b": [1, 2], "a": None},
        "place": {"lon": 8.5, "lat": 47},
    }


def test_add_with_defaults(dashboard, things):
    assert dashboard.get(ADD).status_code == 200
    assert dashboard.post(ADD, title="alone").status_code == 302
    values = records.first("things").values()
    assert (values["size"], values["done"], values["data"], values["tags"]) == (0, False, None, [])
    assert values["place"] == {"lon": 0, "lat": 0}


def test_add_with_an_id_of_its_own(dashboard, things):
    dashboard.post(ADD, id="mythingmything1", title="a")
    assert records.first("things").id == "mythingmything1"


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"title": ""}, {"title": ["Cannot be blank."]}),
        ({"size": "many"}, {"size": ["This is not a number."]}),
        ({"mail": "nobody"}, {"mail": ["Must be a valid email address."]}),
        ({"day": "tomorrow"}, {"day": ["This is not a date and time."]}),
        ({"one": "z"}, {"one": ["Invalid value z."]}),
        (
            {"kind": "nope"},
            {"kind": ["Failed to find all relation records with the provided ids."]},
        ),
        ({"place_lat": "91"}, {"place": ["Latitude must be between -90 and 90 degrees."]}),
        ({"mail": "x", "link": "y"}, {"mail": [], "link": []}),
    ],
)
def test_refused(dashboard, things, changes, errors):
    response = dashboard.post(ADD, **{"title": "a", **changes})
    assert response.status_code == 200
    found = errors_of(response)
    assert list(found) == list(errors)
    for name, texts in errors.items():
        assert found[name][: len(texts)] == texts
    assert records.count("things") == 0
    assert LogEntry.objects.count() == 0


def test_broken_json(dashboard, things):
    response = dashboard.post(ADD, title="a", data="{broken")
    assert errors_of(response)["data"][0].startswith("This is not JSON")
    assert "{broken" in text_of(response)


def test_hooks_are_asked(dashboard, things):
    seen = []

    def refuse(event, **_):
        seen.append(event.info.auth.get("email"))
        raise BadRequest("not on Sundays")

    before_record_create.connect(refuse, sender="things")
    try:
        response = dashboard.post(ADD, title="a")
    finally:
        before_record_create.disconnect(refuse, sender="things")
    assert errors_of(response) == {None: ["Not on Sundays."]}
    assert seen == ["root@example.com"]
    assert records.count("things") == 0


# change


def test_change_sends_only_what_changed(dashboard, things):
    record = make_record(things, title="before", size=1, data={"a": 1}, story="one\ntwo")
    bodies = []

    def watch(event, **_):
        bodies.append(dict(event.info.body))

    before_record_update.connect(watch, sender="things")
    try:
        data = form_data(dashboard.get(change_path(record)))
        data |= {"title": "after", "story": "one\r\ntwo"}  # as browsers send line ends
        response = dashboard.post(change_path(record), **data)
    finally:
        before_record_update.disconnect(watch, sender="things")
    assert (response.status_code, response.headers["Location"]) == (302, f"/_/{LIST}")
    assert bodies == [{"title": "after"}]
    assert records.get("things", record.id)["title"] == "after"
    entry = LogEntry.objects.get()
    assert (entry.user.email, entry.object_id) == ("root@example.com", record.id)
    assert entry.get_change_message() == "Changed title *."


@pytest.mark.parametrize("stored", ["<p>a</p>\r\n<p>b</p>", "a\rb", "\na\n", " a "])
def test_line_ends_stay_until_somebody_writes(dashboard, stored):
    notes = make_collection("notes", makers.text("title"), makers.editor("story"))
    record = make_record(notes, story=stored)
    sent = stored.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")  # as browsers do
    path = f"collections/notes/records/{record.id}/change/"
    assert dashboard.post(path, title="new", story=sent).status_code == 302
    after = records.get("notes", record.id)
    assert (after["title"], after["story"]) == ("new", stored)
    assert dashboard.post(path, title="new", story=f"{sent}c").status_code == 302
    assert records.get("notes", record.id)["story"] == sent.replace("\r\n", "\n") + "c"


def test_change_everything_back_to_empty(dashboard, things, kinds):
    garden = make_record(kinds, name="Garden")
    record = make_record(
        things,
        title="a",
        size=5,
        done=True,
        tags=["a"],
        one="b",
        kind=garden.id,
        kinds=[garden.id],
        data=[1],
        day="2024-01-02",
        place={"lon": 1, "lat": 2},
    )
    assert dashboard.post(change_path(record), title="a").status_code == 302
    values = records.get("things", record.id).values()
    empty = {name: values[name] for name in ("size", "done", "tags", "one", "kind", "kinds")}
    assert empty == {"size": 0, "done": False, "tags": [], "one": "", "kind": "", "kinds": []}
    assert (values["data"], values["day"], values["place"]) == (None, "", {"lon": 0, "lat": 0})


def test_chosen_relations_are_options_of_their_selects(dashboard, things, kinds):
    garden, house = make_record(kinds, name="Garden"), make_record(kinds, name="House")
    record = make_record(things, title="a", kind=garden.id, kinds=[house.id, garden.id])
    page = dashboard.get(change_path(record)).content.decode()
    options = [f'<option value="{item.id}" selected>{item["name"]}' for item in (garden, house)]
    assert [page.count(option) for option in options] == [2, 1]
    assert page.index(options[1]) < page.rindex(options[0])


def test_password_is_kept_unless_given(dashboard, things):
    record = make_record(things, title="a", secret="first secret")
    page = dashboard.get(change_path(record))
    assert "first secret" not in page.content.decode()
    assert "$2" not in text_of(page)
    dashboard.post(change_path(record), title="b")
    assert records.get("things", record.id)["secret"].verify("first secret")
    dashboard.post(change_path(record), title="b", secret="second secret")
    assert records.get("things", record.id)["secret"].verify("second secret")


def test_files(dashboard, things, django_capture_on_commit_callbacks):
    record = make_record(things, title="a", papers=[upload("one.txt"), upload("two.txt")])
    one, two = (str(name) for name in record["papers"])
    page = dashboard.get(change_path(record)).content.decode()
    assert f"/api/files/{things.id}/{record.id}/{one}" in page
    with django_capture_on_commit_callbacks(execute=True):
        dashboard.post(
            change_path(record), title="a", papers__remove=one, papers=upload("new.txt", b"new")
        )
    after = records.get("things", record.id)["papers"]
    assert after[0] == two
    assert after[1].startswith("new")
    assert not choose.storage().exists(f"{things.id}/{record.id}/{one}")
    with django_capture_on_commit_callbacks(execute=True):
        dashboard.post(change_path(record), title="a", papers__remove=after)
    assert records.get("things", record.id)["papers"] == []


def test_protected_files_open_by_a_token(dashboard, api):
    kept = make_collection("kept", makers.file("photo", protected=True))
    record = make_record(kept, photo=upload("a.png", b"\x89PNG\r\n\x1a\n"))
    page = dashboard.get(f"collections/kept/records/{record.id}/change/").content.decode()
    url = page.split('href="/api/files/')[1].split('"')[0]
    assert "?token=" in url
    assert api.get(f"/api/files/{url}").status_code == 200
    listed = dashboard.get("collections/kept/records/").content.decode()
    assert "token=" in listed


def test_new_user_and_new_password(dashboard, api):
    path = "collections/users/records/"
    response = dashboard.post(f"{path}add/", email="new@example.com", password="new password")
    assert response.status_code == 302
    user = records.first("users", "email = 'new@example.com'")
    assert user["password"].verify("new password")
    page = text_of(dashboard.get(f"{path}{user.id}/change/"))
    assert user["tokenKey"] not in page
    dashboard.post(
        f"{path}{user.id}/change/",
        email="new@example.com",
        password="newer password",
        verified="on",
    )
    user = records.get("users", user.id)
    assert user["password"].verify("newer password")
    assert user["verified"]


def test_password_too_short(dashboard):
    response = dashboard.post(
        "collections/users/records/add/", email="new@example.com", password="short"
    )
    assert errors_of(response) == {"password": ["Must be at least 8 character(s)."]}


def test_record_that_is_gone(dashboard, things):
    response = dashboard.client.get(f"/_/{LIST}nothing/change/", follow=True)
    assert "Perhaps it was deleted?" in text_of(response)


# delete


def test_delete(dashboard, things):
    record = make_record(things, title="a")
    path = f"{LIST}{record.id}/delete/"
    assert f"a ({record.id})" in text_of(dashboard.get(path))
    assert records.count("things") == 1
    assert dashboard.post(path, post="yes").status_code == 302
    assert records.count("things") == 0


def test_delete_tells_what_goes_along(dashboard, kinds):
    make_collection("things", relation("kind", kinds, cascadeDelete=True), relation("other", kinds))
    garden, house = make_record(kinds, name="Garden"), make_record(kinds, name="House")
    make_record("things", kind=garden.id)
    make_record("things", kind=garden.id, other=house.id)
    path = "collections/kinds/records/"
    page = text_of(dashboard.get(f"{path}{garden.id}/delete/"))
    assert "things: 2 that refer by kind" in page
    assert "things" not in text_of(dashboard.get(f"{path}{house.id}/delete/")).split("Objects")[1]
    assert dashboard.post(f"{path}{garden.id}/delete/", post="yes").status_code == 302
    assert records.count("things") == 0


def test_delete_refused(dashboard, kinds):
    make_collection("things", relation("kind", kinds, required=True))
    garden = make_record(kinds, name="Garden")
    make_record("things", kind=garden.id)
    path = f"/_/collections/kinds/records/{garden.id}/delete/"
    response = dashboard.client.post(path, {"post": "yes"}, follow=True)
    assert "Failed to delete record." in text_of(response)
    assert records.count("kinds") == 1


def test_delete_several(dashboard, things):
    made = [make_record(things, title=str(number)) for number in range(3)]
    action = {"action": "delete_selected", "_selected_action": [made[0].id, made[1].id]}
    assert records.count("things") == 3
    assert dashboard.post(LIST, **action, post="yes").status_code == 302
    assert [record.id for record in records.find("things")] == [made[2].id]


def test_delete_several_or_none(dashboard, kinds):
    make_collection("things", relation("kind", kinds, required=True))
    free, bound = make_record(kinds, name="free"), make_record(kinds, name="bound")
    make_record("things", kind=bound.id)
    action = {"action": "delete_selected", "_selected_action": [free.id, bound.id], "post": "yes"}
    response = dashboard.client.post("/_/collections/kinds/records/", action, follow=True)
    assert "Failed to delete record." in text_of(response)
    assert records.count("kinds") == 2


def test_the_last_superuser_stays(dashboard, root):
    path = f"/_/collections/_superusers/records/{root.id}/delete/"
    response = dashboard.client.post(path, {"post": "yes"}, follow=True)
    assert "only existing superuser" in text_of(response)


# list


def test_list(dashboard, kinds):
    plants = make_collection(
        "plants",
        makers.text("title"),
        makers.number("size"),
        makers.boolean("done"),
        select("tags", "a", "b", maxSelect=2),
        relation("kind", kinds),
        relation("kinds", kinds, maxSelect=5),
        makers.geo_point("place"),
    )
    garden, house = make_record(kinds, name="Garden"), make_record(kinds, name="House")
    record = make_record(
        plants,
        title="A plant",
        size=1.5,
        tags=["a", "b"],
        kind=garden.id,
        kinds=[house.id, garden.id],
        place={"lon": 8, "lat": 47},
    )
    page = text_of(dashboard.get("collections/plants/records/"))
    assert "id title size done tags kind kinds place" in page
    assert f"{record.id} A plant 1.5 close a b Garden House, Garden 47, 8" in page


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("green", ["green lamp", "green chair"]),
        ("green lamp", ["green lamp"]),
        ("size > 1", ["red lamp", "green chair"]),
        ('title ~ "lamp" && size > 1', ["red lamp"]),
        ("kind.name = 'Garden'", ["green chair"]),
        ("100%", []),
        ("'", []),
        ("", ["red lamp", "green lamp", "green chair"]),
    ],
)
def test_search(dashboard, things, kinds, search, found):
    garden = make_record(kinds, name="Garden")
    make_record(things, title="red lamp", size=2)
    make_record(things, title="green lamp", size=1)
    make_record(things, title="green chair", size=3, kind=garden.id)
    response = dashboard.get(LIST, q=search, o="1")
    titles = {record.title for record in response.context["cl"].result_list}
    assert titles == set(found)


def test_unreadable_filter(dashboard, things):
    make_record(things, title="a")
    response = dashboard.get(LIST, q="size >> 1")
    assert shown(response) == []
    assert "This filter cannot be read" in text_of(response)


def test_sort_and_pages(dashboard, things):
    for number in range(60):
        make_record(things, title=f"{number:02d}", size=number % 7)
    first = dashboard.get(LIST, o="-2")
    assert [record.title for record in first.context["cl"].result_list][:2] == ["59", "58"]
    assert len(shown(first)) == 50
    second = dashboard.get(LIST, o="-2", p="2")
    assert [record.title for record in second.context["cl"].result_list] == [
        f"{number:02d}" for number in range(9, -1, -1)
    ]


def test_queries_do_not_grow_with_records(dashboard, things, kinds, django_assert_max_num_queries):
    for number in range(20):
        kind = make_record(kinds, name=str(number))
        make_record(things, title=str(number), kind=kind.id, kinds=[kind.id])
    with django_assert_max_num_queries(16):
        assert dashboard.get(LIST).status_code == 200


def test_choices(dashboard, kinds):
    for number in range(25):
        make_record(kinds, name=f"kind {number:02d}")
    path = "collections/kinds/records/choices/"
    first = dashboard.get(path, term="KIND").json()
    assert (len(first["results"]), first["pagination"]) == (20, {"more": True})
    assert first["results"][0]["text"].startswith("kind ")
    second = dashboard.get(path, term="kind", page="2").json()
    assert (len(second["results"]), second["pagination"]) == (5, {"more": False})
    found = dashboard.get(path, term="kind 07").json()["results"]
    assert [item["text"] for item in found] == ["kind 07"]
    assert dashboard.get(path, term="a = b").json()["results"] == []


def test_a_copy_begins_as_the_record(dashboard, things, kinds):
    kind = make_record(kinds, name="Garden")
    old = make_record(
        things, title="A", size=2, kind=kind.id, tags=["a", "b"], photo=upload("a.txt")
    )
    assert "Duplicate" in text_of(dashboard.get(change_path(old)))
    form = dashboard.client.get(f"/_/{LIST}{old.id}/duplicate/", follow=True)
    data = form_data(form)
    assert data.pop("id", "") == ""
    assert dashboard.client.post(form.request["PATH_INFO"], data).status_code == 302
    new = records.first("things", f"id != '{old.id}'")
    same = ("title", "size", "kind", "tags")
    assert [new[name] for name in same] == [old[name] for name in same]
    assert (new["photo"], bool(old["photo"])) == ("", True)
    assert dashboard.get(f"{LIST}missing/duplicate/").status_code == 302
    assert dashboard.get(ADD, _copy_of="missing").status_code == 404


def test_labels_are_the_names_of_fields(dashboard, kinds):
    things = make_collection(
        "dates", makers.text("iPhone"), makers.autodate("madeAt", onCreate=True)
    )
    page = text_of(dashboard.get(f"collections/dates/records/{make_record(things).id}/change/"))
    assert "iPhone" in page
    assert "madeAt" in page
    assert "MadeAt" not in page


def test_views_are_only_looked_at(dashboard, kinds):
    garden = make_record(kinds, name="Garden")
    make_collection("shown", type="view", viewQuery="select id, name from kinds")
    path = "collections/shown/records/"
    assert "Garden" in text_of(dashboard.get(path))
    assert "Garden" in text_of(dashboard.get(f"{path}{garden.id}/change/"))
    assert dashboard.get(f"{path}add/").status_code == 403
    assert dashboard.post(f"{path}{garden.id}/change/", name="x").status_code == 403
    assert dashboard.post(f"{path}{garden.id}/delete/", post="yes").status_code == 403


@pytest.mark.parametrize("name", ["class", "save", "a__b", "pk", "objects", "data", "errors"])
def test_fields_with_names_that_mean_something_to_python(dashboard, name):
    odd = make_collection("odd", makers.text(name), makers.text("title"))
    path = "collections/odd/records/"
    assert dashboard.post(f"{path}add/", **{name: "a value", "title": "t"}).status_code == 302
    record = records.first("odd")
    assert record[name] == "a value"
    assert "a value" in text_of(dashboard.get(path))
    assert "a value" in text_of(dashboard.get(f"{path}{record.id}/change/"))
    assert dashboard.get(path, o="2").status_code == 200
    assert odd.name == "odd"


def test_every_collection_has_its_pages(dashboard):
    from collections_app.schema import snapshot

    make_user()
    for collection in snapshot.current().collections:
        path = f"collections/{collection.name}/records/"
        assert dashboard.get(path).status_code == 200
        assert dashboard.get(f"{path}add/").status_code == 200
        record = records.first(collection)
        if record is not None:
            assert dashboard.get(f"{path}{record.id}/change/").status_code == 200
            assert dashboard.get(f"{path}{record.id}/history/").status_code == 200


def test_text_is_never_markup(dashboard, things):
    nasty = "<script>alert(1)</script>"
    record = make_record(things, title=nasty, story=nasty, data={"a": nasty})
    for path in (LIST, change_path(record), f"{LIST}{record.id}/delete/"):
        assert nasty not in dashboard.get(path).content.decode()
