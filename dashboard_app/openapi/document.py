"""All collections -> one OpenAPI 3.1 document, for superusers or for guests.

Kept with the snapshot it was made from, so every worker shows the present schema and makes the
document once for each version of it. drf-spectacular does the frame (and what a project sets in
``SPECTACULAR_SETTINGS``); operations come from here, as collections have no serializers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from collections_app.schema import snapshot as snapshots
from collections_app.schema.snapshot import Snapshot
from collections_app.typegen.description import describe
from collections_app.typegen.names import Names
from core_app import release, routes
from core_app.responses import encode
from core_app.settings_store import store
from dashboard_app.openapi import everyone, parts, records, sign_in, superusers
from dashboard_app.openapi.parts import Paths, Schema
from dashboard_app.openapi.records import Described


def content(*, for_superusers: bool) -> bytes:
    """Return the document as JSON, made at most once for each version of schema and settings."""
    snapshot, settings = snapshots.current(), store.current()
    key = ("openapi", "bytes", for_superusers, settings)
    text: bytes = snapshot.cached(key, lambda: encode(kept(for_superusers=for_superusers)))
    return text


def kept(*, for_superusers: bool) -> Schema:
    """Return the document, made at most once for each version; it is not to be changed."""
    snapshot, settings = snapshots.current(), store.current()
    key = ("openapi", for_superusers, settings)
    made: Schema = snapshot.cached(key, lambda: document(for_superusers=for_superusers))
    return made


def document(*, for_superusers: bool) -> Schema:
    """Return the document of the present collections."""
    from dashboard_app.openapi.generator import Generator  # loads drf-spectacular

    generator = Generator(api_version=release.version(), parts=_Whole(for_superusers))
    made: Schema = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    made["info"]["title"] = made["info"]["title"] or store.current().meta.app_name
    return made


class _Whole:
    """What there is to say: paths and components."""

    def __init__(self, for_superusers: bool) -> None:
        self.for_superusers = for_superusers
        self.described = list(_described(snapshots.current(), for_superusers))

    def paths(self) -> Paths:
        found: Paths = {}
        for item in self.described:
            found |= records.paths(item)
            if item.collection.is_auth:
                found |= sign_in.paths(item)
        found |= everyone.paths()
        if self.for_superusers:
            found |= superusers.paths()
            for path, operations in _hook_paths().items():
                found.setdefault(path, {}).update(operations)
        return found

    def schemas(self) -> Schema:
        found = {**parts.shared_schemas(), **sign_in.shared_schemas(), **everyone.schemas()}
        if self.for_superusers:
            found |= superusers.schemas(store.current())
        for item in self.described:
            found |= records.schemas(item)
            if item.collection.is_auth:
                found |= sign_in.schemas(item)
        return found


def _described(snapshot: Snapshot, for_superusers: bool) -> Iterator[Described]:
    names = _RecordNames(_taken())
    kept = [
        (collection, item)
        for item in describe(snapshot, names)
        if (collection := snapshot.find(item.name)) is not None
        and (for_superusers or not collection.system)
    ]
    others = frozenset(item.type_name for _collection, item in kept)
    for collection, item in kept:
        yield Described(collection, item, for_superusers, others)


def _taken() -> set[str]:
    """Return the names of components that no collection may have."""
    ours = {**parts.shared_schemas(), **sign_in.shared_schemas(), **everyone.schemas()}
    return {*ours, *superusers.schemas(store.current())}


class _RecordNames(Names):
    """Names that stay free with each suffix too: ``post`` and ``postCreate`` are collections."""

    def give(self, *words: str) -> str:
        name = super().give(*words)
        while any(name + suffix in self._taken for suffix in records.SUFFIXES):
            name = super().give(*words)
        self._taken.update(name + suffix for suffix in records.SUFFIXES)
        return name


def _hook_paths() -> Paths:
    """Return the routes of hook files, of which nothing is known but their docstrings."""
    found: Paths = {}
    for path, views in routes.hook_routes().items():
        template, names = _template(path)
        operations = found.setdefault(template, {})
        for method, view in views.items():
            operations[method.lower()] = _hook_operation(method, template, names, view)
    return found


def _template(path: str) -> tuple[str, list[str]]:
    """Return ``/api/stats/<str:year>`` as ``/api/stats/{year}``, and its names."""
    names: list[str] = []
    out = []
    for segment in path.strip("/").split("/"):
        if segment.startswith("<"):
            name = segment[1:-1].rpartition(":")[2]
            names.append(name)
            segment = f"{{{name}}}"
        out.append(segment)
    return "/" + "/".join(out), names


def _hook_operation(method: str, path: str, names: list[str], view: Callable[..., Any]) -> Schema:
    summary, _, rest = (view.__doc__ or "").strip().partition("\n")
    responses = {"200": {"description": "What the hook answers."}}
    words = "".join(part.capitalize() for part in path.strip("/{}").replace("-", "_").split("/"))
    name = f"hook{method.capitalize()}" + "".join(char for char in words if char.isalnum())
    return parts.operation(
        name,
        "Hooks",
        summary or f"{method} {path}",
        responses,
        security=parts.ANYONE,
        parameters=[parts.parameter(item, "", place="path") for item in names],
        description=rest.strip(),
    )
