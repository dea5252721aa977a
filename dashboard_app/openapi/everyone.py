"""The operations that belong to no collection and are for any client."""

from __future__ import annotations

from dashboard_app.openapi.parts import (
    ANY_OBJECT,
    ANYONE,
    FORM,
    JSON,
    TEXT,
    WHOLE,
    Paths,
    Schema,
    answers,
    fields,
    items,
    json_body,
    named,
    operation,
    parameter,
    ref,
)


def schemas() -> dict[str, Schema]:
    """Return their components by name."""
    request = fields(
        {
            "method": {
                "type": "string",
                "enum": ["POST", "PATCH", "PUT", "DELETE"],
                "description": "PUT updates the record that the body's id names, or creates it.",
            },
            "url": {**TEXT, "examples": ["/api/collections/posts/records"]},
            "headers": {"type": "object", "additionalProperties": TEXT},
            "body": ANY_OBJECT,
        },
        "headers",
        "body",
    )
    health = fields({"code": WHOLE, "message": TEXT, "data": ANY_OBJECT})
    event = fields({"action": _ACTION, "record": ANY_OBJECT})
    return {
        "BatchRequest": request,
        "BatchAnswer": fields({"status": WHOLE, "body": {"description": "A record, or null."}}),
        "Health": health,
        "RealtimeEvent": {**event, "description": "The `data` of a message about a record."},
    }


_ACTION: Schema = {"type": "string", "enum": ["create", "update", "delete"]}


def paths() -> Paths:
    return {
        "/api/batch": {"post": _batch()},
        "/api/realtime": {"get": _connect(), "post": _subscribe()},
        "/api/files/token": {"post": _file_token()},
        "/api/files/{collection}/{id}/{filename}": {"get": _file()},
        "/api/health": {"get": _health("health", "Whether the server is up")},
        "/api/health/live": {"get": _health("healthLive", "Whether the process answers")},
        "/api/health/ready": {"get": _ready()},
    }


def _batch() -> Schema:
    requests = fields({"requests": items(ref("BatchRequest"))})
    form = fields({"@jsonPayload": {**TEXT, "description": "The JSON, files beside it."}})
    form["additionalProperties"] = True
    form["description"] = "A file is a part called `requests.0.photo`: item, field."
    return operation(
        "batch",
        "Batch",
        "Several writes as one",
        answers(items(ref("BatchAnswer")), 400, 403, 429),
        security=ANYONE,
        body={
            "required": True,
            "content": {JSON: {"schema": requests}, FORM: {"schema": form}},
        },
        description="All are stored, or none. Off unless the settings allow it.",
    )


def _connect() -> Schema:
    stream = {"text/event-stream": {"schema": TEXT}}
    return operation(
        "realtimeConnect",
        "Realtime",
        "Open a stream of events",
        {"200": {"description": "The first event is `PB_CONNECT`.", "content": stream}},
        security=ANYONE,
        description="`data` of `PB_CONNECT` has the `clientId` that subscribing needs; `data` of "
        "every other event is as `RealtimeEvent` says.",
    )


def _subscribe() -> Schema:
    topics = {**items(TEXT), "examples": [["posts/*", "posts/RECORD_ID"]]}
    return operation(
        "realtimeSubscribe",
        "Realtime",
        "Choose what a stream brings",
        answers(None, 400, 403, 404),
        security=ANYONE,
        body=json_body(fields({"clientId": TEXT, "subscriptions": topics}, "subscriptions")),
        description="`posts/*` goes by the list rule, `posts/RECORD_ID` by the view rule.",
    )


def _file_token() -> Schema:
    return operation(
        "fileToken",
        "Files",
        "Get a token for protected files",
        answers(fields({"token": TEXT}), 401),
    )


def _file() -> Schema:
    content = {"*/*": {"schema": {"contentMediaType": "application/octet-stream"}}}
    refused = answers(None, 404)
    del refused["204"]
    return operation(
        "file",
        "Files",
        "Get a file or a thumb of it",
        {"200": {"description": "The file.", "content": content}, **refused},
        security=ANYONE,
        parameters=[
            *(parameter(name, "", place="path") for name in ("collection", "id", "filename")),
            parameter("thumb", "A size: `100x100`, `100x100f`, `0x100`."),
            parameter("token", "A file token, for protected files."),
            parameter("download", "1 sends it as an attachment."),
        ],
    )


def _health(name: str, summary: str) -> Schema:
    done = answers(ref("Health"))
    return operation(name, "Health", summary, done, security=ANYONE, parameters=named("fields"))


def _ready() -> Schema:
    found = _health("healthReady", "Whether requests can be served")
    content = {JSON: {"schema": ref("Health")}}
    found["responses"]["503"] = {"description": "Something is missing.", "content": content}
    return found
