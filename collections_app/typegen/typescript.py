"""Descriptions -> a TypeScript module for the official SDK; tests let its compiler judge."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence

from collections_app.fields.value_types import Kind
from collections_app.typegen.description import Description, Expansion, Property

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)
#: names of the module itself: no collection's types may have them
OWN_NAMES = (
    *("PocketBase", "RecordOptions", "RecordService", "FormData", "File", "Blob"),
    *("Collections", "CollectionName", "CollectionRecords", "CollectionResponses"),
    *("CollectionCreates", "CollectionUpdates", "Create", "Update", "Date", "Promise", "Omit"),
    *("RecordId", "FileName", "DateString", "GeoPoint", "NewFile", "TypedPocketBase"),
    *("TypedRecordService",),
)

_HEAD = """\
// Made by "manage.py typegen --typescript" from the collections. Changes here get lost.

import type PocketBase from "pocketbase";
import type { RecordOptions, RecordService } from "pocketbase";

/** The id of a record. */
export type RecordId = string;
/** The name of a stored file; `pb.files.getURL(record, name)` is its address. */
export type FileName = string;
/** A moment, always UTC: `2026-01-31 12:00:00.000Z`. Empty for none. */
export type DateString = string;
/** A file to be stored. */
export type NewFile = File | Blob;
/** Degrees; 0, 0 for none. */
export interface GeoPoint {
  lon: number;
  lat: number;
}
"""

_CLIENT = """\
export type CollectionName = keyof CollectionResponses;
/** What creates a record of a collection, by the collection's name. */
export type Create<N extends CollectionName> = CollectionCreates[N];
/** What changes a record of a collection, by the collection's name. */
export type Update<N extends CollectionName> = CollectionUpdates[N];

/** The SDK's service for one collection, with the bodies that the collection takes. */
export interface TypedRecordService<N extends CollectionName>
  extends Omit<RecordService<CollectionResponses[N]>, "create" | "update"> {
  create<T = CollectionResponses[N]>(
    body?: Create<N> | FormData,
    options?: RecordOptions,
  ): Promise<T>;
  update<T = CollectionResponses[N]>(
    id: string,
    body?: Update<N> | FormData,
    options?: RecordOptions,
  ): Promise<T>;
}

/** `const pb = new PocketBase(url) as TypedPocketBase` knows every collection by its name. */
export type TypedPocketBase = {
  collection<N extends CollectionName>(name: N): TypedRecordService<N>;
} & PocketBase;
"""


def module(descriptions: Sequence[Description]) -> str:
    """Return the text of the module."""
    parts = [_HEAD, _collections(descriptions)]
    parts += [_collection(item) for item in descriptions]
    parts += [
        _by_name("CollectionRecords", descriptions, lambda item: f"{item.type_name}Record"),
        _by_name("CollectionResponses", descriptions, lambda item: f"{item.type_name}Response"),
        _by_name("CollectionCreates", descriptions, lambda item: f"{item.type_name}Create"),
        _by_name("CollectionUpdates", descriptions, lambda item: f"{item.type_name}Update"),
        _CLIENT,
    ]
    return "\n".join(parts)


def _collections(descriptions: Sequence[Description]) -> str:
    lines = [f"  {item.type_name}: {_text(item.name)}," for item in descriptions]
    return "\n".join(
        [
            "/** The names of all collections. */",
            "export const Collections = {",
            *lines,
            "} as const;",
            "export type Collections = (typeof Collections)[keyof typeof Collections];",
            "",
        ]
    )


def _collection(item: Description) -> str:
    """Return the types of one collection: choices, record, expansion, response, bodies."""
    name = item.type_name
    out = [f"export type {choices} = {_union(texts)};\n" for choices, texts in item.choices.items()]
    out.append(_interface(f"{name}Record", (_shown(part) for part in item.record)))
    out.append(_interface(f"{name}Expand", (_expansion(part) for part in item.expand)))
    out.append(
        f"export interface {name}Response<TExpand = {name}Expand> extends {name}Record {{\n"
        "  collectionId: string;\n"
        f"  collectionName: {_text(item.name)};\n"
        "  expand?: TExpand;\n"
        "}\n"
    )
    if item.stores_records:
        out.append(_interface(f"{name}Create", (_sent(part) for part in item.create)))
        out.append(_interface(f"{name}Update", (_sent(part) for part in item.update)))
    else:
        out += [f"export type {name}{act} = never;\n" for act in ("Create", "Update")]
    return "\n".join(out)


def _by_name(
    name: str, descriptions: Sequence[Description], type_of: Callable[[Description], str]
) -> str:
    return _interface(name, (f"{_key(item.name)}: {type_of(item)}" for item in descriptions))


def _interface(name: str, properties: Iterable[str]) -> str:
    lines = [f"  {line};" for line in properties]
    if not lines:
        return f"export type {name} = Record<never, never>;\n"
    return "\n".join([f"export interface {name} {{", *lines, "}", ""])


def _shown(part: Property) -> str:
    kind, is_list = part.value.kind, part.value.is_list
    one = _SHOWN.get(kind, "string")
    if kind is Kind.CHOICE:
        one = part.choices or "string"
        if part.may_be_empty and not is_list and part.choices:
            one = f'{one} | ""'
    return f"{_key(part.name, part.is_optional)}: {one}{'[]' if is_list else ''}"


def _sent(part: Property) -> str:
    kind, is_list = part.value.kind, part.value.is_list
    one = _SENT.get(kind, "string")
    if part.is_name:
        one = _SHOWN.get(kind, "string")
    if kind is Kind.CHOICE:
        one = part.choices or "string"
        if part.may_be_empty and not is_list and part.choices:
            one = f'{one} | ""'
    if is_list:
        several = f"({one})[]" if " " in one else f"{one}[]"
        one = f"{one} | {several}" if part.takes_one else several
    elif kind is Kind.FILE and part.may_be_empty:
        one = f"{one} | null"
    return f"{_key(part.name, part.is_optional)}: {one}"


def _expansion(part: Expansion) -> str:
    return f"{_key(part.name, True)}: {part.target}Response{'[]' if part.is_list else ''}"


#: what the server sends, per item of a list
_SHOWN = {
    Kind.NUMBER: "number",
    Kind.BOOL: "boolean",
    Kind.DATE: "DateString",
    Kind.JSON: "unknown",
    Kind.POINT: "GeoPoint",
    Kind.RECORD: "RecordId",
    Kind.FILE: "FileName",
}
#: what it takes
_SENT = {**_SHOWN, Kind.DATE: "DateString | Date", Kind.FILE: "NewFile | FileName"}


def _key(name: str, is_optional: bool = False) -> str:
    shown = name if _IDENTIFIER.fullmatch(name) else _text(name)
    return f"{shown}?" if is_optional else shown


def _union(texts: Iterable[str]) -> str:
    return " | ".join(_text(item) for item in dict.fromkeys(texts))


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
