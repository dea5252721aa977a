"""How a collection is used from outside: each endpoint with examples that run as they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from collections_app.fields.base import FieldType
from collections_app.schema.definition import CollectionDef
from dashboard_app.collections import api_sign_in
from dashboard_app.collections.api_example import SHOWN, Endpoint, curl, examples, who_may

_SAMPLES: dict[str, Any] = {
    "text": "some text",
    "editor": "<p>some text</p>",
    "number": 12.5,
    "bool": True,
    "email": "somebody@example.com",
    "url": "https://example.com",
    "date": "2026-01-31 12:00:00.000Z",
    "json": {"a": 1},
    "geoPoint": {"lon": 8.54, "lat": 47.37},
    "password": "a-long-password",
}
_LIST = [
    ("page, perPage", "which page, and its size (30, at most 1000)"),
    ("sort", "fields, - for descending: -created,title"),
    ("filter", "an expression: total > 5 && tags ~ 'new'"),
    *SHOWN,
    ("skipTotal", "1 leaves the count out, which is faster"),
]
_TRASH = ("trash", "only: deleted records; with: those too")


def endpoints(collection: CollectionDef, base_url: str) -> Iterator[Endpoint]:
    """Yield the endpoints of ``collection``; ``base_url`` is the server's own address."""
    name = collection.name
    path, sdk = f"/api/collections/{name}", f'pb.collection("{name}")'
    root = f"{base_url}{path}"
    yield from _reading(collection, root, path, sdk)
    if not collection.is_view:
        yield from _writing(collection, root, path, sdk)
        if collection.has_trash:
            yield from _trash(collection, root, path)
        yield _batch(collection, base_url)
        yield _realtime(collection, sdk)
    if collection.is_auth:
        yield from api_sign_in.endpoints(collection, root, path, sdk)


def _reading(collection: CollectionDef, root: str, path: str, sdk: str) -> Iterator[Endpoint]:
    trash = [_TRASH] if collection.has_trash else []
    yield Endpoint(
        title="List and search",
        method="GET",
        path=f"{path}/records",
        who=who_may(collection.list_rule),
        parameters=[*_LIST, *trash],
        examples=examples(
            curl=curl("GET", f"{root}/records?perPage=20&sort=-@rowid"),
            js=f'await {sdk}.getList(1, 20, {{sort: "-@rowid"}});',
            dart=f'await {sdk}.getList(page: 1, perPage: 20, sort: "-@rowid");',
            python=f'{sdk}.get_list(1, 20, {{"sort": "-@rowid"}})',
        ),
    )
    yield Endpoint(
        title="View",
        method="GET",
        path=f"{path}/records/ID",
        who=who_may(collection.view_rule),
        parameters=[*SHOWN, *trash],
        examples=examples(
            curl=curl("GET", f"{root}/records/ID"),
            js=f'await {sdk}.getOne("ID");',
            dart=f'await {sdk}.getOne("ID");',
            python=f'{sdk}.get_one("ID")',
        ),
    )


def _writing(collection: CollectionDef, root: str, path: str, sdk: str) -> Iterator[Endpoint]:
    body = _body(collection)
    text = json.dumps(body, ensure_ascii=False)
    files = [item.name for item in collection.fields if item.type_name == "file"]
    parameters = [*SHOWN]
    if files:
        parameters.append((", ".join(files), "files: send multipart/form-data (curl -F)"))
    yield Endpoint(
        title="Create",
        method="POST",
        path=f"{path}/records",
        who=who_may(collection.create_rule),
        parameters=parameters,
        body=body,
        examples=examples(
            curl=curl("POST", f"{root}/records", body),
            js=f"await {sdk}.create({text});",
            dart=f"await {sdk}.create(body: {_dart(text)});",
            python=f"{sdk}.create({body!r})",
        ),
    )
    yield Endpoint(
        title="Update",
        method="PATCH",
        path=f"{path}/records/ID",
        who=who_may(collection.update_rule),
        parameters=parameters,
        body=body,
        examples=examples(
            curl=curl("PATCH", f"{root}/records/ID", body),
            js=f'await {sdk}.update("ID", {text});',
            dart=f'await {sdk}.update("ID", body: {_dart(text)});',
            python=f'{sdk}.update("ID", {body!r})',
        ),
    )
    yield Endpoint(
        title="Delete",
        method="DELETE",
        path=f"{path}/records/ID",
        who=who_may(collection.delete_rule),
        parameters=[("purge", "1: for good, trash or not")] if collection.has_trash else [],
        examples=examples(
            curl=curl("DELETE", f"{root}/records/ID"),
            js=f'await {sdk}.delete("ID");',
            dart=f'await {sdk}.delete("ID");',
            python=f'{sdk}.delete("ID")',
        ),
    )


def _trash(collection: CollectionDef, root: str, path: str) -> Iterator[Endpoint]:
    rule = collection.soft_delete.trash_rule if collection.soft_delete is not None else None
    url = f"{path}/records/ID/restore"
    yield Endpoint(
        title="Restore",
        method="POST",
        path=url,
        who=who_may(rule),
        parameters=SHOWN,
        examples=examples(
            curl=curl("POST", f"{root}/records/ID/restore"),
            js=f'await pb.send("{url}", {{method: "POST"}});',
            dart=f'await pb.send("{url}", method: "POST");',
            python=f'pb.send("{url}", {{"method": "POST"}})',
        ),
    )


def _batch(collection: CollectionDef, base_url: str) -> Endpoint:
    name, body = collection.name, _body(collection)
    text = json.dumps(body, ensure_ascii=False)
    url = f"/api/collections/{name}/records"
    requests = {"requests": [{"method": "POST", "url": url, "body": body}]}
    return Endpoint(
        title="Batch",
        method="POST",
        path="/api/batch",
        who="Each write by its own rule; off unless the settings allow it",
        parameters=[("requests", "method, url, headers and body of each; all are done, or none")],
        body=requests,
        examples=examples(
            curl=curl("POST", f"{base_url}/api/batch", requests),
            js=f'const batch = pb.createBatch(); batch.collection("{name}").create({text}); '
            "await batch.send();",
            dart=f'final batch = pb.createBatch(); batch.collection("{name}").create('
            f"body: {_dart(text)}); await batch.send();",
        ),
    )


def _realtime(collection: CollectionDef, sdk: str) -> Endpoint:
    name = collection.name
    return Endpoint(
        title="Realtime",
        method="SSE",
        path="/api/realtime",
        who=who_may(collection.list_rule),
        parameters=[
            ("topic", f"{name}/* for all records (list rule), {name}/ID for one (view rule)")
        ],
        topic=f"{name}/*",
        examples=examples(
            js=f'await {sdk}.subscribe("*", (event) => console.log(event.action, event.record));',
            dart=f'await {sdk}.subscribe("*", (event) => print(event.record));',
            python=f"{sdk}.subscribe(lambda event: print(event.action, event.record))",
        ),
    )


def _dart(text: str) -> str:
    """Return JSON as Dart has it: ``$`` in a text is a variable there."""
    return text.replace("$", "\\$")


def _body(collection: CollectionDef) -> dict[str, Any]:
    """Return what a client may send, with a sample for each field."""
    found: dict[str, Any] = {}
    for item in collection.fields:
        if item.name in ("id", "tokenKey", "verified") or item.is_automatic or item.options.hidden:
            if item.name == "password":
                found["password"] = found["passwordConfirm"] = _SAMPLES["password"]
            continue
        if (value := _sample(item)) is not None:
            found[item.name] = value
    return found


def _sample(item: FieldType) -> Any:
    if item.type_name == "file":
        return None
    if item.type_name == "relation":
        return ["ID"] if item.is_multiple else "ID"
    if item.type_name == "select":
        values = list(getattr(item.options, "values", ()))[:1]
        return values if item.is_multiple else "".join(values)
    if item.type_name == "number":
        return _number(item)
    return _SAMPLES.get(item.type_name)


def _number(item: FieldType) -> Any:
    """Return a number within the field's limits."""
    limits = item.json_limits()
    low, high = limits.get("minimum", 1), limits.get("maximum")
    sample = _SAMPLES["number"] if limits.get("type") != "integer" else 12
    if sample < low:
        return low
    return high if high is not None and sample > high else sample
