"""Whatever is sent as a filter or stored as a rule: an answer of the reference's, and no SQL."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collections_app.records import access
from collections_app.schema import lookup
from tests.collections_app.query.test_safety import FILTERS, NONSENSE
from tests.collections_app.query.world import (
    DIGEST,
    FIELDS,
    NAMES,
    POSTS,
    RECORDS,
    RULES,
    USERS,
    key,
)
from tests.makers import make_record, make_user

URL = "/api/collections/posts/records"
GENERIC = {
    "data": {},
    "message": "Something went wrong while processing your request.",
    "status": 400,
}
FORBIDDEN = [
    {"data": {}, "message": f"Only superusers can filter by {name}.", "status": 403}
    for name in ("@collection", "@request")
]
QUICK = settings(max_examples=100)


@pytest.fixture
def clients(api, root_api, monkeypatch):
    """A guest, a user and a superuser of the world that the tests of the language use.

    Nobody is slowed down for finding nothing time after time.
    """
    monkeypatch.setattr(access, "_LONGEST_DELAY_S", 0)
    made = {
        "collections": [
            {
                "id": collection,
                "name": NAMES[collection],
                "type": "auth" if collection == USERS else "base",
                "fields": FIELDS[collection],
                "listRule": RULES.get(collection, ""),
            }
            for collection in NAMES
            if collection != DIGEST
        ]
    }
    assert root_api.put("/api/collections/import", made).status_code == 204
    for collection, records in RECORDS.items():
        relations = _relations(collection)
        for record in records:
            plain = {name: record[name] for name in record if name not in relations}
            make = make_user if collection == USERS else make_record
            make(collection=collection, **{**plain, "id": key(record["id"])})
    for collection, records in RECORDS.items():
        for record in records:
            url = f"/api/collections/{collection}/records/{key(record['id'])}"
            pointing = {name: record[name] for name in record if name in _relations(collection)}
            assert root_api.patch(url, pointing).status_code == 200
    ann = lookup.get_model(USERS).objects.get(id=key("u1"))
    return api, api.as_(ann), root_api


def _relations(collection):
    return {each["name"] for each in FIELDS[collection] if each["type"] == "relation"}


@contextmanager
def statements():
    """Collect the text of what the database is asked, without its parameters."""
    texts = []

    def note(execute, sql, params, many, context):
        texts.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield texts


def test_filters_and_sorts(clients):
    @QUICK
    @given(st.one_of(FILTERS, NONSENSE), st.one_of(st.just(""), NONSENSE, FILTERS))
    @example("title = 'zzq'", "")
    @example("title ~ 'x'", "title,-zzq")
    def ask(filter, sort):
        for client in clients:
            with statements() as texts:
                response = client.get(URL, filter=filter, sort=sort)
            assert response.status_code in (200, 400, 403), filter
            if response.status_code == 400:
                assert response.json() == GENERIC
            if response.status_code == 403:
                assert client is not clients[2]
                assert response.json() in FORBIDDEN
                assert any(name in filter + sort for name in ("@collection.", "@request."))
            assert not [text for text in texts if "zzq" in text or "98765" in text]

    ask()


def test_rules(clients):
    guest, user, root = clients
    rules = [f"{act}Rule" for act in ("list", "view", "create", "update", "delete")]

    @settings(QUICK, max_examples=40)
    @given(st.one_of(FILTERS, NONSENSE))
    @example("title = 'zzq'")
    @example("id != 'zzq' || @request.body.title:isset = true")
    def ask(rule):
        saved = root.patch(f"/api/collections/{POSTS}", dict.fromkeys(rules, rule))
        if saved.status_code == 400:
            codes = {error["code"] for error in saved.json()["data"].values()}
            assert codes == {"validation_invalid_rule"}
            return
        assert saved.status_code == 200
        one = f"{URL}/{key('p1')}"
        for client in (guest, user):
            with statements() as texts:
                assert client.get(URL).status_code in (200, 400)
                assert client.get(one).status_code in (200, 404)
                assert client.patch(one, {"title": "alpha"}).status_code in (200, 404)
                assert client.post(URL, {"title": "new"}).status_code in (200, 400)
                assert client.delete(one).status_code in (204, 404)
            assert not [text for text in texts if "zzq" in text or "98765" in text]
        if root.get(one).status_code == 404:
            root.post(URL, {"id": key("p1"), "title": "alpha"})

    ask()
