"""The same raw values through PocketBase and through our fields: same answers, same refusals."""

import json
import re
from urllib.parse import quote

import orjson
import pytest
from django.db import connection

from collections_app.records import rows, service, shape
from core_app import strict_json
from core_app.errors import ApiError
from tests.collections_app.fields import pools
from tests.makers import make_collection, make_record, text

pytestmark = [pytest.mark.pocketbase, pytest.mark.django_db]
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def reference(pocketbase):
    """PocketBase with the records that relations point at."""
    tags = {"id": pools.TAGS_ID, "name": "parity_tags", "type": "base", "fields": [text("title")]}
    assert pocketbase.http.post("/api/collections", json=tags).status_code == 200
    for tag in pools.TAGS:
        pocketbase.http.post("/api/collections/parity_tags/records", json={"id": tag})
    return pocketbase.http


@pytest.fixture
def both(reference):
    """Return a function that makes the collection of a variant in both."""

    def make(variant):
        type_name, options, _ = pools.FIELDS[variant]
        if type_name == "relation":
            tags = make_collection("parity_tags", text("title"), id=pools.TAGS_ID)
            for tag in pools.TAGS:
                make_record(tags, id=tag)
        name = "v" if not variant.startswith("id_") else "id"
        fields = [{"type": type_name, "name": name, **options}] if variant != "id_default" else []
        body = {"name": f"parity_{variant}", "type": "base", "fields": fields}
        response = reference.post("/api/collections", json=body)
        assert response.status_code == 200, response.text
        return (
            name,
            Theirs(reference, body["name"], name),
            Ours(make_collection(**_call(body)), name),
        )

    made = []

    def remember(variant):
        made.append(f"parity_{variant}")
        return make(variant)

    yield remember
    for name in made:
        reference.delete(f"/api/collections/{name}")


def _kept_as_sent(raws):
    """Return values but, on PostgreSQL, those that it cannot store (NUL) or writes otherwise."""
    if connection.vendor == "sqlite":
        return raws
    return [raw for raw in raws if re.search(r"\\u0000|[0-9]e[0-9]", raw) is None]


def _call(body):
    return {"name": body["name"], "type": body["type"]} | (
        {"fields": body["fields"]} if body["fields"] else {}
    )


class Theirs:
    """What PocketBase says: ``("ok", value, value read again)`` or ``("refused", errors)``."""

    def __init__(self, http, collection, key):
        self.http, self.path, self.key = http, f"/api/collections/{collection}/records", key

    def create(self, body):
        return self._outcome(self.http.post(self.path, content=body.encode(), headers=JSON))

    def update(self, record_id, body):
        path = f"{self.path}/{record_id}"
        return self._outcome(self.http.patch(path, content=body.encode(), headers=JSON))

    def _outcome(self, response):
        if response.status_code != 200:
            data = response.json().get("data") or response.status_code
            return "refused", data, None
        record = exact(response.text)
        again = self.http.get(f"{self.path}/{quote(record['id'], safe='')}")
        self.last_id = record["id"]
        return "ok", record[self.key], exact(again.text)[self.key]


class Ours:
    """What our fields say, in the same form."""

    def __init__(self, collection, key):
        self.collection, self.key = collection, key

    def create(self, body):
        return self._outcome(body, lambda values: service.create(self.collection, values))

    def update(self, record_id, body):
        return self._outcome(
            body, lambda values: service.update(self.collection, record_id, values)
        )

    def _outcome(self, body, act):
        try:
            values = strict_json.loads_first(body.encode())
        except ValueError:
            return "refused", 400, None
        try:
            record = act(values)
        except ApiError as error:
            return "refused", json.loads(orjson.dumps(error.body()["data"])), None
        self.last_id = record.id
        field = self.collection.by_name[self.key]
        row = rows.fetch_by_id(self.collection, record.id)
        shown = shape.shaper(self.collection, superuser=True)([row])[0]
        return (
            "ok",
            exact(orjson.dumps(field.to_public(record[self.key]))),
            exact(orjson.dumps(shown[self.key])),
        )


def exact(content):
    """Return JSON with its numbers as they are written."""
    return json.loads(content, parse_int=_written, parse_float=_written)


def _written(digits):
    return f"number {digits}"


@pytest.mark.parametrize("variant", pools.FIELDS)
def test_create(variant, both):
    name, theirs, ours = both(variant)
    different = {}
    for raw in _kept_as_sent(pools.FIELDS[variant][2]):
        body = f'{{"{name}":{raw}}}'
        expected, actual = theirs.create(body), ours.create(body)
        if expected != actual:
            different[raw[:80]] = expected, actual
    assert different == {}


@pytest.mark.parametrize("variant", pools.UPDATES)
def test_update(variant, both):
    _, theirs, ours = both(variant)
    first, bodies = pools.UPDATES[variant]
    different = {}
    for body in bodies:
        assert theirs.create(first) == ours.create(first)
        expected = theirs.update(theirs.last_id, body)
        actual = ours.update(ours.last_id, body)
        if expected != actual:
            different[body] = expected, actual
    assert different == {}
