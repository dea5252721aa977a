"""The picture of collections, and previews of mails."""

import re

from collections_app.schema import snapshot
from dashboard_app.collections import diagram
from tests.dashboard_app.conftest import text_of
from tests.makers import make_collection, relation, text


def test_relations_are_drawn_and_told(dashboard):
    kinds = make_collection("kinds", text("name"))
    make_collection("things", relation("kind", kinds, cascadeDelete=True), text("title"))
    make_collection("alone", text("name"), relation("kinds", kinds, maxSelect=3))
    page = dashboard.get("collections/diagram/")
    said = text_of(page)
    assert "things.kind kinds one, deleted with it" in said
    assert "alone.kinds kinds several" in said
    assert "_superusers" not in said.split("Relations")[0].split("With the system's")[1]
    assert "_superusers" in text_of(dashboard.get("collections/diagram/", system=""))
    assert page.content.decode().count('class="d-line') == 2


def test_boxes_do_not_overlap(db):
    made = [make_collection("first", *(text(f"f{at}") for at in range(20)))]
    for at in range(12):
        made.append(make_collection(f"c{at}", relation("of", made[-1]), relation("me", made[0])))
    found = snapshot.current().collections
    relations = list(diagram.relations_of(found))
    boxes = diagram.placed(found, relations)
    for one in boxes:
        for other in boxes:
            beside = one.x != other.x
            above = one.y + one.height <= other.y or other.y + other.height <= one.y
            assert one is other or beside or above
    first = next(box for box in boxes if box.collection.name == "first")
    assert (len(first.rows), first.more) == (diagram.MOST_FIELDS, 21 - diagram.MOST_FIELDS)
    paths = [path for path, _ in diagram.curves(boxes, relations)]
    assert len(paths) == len(relations)
    assert all(re.fullmatch(r"M\d+,\d+ C-?\d+,\d+ -?\d+,\d+ \d+,\d+", path) for path in paths)


def test_a_mail_is_shown_as_it_will_look(dashboard):
    users = snapshot.current().find("users")
    sent = {"id": users.id, "subject": "Hi {RECORD:email}\n of {APP_NAME}"}
    sent["body"] = "<p>{TOKEN} {OTP} {RECORD:name} {NOTHING}</p>"
    answer = dashboard.post("collections/preview-mail/", **sent).json()
    assert answer["subject"] == "Hi somebody@example.com of Acme"
    assert "<p>SAMPLE.TOKEN 123456  {NOTHING}</p>" in answer["html"]
    assert dashboard.post("collections/preview-mail/", id="nobody").status_code == 404
