"""Pictures, sounds and films among the files of records, for the rich text editor to insert."""

from __future__ import annotations

import os
from typing import Any

from django.http import HttpRequest, JsonResponse

from collections_app.fields.base import FieldType
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from dashboard_app import sidebar
from dashboard_app.records import admins, labels, search
from dashboard_app.records.file_control import IMAGES, names_in
from dashboard_app.tools import page

RECORDS_PER_PAGE = 50
KINDS = {
    "image": IMAGES,
    "audio": frozenset({".aac", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav", ".weba"}),
    "video": frozenset({".m4v", ".mov", ".mp4", ".mpeg", ".mpg", ".ogv", ".webm"}),
}


def show(request: HttpRequest) -> JsonResponse:
    """Answer with one page of files of ``?collection=`` (an id; else of the first that has any).

    ``collections`` are those to choose from: files that need a token are of no use in a text.
    """
    offered = [item for item in snapshot.current().collections if _has_files(request, item)]
    offered.sort(key=lambda item: (item.system, item.name.lower()))
    answer: dict[str, Any] = {
        "collections": [{"id": item.id, "name": item.name} for item in offered],
        "collection": "",
        "files": [],
        "more": False,
        "error": "",
    }
    wanted = request.GET.get("collection", "")
    named = [item for item in offered if item.id == wanted]
    collection = next(iter(named or offered), None)
    if collection is not None:
        answer["collection"] = collection.id
        try:
            records, answer["more"] = _records(request, collection)
        except search.UnreadableFilter as problem:
            answer["error"] = f"This filter cannot be read: {problem}"
        else:
            answer["files"] = [file for record in records for file in _files(record)]
    return JsonResponse(answer)


def kind_of(name: str) -> str:
    """Return ``image``, ``audio``, ``video``, or ``""`` for a file's name."""
    end = os.path.splitext(name)[1].lower()
    return next((kind for kind, ends in KINDS.items() if end in ends), "")


def _has_files(request: HttpRequest, collection: CollectionDef) -> bool:
    return (
        not collection.is_view
        and bool(_open_fields(collection))
        and sidebar.may_see(request, collection)
    )


def _open_fields(collection: CollectionDef) -> list[FieldType]:
    """Return the fields whose files anyone with the address gets."""
    return [
        field
        for field in collection.fields
        if field.type_name == "file" and not getattr(field.options, "protected", False)
    ]


def _records(request: HttpRequest, collection: CollectionDef) -> tuple[list[RecordModel], bool]:
    """Return a page of records with files, the newest first, and whether there are more."""
    admin = admins.of(collection)
    queryset = admin.model.objects.order_by(*admin.get_ordering(request))
    filled = " || ".join(f"{field.name}:length > 0" for field in _open_fields(collection))
    queryset = search.matching(queryset, collection, filled)
    queryset = search.matching(queryset, collection, request.GET.get("q", ""))
    begin = (page.number(request) - 1) * RECORDS_PER_PAGE
    found = list(queryset[begin : begin + RECORDS_PER_PAGE + 1])
    return found[:RECORDS_PER_PAGE], len(found) > RECORDS_PER_PAGE


def _files(record: RecordModel) -> list[dict[str, Any]]:
    folder = f"/api/files/{record.collection_id}/{record.id}/"
    return [
        {
            "name": name,
            "label": labels.label_of(record),
            "kind": kind_of(name),
            "url": f"{folder}{name}",
            "thumbs": [*getattr(field.options, "thumbs", ())] if kind_of(name) == "image" else [],
        }
        for field in _open_fields(record.collection)
        for name in names_in(record[field.name])
        if kind_of(name)
    ]
