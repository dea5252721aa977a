"""The operations of superusers: collections, settings, logs, crons, backups, SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collections_app.collection_types import registry
from collections_app.fields import base as field_types
from collections_app.schema.definition import RULE_NAMES
from core_app.settings_store import shape
from dashboard_app.openapi.parts import (
    ANY_OBJECT,
    BINARY,
    FLAG,
    FORM,
    TEXT,
    WHOLE,
    Paths,
    Schema,
    answers,
    fields,
    items,
    json_body,
    named,
    of_sample,
    operation,
    page_of,
    parameter,
    ref,
)

_LIST = ("page", "perPage", "sort", "filter", "skipTotal", "fields")


def schemas(settings: shape.Settings) -> dict[str, Schema]:
    """Return their components by name."""
    return {
        "Collection": _collection(),
        "CollectionField": _field(),
        "CollectionPage": page_of(ref("Collection")),
        "Settings": of_sample(shape.to_json(settings)),
        "LogEntry": fields(
            {"id": TEXT, "created": TEXT, "level": WHOLE, "message": TEXT, "data": ANY_OBJECT}
        ),
        "LogPage": page_of(ref("LogEntry")),
        "Cron": fields({"id": TEXT, "expression": TEXT}),
        "CronRun": _cron_run(),
        "Backup": fields({"key": TEXT, "size": WHOLE, "modified": TEXT}),
    }


def _collection() -> Schema:
    rule = {"type": ["string", "null"], "description": "null: superusers only, empty: everyone."}
    shown: Schema = {
        "id": TEXT,
        "name": TEXT,
        "type": {"type": "string", "enum": sorted(registry.registered())},
        "system": FLAG,
        "fields": items(ref("CollectionField")),
        "indexes": items(TEXT),
        "created": {**TEXT, "readOnly": True},
        "updated": {**TEXT, "readOnly": True},
        **{name: dict(rule) for name in RULE_NAMES},
    }
    found = fields(shown, *(name for name in shown if name != "name"))
    return {**found, "additionalProperties": True, "description": "Beside it, the type's options."}


def _field() -> Schema:
    shown: Schema = {
        "id": TEXT,
        "name": TEXT,
        "type": {"type": "string", "enum": sorted(field_types.registered())},
        **dict.fromkeys(("required", "hidden", "presentable", "system"), FLAG),
        "help": TEXT,
    }
    found = fields(shown, *(name for name in shown if name not in ("name", "type")))
    return {**found, "additionalProperties": True, "description": "Beside it, the type's options."}


def _cron_run() -> Schema:
    run = fields(
        {"started": TEXT, "finished": TEXT, "duration": WHOLE, "error": TEXT, "running": FLAG}
    )
    last = {"anyOf": [run, {"type": "null"}]}
    return fields({"id": TEXT, "expression": TEXT, "lastRun": last})


def paths() -> Paths:
    return {**_collections(), **_settings(), **_logs(), **_crons(), **_backups(), **_others()}


def _act(
    name: str,
    tag: str,
    summary: str,
    shown: Schema | None,
    *refusals: int,
    query: tuple[str, ...] = (),
    path: Mapping[str, str] | None = None,
    body: Schema | None = None,
    more: list[Schema] | None = None,
) -> Schema:
    own = [parameter(key, says, place="path") for key, says in (path or {}).items()]
    parameters = [*own, *named(*query), *(more or [])]
    responses = answers(shown, *sorted({401, 403, *refusals}))
    return operation(name, tag, summary, responses, parameters=parameters, body=body)


def _collections() -> Paths:
    tag, one = "Collections", {"collection": "The id or name of a collection."}
    many = fields({"collections": items(ref("Collection")), "deleteMissing": FLAG}, "deleteMissing")
    whole = ref("Collection")
    dry = fields({"fields": items(ref("CollectionField")), "sample": items(ANY_OBJECT)})
    provider = fields({"name": TEXT, "displayName": TEXT, "logo": TEXT})
    return {
        "/api/collections": {
            "get": _act("listCollections", tag, "List", ref("CollectionPage"), 400, query=_LIST),
            "post": _act("createCollection", tag, "Create", whole, 400, body=json_body(whole)),
        },
        "/api/collections/{collection}": {
            "get": _act("viewCollection", tag, "View", whole, 404, path=one, query=("fields",)),
            "patch": _act(
                "updateCollection",
                tag,
                "Update",
                whole,
                *(400, 404),
                path=one,
                body=json_body(ANY_OBJECT),
            ),
            "delete": _act("deleteCollection", tag, "Delete", None, 400, 404, path=one),
        },
        "/api/collections/{collection}/truncate": {
            "delete": _act(
                "truncateCollection",
                tag,
                "Delete all records",
                None,
                *(400, 404),
                path=one,
                query=("trash",),
            )
        },
        "/api/collections/import": {
            "put": _act("importCollections", tag, "Import", None, 400, body=json_body(many))
        },
        "/api/collections/meta/scaffolds": {
            "get": _act("collectionScaffolds", tag, "Begin a collection", ANY_OBJECT)
        },
        "/api/collections/meta/dry-run-view": {
            "post": _act(
                "dryRunView",
                tag,
                "Try the query of a view",
                dry,
                400,
                body=json_body(fields({"query": TEXT})),
            )
        },
        "/api/collections/meta/oauth2-providers": {
            "get": _act("listOAuth2Providers", tag, "OAuth2 providers there are", items(provider))
        },
    }


def _settings() -> Paths:
    tag, whole = "Settings", ref("Settings")
    mail = fields({"email": TEXT, "template": TEXT, "collection": TEXT}, "collection")
    apple = fields(
        {
            **dict.fromkeys(("clientId", "teamId", "keyId", "privateKey"), TEXT),
            "duration": {**WHOLE, "description": "Seconds."},
        }
    )
    storage = fields({"filesystem": {"type": "string", "enum": ["storage", "backups"]}})
    return {
        "/api/settings": {
            "get": _act("viewSettings", tag, "View", whole, query=("fields",)),
            "patch": _act("updateSettings", tag, "Change", whole, 400, body=json_body(whole)),
        },
        "/api/settings/test/email": {
            "post": _act("testMail", tag, "Send a test mail", None, 400, body=json_body(mail))
        },
        "/api/settings/test/s3": {
            "post": _act("testS3", tag, "Try the storage", None, 400, body=json_body(storage))
        },
        "/api/settings/apple/generate-client-secret": {
            "post": _act(
                "appleClientSecret",
                tag,
                "Make the secret for Sign in with Apple",
                fields({"secret": TEXT}),
                400,
                body=json_body(apple),
            )
        },
    }


def _logs() -> Paths:
    tag = "Logs"
    hour = fields({"date": TEXT, "total": WHOLE})
    return {
        "/api/logs": {
            "get": _act("listLogs", tag, "List", ref("LogPage"), 400, query=_LIST),
            "delete": _act("deleteLogs", tag, "Forget all entries", None),
        },
        "/api/logs/stats": {
            "get": _act("logStats", tag, "Entries by hour", items(hour), 400, query=("filter",))
        },
        "/api/logs/{id}": {
            "get": _act("viewLog", tag, "View", ref("LogEntry"), 404, path={"id": "Of an entry."})
        },
    }


def _crons() -> Paths:
    tag = "Crons"
    return {
        "/api/crons": {"get": _act("listCrons", tag, "List", items(ref("Cron")))},
        "/api/crons/runs": {
            "get": _act("listCronRuns", tag, "List with the last runs", items(ref("CronRun")))
        },
        "/api/crons/{id}": {
            "post": _act("runCron", tag, "Run now", None, 404, path={"id": "Of a job."})
        },
    }


def _backups() -> Paths:
    tag, one = "Backups", {"key": "The name of a backup."}
    form = {"required": True, "content": {FORM: {"schema": fields({"file": dict(BINARY)})}}}
    name = fields({"name": {**TEXT, "description": "By the clock, if not given."}}, "name")
    token = parameter("token", "A superuser's file token; the header does not count.")
    download = _act("downloadBackup", tag, "Download", {}, 404, path=one, more=[token])
    download["responses"]["200"]["content"] = {"application/zip": {"schema": dict(BINARY)}}
    download["security"] = [{}]
    return {
        "/api/backups": {
            "get": _act("listBackups", tag, "List", items(ref("Backup")), query=("fields",)),
            "post": _act("createBackup", tag, "Create", None, 400, body=json_body(name)),
        },
        "/api/backups/upload": {
            "post": _act("uploadBackup", tag, "Take in a file", None, 400, body=form)
        },
        "/api/backups/{key}": {
            "get": download,
            "delete": _act("deleteBackup", tag, "Delete", None, 400, path=one),
        },
        "/api/backups/{key}/restore": {
            "post": _act("restoreBackup", tag, "Restore", None, 400, path=one)
        },
    }


def _others() -> Paths:
    metrics = _act("metrics", "Health", "Numbers for Prometheus", {})
    metrics["responses"]["200"]["content"] = {"text/plain": {"schema": TEXT}}
    query: dict[str, Any] = json_body(fields({"query": TEXT}))
    return {
        "/api/sql": {"post": _act("sql", "SQL", "Run a statement", ANY_OBJECT, 400, body=query)},
        "/api/metrics": {"get": metrics},
    }
