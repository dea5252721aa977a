"""A path -> what can be asked of it, as the OpenAPI document says, and a body to begin with."""

from __future__ import annotations

import re
from typing import Any

from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from dashboard_app.openapi import document
from dashboard_app.openapi.parts import JSON, Schema

_RECORDS = re.compile(r"/api/collections/([^/]+)/records(?:/([^/]+))?")
_METHODS = ("get", "post", "put", "patch", "delete")


def of(path: str) -> dict[str, Schema]:
    """Return the operations at ``path`` by method in capitals; a literal path goes first."""
    made = document.kept(for_superusers=True)
    wanted = _by_name(path).split("/")
    found: dict[str, Any] = {}
    for template, operations in made["paths"].items():
        if _fits(template.split("/"), wanted):
            for method in _METHODS:
                if method in operations and ("{" not in template or method not in found):
                    found[method] = operations[method]
    return {method.upper(): found[method] for method in _METHODS if method in found}


def records_of(path: str) -> tuple[CollectionDef, str] | None:
    """Return the collection whose records ``path`` is about, and the id of one record or ``""``."""
    parts = _RECORDS.fullmatch(path)
    collection = snapshot.current().find(parts[1]) if parts else None
    return (collection, parts[2] or "") if parts and collection else None


def sample_body(operation: Schema) -> Any:
    """Return a body that has what is required; ``None`` for an operation that takes no JSON."""
    content = operation.get("requestBody", {}).get("content", {})
    if JSON not in content:
        return None
    return _sample(content[JSON]["schema"])


def _by_name(path: str) -> str:
    """Return ``path`` with a collection's id replaced by its name, as the document has it."""
    parts = path.split("/")
    if path.startswith("/api/collections/") and len(parts) > 4:
        found = snapshot.current().find(parts[3])
        if found is not None:
            parts[3] = found.name
    return "/".join(parts)


def _fits(template: list[str], wanted: list[str]) -> bool:
    return len(template) == len(wanted) and all(
        part == segment or (part.startswith("{") and segment)
        for part, segment in zip(template, wanted, strict=True)
    )


def _sample(schema: Schema) -> Any:
    if "$ref" in schema:
        made = document.kept(for_superusers=True)
        return _sample(made["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            properties, required = schema.get("properties", {}), schema.get("required", ())
            return {name: _sample(properties[name]) for name in required}
        case "array":
            return [_sample(schema["items"])] if schema.get("minItems") else []
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return False
        case "string" | ["string", "null"]:
            return ""
    return None
