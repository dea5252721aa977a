"""Descriptions -> a Python module of ``TypedDict``s: JSON as it is sent and received.

Checked by mypy in tests. Keys that are no Python names (``total+``, ``class``) need the functional
form, so all are written in it where one does.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Sequence

from collections_app.fields.value_types import Kind
from collections_app.migrations_auto.literal import literal
from collections_app.typegen.description import Description, Expansion, Property

#: names of the module itself: no collection's types may have them
OWN_NAMES = (
    *("Any", "Literal", "NotRequired", "TypedDict", "TypeAlias"),
    *("CollectionName", "RecordId", "FileName", "DateString", "GeoPoint"),
)

_HEAD = '''\
"""Types of all records. Made by "manage.py typegen --python"; changes here get lost."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

#: the id of a record
RecordId: TypeAlias = str
#: the name of a stored file
FileName: TypeAlias = str
#: a moment, always UTC: ``2026-01-31 12:00:00.000Z``; empty for none
DateString: TypeAlias = str


class GeoPoint(TypedDict):
    """Degrees; 0, 0 for none."""

    lon: float
    lat: float
'''

Key = tuple[str, str]  # name, source of its type


def module(descriptions: Sequence[Description]) -> str:
    """Return the text of the module."""
    names = [item.name for item in descriptions]
    parts = [_HEAD, f"CollectionName: TypeAlias = {_literal_type(names)}\n"]
    parts += [_collection(item) for item in descriptions]
    return "\n\n".join(parts)


def _collection(item: Description) -> str:
    """Return the types of one collection: choices, record, expansion, response, bodies."""
    name = item.type_name
    out = [
        f"{choices}: TypeAlias = {_literal_type(texts)}\n"
        for choices, texts in item.choices.items()
    ]
    record = [_shown(part) for part in item.record]
    own = [
        ("collectionId", "str"),
        ("collectionName", f"Literal[{_source(item.name)}]"),
        ("expand", f"NotRequired[{name}Expand]"),
    ]
    out.append(_typed_dict(f"{name}Record", record))
    out.append(_typed_dict(f"{name}Expand", [_expansion(part) for part in item.expand]))
    out.append(_typed_dict(f"{name}Response", [*record, *own]))
    if item.stores_records:
        out.append(_typed_dict(f"{name}Create", [_sent(part) for part in item.create]))
        out.append(_typed_dict(f"{name}Update", [_sent(part) for part in item.update]))
    return "\n\n".join(out)


def _typed_dict(name: str, keys: Sequence[Key]) -> str:
    if not keys:
        return f"class {name}(TypedDict):\n    pass\n"
    if all(key.isidentifier() and not keyword.iskeyword(key) for key, _ in keys):
        lines = [f"    {key}: {kind}\n" for key, kind in keys]
        return f"class {name}(TypedDict):\n{''.join(lines)}"
    lines = [f"        {_source(key)}: {_source(kind)},\n" for key, kind in keys]
    return f"{name} = TypedDict(\n    {_source(name)},\n    {{\n{''.join(lines)}    }},\n)\n"


def _shown(part: Property) -> Key:
    return _key(part, _listed(part, _one(part)))


def _sent(part: Property) -> Key:
    several = _listed(part, _one(part))
    if part.takes_one:
        several = f"{_one(part)} | {several}"
    elif part.value.kind is Kind.FILE and not part.value.is_list and part.may_be_empty:
        several = f"{several} | None"
    return _key(part, several)


def _expansion(part: Expansion) -> Key:
    one = f"{part.target}Response"
    return part.name, f"NotRequired[{f'list[{one}]' if part.is_list else one}]"


def _key(part: Property, kind: str) -> Key:
    return part.name, f"NotRequired[{kind}]" if part.is_optional else kind


def _one(part: Property) -> str:
    kind = part.value.kind
    if kind is Kind.CHOICE and part.choices:
        is_blank = part.may_be_empty and not part.value.is_list
        return f'{part.choices} | Literal[""]' if is_blank else part.choices
    return _KINDS.get(kind, "str")


def _listed(part: Property, one: str) -> str:
    return f"list[{one}]" if part.value.is_list else one


_KINDS = {
    Kind.NUMBER: "float",
    Kind.BOOL: "bool",
    Kind.DATE: "DateString",
    Kind.JSON: "Any",
    Kind.POINT: "GeoPoint",
    Kind.RECORD: "RecordId",
    Kind.FILE: "FileName",
}


def _literal_type(texts: Iterable[str]) -> str:
    sources = [_source(item) for item in dict.fromkeys(texts)]
    line = f"Literal[{', '.join(sources)}]"
    if len(line) <= 60:
        return line
    return "Literal[\n" + "".join(f"    {item},\n" for item in sources) + "]"


def _source(value: str) -> str:
    return literal(value, 0) if "\n" not in value else repr(value)
