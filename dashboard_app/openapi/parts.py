"""The words that operations are written with, and what all of them share. Knows no collection."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
#: path -> method in lower case -> operation
Paths = dict[str, dict[str, Any]]

JSON, FORM = "application/json", "multipart/form-data"
#: who may ask: nobody needs to sign in, somebody has to, a superuser has to
ANYONE: list[Schema] = [{}, {"token": []}]
SIGNED_IN: list[Schema] = [{"token": []}]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer"}
ANY_OBJECT: Schema = {"type": "object", "additionalProperties": True}
BINARY: Schema = {
    "type": "string",
    "format": "binary",
    "contentMediaType": "application/octet-stream",
}


def ref(name: str, kind: str = "schemas") -> Schema:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def fields(properties: Schema, *optional: str) -> Schema:
    """Return an object that has all ``properties`` but those that are ``optional``."""
    required = [name for name in properties if name not in optional]
    found: Schema = {"type": "object", "properties": properties}
    return {**found, "required": required} if required else found


def items(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def page_of(schema: Schema) -> Schema:
    """Return one page of a list, as every list of the API is."""
    return fields(
        {
            "page": WHOLE,
            "perPage": WHOLE,
            "totalItems": {**WHOLE, "description": "-1 with skipTotal."},
            "totalPages": {**WHOLE, "description": "-1 with skipTotal."},
            "items": items(schema),
        }
    )


def of_sample(value: Any) -> Schema:
    """Return the schema that a value of JSON shows; an empty list may hold anything."""
    match value:
        case bool():
            return FLAG
        case int() | float():
            return {"type": "number"}
        case str():
            return TEXT
        case dict():
            shown = {key: of_sample(item) for key, item in value.items()}
            return {"type": "object", "properties": shown}
        case list() | tuple():
            return items(of_sample(value[0]) if value else {})
    return {}


def parameter(name: str, description: str, schema: Schema = TEXT, place: str = "query") -> Schema:
    found: Schema = {"name": name, "in": place, "description": description, "schema": schema}
    return {**found, "required": True} if place == "path" else found


def named(*names: str) -> list[Schema]:
    """Return shared parameters by name."""
    return [ref(name, "parameters") for name in names]


def json_body(schema: Schema) -> Schema:
    return {"required": True, "content": {JSON: {"schema": schema}}}


def answers(schema: Schema | None, *refusals: int, description: str = "Done.") -> Schema:
    """Return the responses: 200 with ``schema`` (204 without), and the refusals by status."""
    done: Schema = {"description": description}
    if schema is not None:
        done["content"] = {JSON: {"schema": schema}}
    found = {"204" if schema is None else "200": done}
    return found | {str(code): ref(REFUSALS[code], "responses") for code in refusals}


def operation(
    operation_id: str,
    tag: str,
    summary: str,
    responses: Schema,
    *,
    security: list[Schema] = SIGNED_IN,
    parameters: list[Schema] | None = None,
    body: Schema | None = None,
    description: str = "",
) -> Schema:
    found: Schema = {"operationId": operation_id, "tags": [tag], "summary": summary}
    if description:
        found["description"] = description
    if parameters:
        found["parameters"] = parameters
    if body:
        found["requestBody"] = body
    return {**found, "responses": responses, "security": security}


# --- what all share ---------------------------------------------------------------------------

REFUSALS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    429: "TooManyRequests",
}
_REFUSAL_TEXTS = {
    400: "What was sent is not right; `data` says which fields are wrong, and why.",
    401: "A token is needed.",
    403: "The token is not enough.",
    404: "There is nothing of this kind that the caller may see.",
    429: "Too many requests; try again later.",
}


def shared_responses() -> Schema:
    """Return the refusals by name."""
    content = {JSON: {"schema": ref("Error")}}
    return {
        name: {"description": _REFUSAL_TEXTS[code], "content": content}
        for code, name in REFUSALS.items()
    }


def shared_parameters() -> Schema:
    """Return parameters that several operations have, by name."""
    whole = {"type": "integer", "minimum": 1}
    found = [
        parameter("page", "Which page, from 1.", {**whole, "default": 1}),
        parameter("perPage", "How many a page has.", {**whole, "maximum": 1000, "default": 30}),
        parameter("sort", "Fields, `-` in front for descending: `-created,title`."),
        parameter("filter", "An expression: `total > 5 && tags ~ 'new'`."),
        parameter("expand", "Relations to bring along: `author,comments_via_post`."),
        parameter("fields", "Which keys the answer has: `id,title`; all, if not given."),
        parameter("skipTotal", "Leave the count out, which is faster.", FLAG),
        parameter("trash", "`only`: deleted records; `with`: those too.", TEXT),
    ]
    return {item["name"]: item for item in found}


def shared_schemas() -> Schema:
    """Return the schemas of errors by name."""
    error = fields(
        {
            "status": WHOLE,
            "message": TEXT,
            "data": {
                "description": "What is wrong by the name of a field; inner objects for lists.",
                "type": "object",
                "additionalProperties": {"anyOf": [ref("FieldError"), ANY_OBJECT]},
            },
        }
    )
    field_error = fields(
        {
            "code": {**TEXT, "examples": ["validation_required"]},
            "message": TEXT,
            "params": {**ANY_OBJECT, "description": "The values that the message names."},
        },
        "params",
    )
    return {"Error": error, "FieldError": field_error}
