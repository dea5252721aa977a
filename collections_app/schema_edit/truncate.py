"""Deleting all records of a collection, each by the one door: with cascades, files, hooks.

With soft delete they go to the trash. Of the trash itself they are deleted for good.
"""

from __future__ import annotations

from collections_app.query.trash import Trash
from collections_app.records import service, soft_delete
from collections_app.schema.definition import CollectionDef
from collections_app.schema_edit.draft import kind_of
from core_app.errors import ApiError, BadRequest, NotFound
from core_app.request_info import RequestInfo
from core_app.transactions import write

NO_OWN_RECORDS = "View collections cannot be truncated since they don't store their own records."
FAILED = (
    "Failed to truncate collection (most likely due to required cascade delete record references)."
)


def run(
    collection: CollectionDef, info: RequestInfo | None = None, trash: Trash | None = None
) -> None:
    """Delete all records or, if one has to stay, none. Raise ``BadRequest``.

    ``trash``: delete what is in the trash for good, or that and everything else.
    """
    if not kind_of(collection.type_name).stores_records:
        raise BadRequest(NO_OWN_RECORDS)
    with write():
        delete = service.delete if trash is None else soft_delete.purge
        for record_id in soft_delete.ids(collection, trash):
            try:
                delete(collection, record_id)
            except NotFound:
                continue  # gone already, with one that it belonged to
            except ApiError as error:
                raise BadRequest(FAILED, reason=error.reason or error.message) from error
