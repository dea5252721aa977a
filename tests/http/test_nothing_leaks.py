"""What a guest is told does not depend on what is hidden from guests."""

from __future__ import annotations

import pytest
from django.db import connection

from collections_app import records
from collections_app.records import access
from collections_app.schema.lookup import find
from core_app import time_limit
from tests.makers import boolean, number, relation, text

GENERIC = {
    "data": {},
    "message": "Something went wrong while processing your request.",
    "status": 400,
}
EMPTY = {"items": [], "page": 1, "perPage": 30, "totalItems": 0, "totalPages": 0}


@pytest.fixture(autouse=True)
def _without_delay(monkeypatch):
    monkeypatch.setattr(access, "_LONGEST_DELAY_S", 0)


@pytest.fixture
def hidden(make_collection, make_record, make_user):
    """Public papers, one of them of a hidden team; and what guests must not learn about.

    Returns a function that writes ``word`` wherever a guest may not look.
    """
    users = find("users")
    teams = make_collection(
        "teams", text("name"), boolean("open"), text("code", hidden=True), list_rule="open = true"
    )
    papers = make_collection(
        "papers",
        text("title"),
        number("rank"),
        boolean("pub"),
        text("secret", hidden=True),
        relation("team", teams.id, maxSelect=1),
        relation("readers", teams.id, maxSelect=5),
        relation("author", users.id, maxSelect=1),
        list_rule="pub = true",
        view_rule="pub = true",
    )
    notes = make_collection("notes", text("text"), relation("paper", papers.id, maxSelect=1))
    ann = make_user(name="Ann", emailVisibility=False)
    alpha = make_record(teams, name="alpha", open=True)
    gamma = make_record(teams, name="gamma", open=False)
    a = make_record(papers, title="A", pub=True, team=alpha.id, author=ann.id, rank=1)
    b = make_record(papers, title="B", pub=True, team=gamma.id, readers=[alpha.id, gamma.id])
    c = make_record(papers, title="C", pub=False, team=alpha.id, rank=3)
    note = make_record(notes, text="n", paper=a.id)

    def write(word: str) -> None:
        rank = len(word)
        records.update("teams", alpha.id, code=word)
        records.update("teams", gamma.id, name=word, code=word)
        records.update("papers", a.id, secret=word)
        records.update("papers", b.id, secret=word)
        records.update("papers", c.id, title=word, secret=word, rank=rank)
        records.update("notes", note.id, text=word)
        records.update("users", ann.id, email=f"{word}@example.com")

    write("start")
    return write


LISTS = [
    {},
    {"filter": "title ~ 'apple'"},
    {"filter": "title ~ 'apple' || pub = true"},
    {"filter": "rank > 4"},
    {"filter": "pub = false || rank > 4", "sort": "-rank"},
    {"filter": "team.name = 'apple'"},
    {"filter": "team.name != 'apple'"},
    {"filter": "team.name !~ 'apple' || title != ''"},
    {"filter": "team.name > 'b' || title != ''"},
    {"sort": "team.name"},
    {"sort": "-team.name,title"},
    {"filter": "readers.name ?= 'apple'"},
    {"filter": "readers.name ?!= 'apple'", "sort": "readers.name"},
    {"filter": "author.email ~ 'apple'"},
    {"filter": "author.email !~ 'apple'"},
    {"filter": "author.email:lower > 'b' || author.email <= 'b'"},
    {"filter": "team.papers_via_team.title ?= 'apple'"},
    {"filter": "team.papers_via_team.rank ?> 4 || title = 'A'"},
    {"sort": "team.papers_via_team.title"},
    {"filter": "geoDistance(rank, team.name, 1, 2) != 0 || strftime('%Y', team.name) = ''"},
    {"expand": "team,readers,author,notes_via_paper,team.papers_via_team"},
    {"fields": "title,secret,expand", "expand": "team"},
    {"filter": "secret = 'apple'"},
    {"filter": "secret ~ 'apple' || title = 'A'"},
    {"sort": "secret"},
    {"filter": "team.code = 'apple'"},
    {"sort": "-team.code"},
    {"filter": "notes_via_paper.text ?= 'apple'"},
    {"sort": "notes_via_paper.text"},
    {"filter": "author.tokenKey != ''"},
    {"filter": "@collection.notes.text ?= 'apple'"},
    {"filter": "@request.auth.id = '' && title = 'apple'"},
    {"filter": "title = '@collection.notes.text'"},
]


@pytest.mark.parametrize("query", LISTS)
def test_lists(api, hidden, query):
    answers = set()
    for word in ("apple", "zebra", "Apple-tree"):
        hidden(word)
        response = api.get("/api/collections/papers/records", **query)
        body = response.json()
        for item in body.get("items", []):
            item.pop("updated", None)
        answers.add((response.status_code, str(body)))
    assert len(answers) == 1


def test_the_tests_above_could_fail(root_api, hidden):
    """A superuser's answers to the same do tell one word from the other."""
    told = 0
    for query in LISTS:
        answers = set()
        for word in ("apple", "zebra"):
            hidden(word)
            response = root_api.get("/api/collections/papers/records", **query)
            answers.add(str([item.get("id") for item in response.json()["items"]]))
        told += len(answers) > 1
    assert told == 13


def test_totals_count_what_is_listed(api, hidden):
    url = "/api/collections/papers/records"
    assert api.get(url).json()["totalItems"] == 2
    assert api.get(url, perPage=1).json()["totalPages"] == 2
    assert api.get(url, filter="title = 'start'").json() == EMPTY
    assert api.get(url, filter="title = 'no such paper'").json() == EMPTY
    assert api.get(url, filter="team.name != ''").json()["totalItems"] == 1
    assert api.get(url, sort="team.name").json()["totalItems"] == 1


@pytest.mark.parametrize("name", ["secret", "team.code", "author.tokenKey", "notes_via_paper.text"])
@pytest.mark.parametrize("filter", ["{} = 'start'", "{} = 'x'", "title = 'A' || {} ?~ 's'"])
def test_hidden_names_are_refused_alike(api, hidden, name, filter):
    for query in ({"filter": filter.format(name)}, {"sort": f"-{name}"}):
        response = api.get("/api/collections/papers/records", **query)
        assert (response.status_code, response.json()) == (400, GENERIC)


def test_a_hidden_record_is_a_missing_record(api, hidden):
    secret = records.first("papers", "pub = false")
    url = "/api/collections/papers/records"
    there, not_there = api.get(f"{url}/{secret.id}"), api.get(f"{url}/{'x' * 15}")
    assert (there.status_code, there.json()) == (not_there.status_code, not_there.json())
    for act in (api.patch, api.delete):
        assert act(f"{url}/{secret.id}").json() == act(f"{url}/{'x' * 15}").json()


@pytest.fixture
def short_limit(db, settings):
    settings.HOLDALL_QUERY_TIMEOUT = 0.2
    connection.ensure_connection()
    time_limit.watch(connection)
    yield
    settings.HOLDALL_QUERY_TIMEOUT = 30
    time_limit.watch(connection)


def test_a_runaway_filter_is_stopped_and_the_next_request_is_not(root_api, hidden, short_limit):
    runaway = "&&".join(f"@collection.papers:a{at}.id ?!= 'x'" for at in range(30))
    response = root_api.get("/api/collections/papers/records", filter=runaway)
    assert (response.status_code, response.json()) == (400, GENERIC)
    response = root_api.get("/api/collections/papers/records", filter="title != ''")
    assert (response.status_code, response.json()["totalItems"]) == (200, 3)
    assert records.create("papers", title="D").id


def test_python_callers_are_told_why(hidden, short_limit):
    runaway = "&&".join(f"@collection.papers:a{at}.id ?!= 'x'" for at in range(30))
    with pytest.raises(Exception, match=r"^stopped after 0\.2 seconds$"):
        records.count("papers", runaway)
    assert records.count("papers") == 3
