"""Uploads, protected files and what is not there: the same requests get PocketBase's answers."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from tests.makers import PASSWORD

pytestmark = [pytest.mark.pocketbase, pytest.mark.server]

_RANDOM = re.compile(r"_[a-z0-9]{10}(?=[._]|$|\")")


def png():
    file = io.BytesIO()
    Image.new("RGB", (30, 90), "red").save(file, "PNG")
    return file.getvalue()


def shown(value):
    """Return an answer without what chance gives: the ends of names, ids and moments."""
    if isinstance(value, dict):
        left = {"created", "updated", "collectionId", "id"}
        return {key: shown(each) for key, each in value.items() if key not in left}
    if isinstance(value, list):
        return [shown(each) for each in value]
    return _RANDOM.sub("_#", value) if isinstance(value, str) else value


def answer(response):
    is_json = response.headers.get("content-type", "").startswith("application/json")
    return response.status_code, shown(response.json()) if is_json else len(response.content)


@pytest.fixture
def both(pocketbase, shared_server):
    """Run what returns a list of answers at both servers, and compare."""

    def run(scenario):
        theirs, ours = (scenario(server) for server in (pocketbase, shared_server))
        assert len(theirs) == len(ours)
        for at, pair in enumerate(zip(ours, theirs, strict=True)):
            assert (at, pair[0]) == (at, pair[1])
        return ours

    return run


def collection(server, name, fields, **rules):
    body = {"name": name, "type": "base", "fields": fields, **rules}
    response = server.http.post("/api/collections", json=body)
    response.raise_for_status()
    return f"/api/collections/{name}/records"


def test_uploads(both):
    fields = [
        {"name": "one", "type": "file", "maxSelect": 1},
        {"name": "many", "type": "file", "maxSelect": 3, "maxSize": 100},
        {"name": "images", "type": "file", "maxSelect": 2, "mimeTypes": ["image/png"]},
        {"name": "must", "type": "file", "required": True},
    ]

    def scenario(server):
        records = collection(server, "parity_uploads", fields, listRule="", viewRule="")
        answers = []

        def post(*files, **data):
            response = server.http.post(records, data=data, files=[*files, must])
            answers.append(answer(response))
            return response.json()

        def patch(*files, json=None, **data):
            url = f"{records}/{record['id']}"
            response = server.http.patch(url, json=json, data=data, files=[*files] or None)
            answers.append(answer(response))
            return response.json()

        def text(field, name="alpha.txt", content=b"hello"):
            return field, (name, content)

        must = text("must", "must.txt")
        answers.append(answer(server.http.post(records, json={"one": "invented.txt"})))
        answers.append(answer(server.http.post(records, data={"one": ""}, files=[text("other")])))
        post(text("one"), text("one", "beta.txt"))
        post(text("one", "empty.txt", b""))
        post(*[text("many", f"file {at}.txt") for at in range(4)])
        post(text("many", "big file.txt", b"x" * 101))
        post(text("images", "fake.png"), ("images", ("real.png", png())))
        post(("images", ("real.gif", png())))
        post(text("nofield"), title="x")
        record = post(text("many", "mmm1.txt"), text("many", "mmm2.txt"), text("one"))
        first, second = record["many"]
        one = record["one"]
        for change in (
            {"many": [second, first]},
            {"many": ["other.txt", first]},
            {"many": [one]},
            {"one": first},
            {"many-": ["nothing.txt"]},
            {"many": [first, first]},
            {"many": second, "one": None},
        ):
            patch(json=change)
        record = patch(text("many+", "mmm3.txt"))
        record = patch(text("+many", "mmm0.txt"))
        patch(text("many+", "mmm4.txt"))
        record = patch(text("many", "mmm5.txt"), many=record["many"][1])
        patch(**{"many-": record["many"][0]})
        patch(text("one+", "ooo1.txt"))
        patch(json={"many-": record["many"]})
        patch(json={"many": [], "one": ""})
        patch(json={"must": ""})
        patch(text("must", "new.txt"))
        return answers

    answers = both(scenario)
    assert {status for status, _ in answers} == {200, 400}


RULES = {
    "anybody": "",
    "nobody": None,
    "owner": "owner = @request.auth.id && @request.auth.id != ''",
    "asked": "@request.query.key = 'x' && @request.context = 'protectedFile'",
}


def test_protected(both):
    fields = [
        {"name": "doc", "type": "file", "protected": True},
        {"name": "open", "type": "file"},
        {"name": "hidden", "type": "file", "hidden": True},
        {"name": "owner", "type": "text"},
    ]

    def scenario(server):
        answers, tokens, logins = [], {"none": "", "wrong": "x.y.z"}, {}
        for who in ("anna", "bert"):
            email = f"files-{who}@example.com"
            account = {"password": PASSWORD, "passwordConfirm": PASSWORD, "verified": True}
            made = {"id": f"files{who}".ljust(15, "0"), "email": email, **account}
            server.http.post("/api/collections/users/records", json=made).raise_for_status()
            login = server.guest.post(
                "/api/collections/users/auth-with-password",
                json={"identity": email, "password": PASSWORD},
            ).json()["token"]
            logins[who] = {"Authorization": login}
            token = server.guest.post("/api/files/token", headers=logins[who])
            answers.append(token.status_code)
            tokens[who] = token.json()["token"]
        tokens["root"] = server.http.post("/api/files/token").json()["token"]
        tokens["login"] = logins["anna"]["Authorization"]
        # a file token opens nothing but files
        answers.append(
            answer(server.guest.post("/api/files/token", headers={"Authorization": tokens["anna"]}))
        )
        answers.append(answer(server.guest.post("/api/files/token")))
        for name, rule in RULES.items():
            records = collection(server, f"parity_protected_{name}", fields, viewRule=rule)
            sent = [("doc", ("d.txt", b"doc")), ("open", ("o.txt", b"open"))]
            sent.append(("hidden", ("h.txt", b"hidden")))
            owner = {"owner": "filesanna".ljust(15, "0")}
            record = server.http.post(records, data=owner, files=sent).json()
            base = f"/api/files/parity_protected_{name}/{record['id']}"
            for field in ("doc", "open", "hidden"):
                for token in tokens.values():
                    for query in ({}, {"key": "x"}):
                        found = server.guest.get(
                            f"{base}/{record[field]}", params={"token": token, **query}
                        )
                        answers.append((name, field, *answer(found)))
                # who is signed in does not count
                found = server.guest.get(f"{base}/{record[field]}", headers=logins["anna"])
                answers.append((name, field, "signed in", *answer(found)))
        change = {"password": "87654321", "passwordConfirm": "87654321"}
        server.http.patch(
            f"/api/collections/users/records/{'filesanna'.ljust(15, '0')}", json=change
        ).raise_for_status()
        url = f"/api/files/parity_protected_owner/{record['id']}/{record['doc']}"
        answers.append(answer(server.guest.get(url, params={"token": tokens["anna"]})))
        return answers

    answers = both(scenario)
    assert ("owner", "doc", 200, 3) in answers


def test_what_is_there(both):
    fields = [{"name": "doc", "type": "file", "thumbs": ["50x50", "0x20"]}]

    def scenario(server):
        records = collection(server, "parity_there", fields)
        record = server.http.post(records, files={"doc": ("a.png", png())}).json()
        url = f"/api/files/parity_there/{record['id']}"
        doc = record["doc"]
        answers = []
        for path in (
            f"{url}/{doc}?thumb=50x50&thumb=7x7",
            f"{url}/{doc}?thumb=7x7&thumb=50x50",
            f"{url}/{doc}?thumb=100x100",
            f"{url}/{doc}?thumb=050x50",
            f"{url}/{doc}?thumb=0x20t",
            f"{url}/{doc}?thumb=",
            *(f"{url}/{doc}?download={value}" for value in ("t", "TRUE", "True", "yes", "2", "")),
            f"{url}/{doc}?fields=id",
            f"{url}/{doc.upper()}",
            f"{url}/{doc}/",
            f"{url}/{doc}/more",
            f"{url}/{doc}.attrs",
            f"{url}/thumbs_{doc}/50x50_{doc}",
            f"{url}/50x50_{doc}",
            f"{url}/..%2f{record['id']}%2f{doc}",
            f"{url}/%2e%2e/{doc}",
            f"{url.upper().replace('/API/FILES', '/api/files')}/{doc}",
            f"/api/files/PARITY_THERE/{record['id']}/{doc}",
            f"/api/files/{record['collectionId']}/{record['id']}/{doc}",
            f"/api/files/nothing/{record['id']}/{doc}",
            f"/api/files/parity_there/nothing/{doc}",
            f"/api/files/parity_there/{record['id']}/",
        ):
            response = server.guest.get(path)
            kind = response.headers.get("content-disposition", "").replace(doc, "NAME")
            status, content = answer(response)
            is_thumb = "x" in kind.partition("NAME")[0]
            answers.append((path.partition("?")[2], status, kind, None if is_thumb else content))
        for method in ("POST", "PUT", "DELETE"):
            answers.append(answer(server.http.request(method, f"{url}/{doc}")))
        answers.append(answer(server.http.get("/api/files/token")))
        return answers

    both(scenario)


def test_files_of_views(both):
    """A column that is a field of files as it stands leads to its record, five views deep."""
    fields = [
        {"name": "doc", "type": "file"},
        {"name": "docs", "type": "file", "maxSelect": 2},
        {"name": "kept", "type": "file", "protected": True},
        {"name": "hidden", "type": "file", "hidden": True},
        {"name": "other", "type": "relation", "collectionId": "parityothers000"},
    ]
    queries = {
        "whole": "select id, doc, docs, kept, hidden from parity_seen",
        "renamed": "select id, doc as paper, docs as papers, kept as paper2 from parity_seen",
        "joined": "select s.id, s.doc from parity_seen s left join parity_others o on 1 = 1",
        "made": "select id, (doc) as doc, upper(docs) as docs from parity_seen",
        "ids": "select (id || 'x') as id, doc from parity_seen",
        "level2": "select id, paper, paper2 from parity_v_renamed",
        "level3": "select id, paper from parity_v_level2",
        "level4": "select id, paper from parity_v_level3",
        "level5": "select id, paper from parity_v_level4",
        "level6": "select id, paper from parity_v_level5",
    }

    def scenario(server):
        made = {"id": "parityothers000", "name": "parity_others", "type": "base"}
        server.http.post("/api/collections", json=made).raise_for_status()
        records = collection(server, "parity_seen", fields)
        names = "doc", "docs", "kept", "hidden"
        files = [(name, (f"{name}.txt", name.encode())) for name in names]
        record = server.http.post(records, files=files).json()
        answers = []
        for name, query in queries.items():
            for rule in ("", None) if name == "whole" else ("",):
                view = {"name": f"parity_v_{name}", "type": "view", "viewQuery": query}
                body = {**view, "listRule": rule, "viewRule": rule}
                server.http.post("/api/collections", json=body)
                server.http.patch(f"/api/collections/{view['name']}", json=body).raise_for_status()
                for field in names:
                    stored = record[field] if field != "docs" else record[field][0]
                    for record_id in (record["id"], f"{record['id']}x"):
                        path = f"/api/files/{view['name']}/{record_id}/{stored}"
                        answers.append((name, rule, field, *answer(server.guest.get(path))))
        for name in (*reversed([f"parity_v_{name}" for name in queries]), "parity_seen"):
            server.http.delete(f"/api/collections/{name}").raise_for_status()
        server.http.delete("/api/collections/parity_others").raise_for_status()
        return answers

    answers = both(scenario)
    assert ("level4", "", "doc", 200, 3) in answers
