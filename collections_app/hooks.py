"""The signals around collections and records, each beside the event it carries.

*before* may change or raise to stop; *after* runs in the same transaction, raising undoes all;
the past tense (``record_created``) is told after the commit, its errors are logged;
``…_failed`` carries the exception. ``sender`` is the collection's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core_app.hooks import HookSignal
from core_app.request_info import RequestInfo

if TYPE_CHECKING:
    from django.http import HttpRequest

    from collections_app.schema.definition import CollectionDef
    from collections_app.schema.record_model import RecordModel


@dataclass(slots=True)
class RecordEvent:
    """A record is being, or has been, created, updated, deleted, restored or purged.

    ``record`` may be changed in place until the write itself runs. ``original`` holds the stored
    Python values by field name before an update or delete, and is empty for a create.
    ``info`` is ``None`` when no request caused the write.
    """

    collection: CollectionDef
    record: RecordModel
    original: Mapping[str, Any]
    info: RequestInfo | None
    error: BaseException | None = None
    #: for receivers of the same act to pass things on
    scratch: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class EnrichEvent:
    """A record is about to be shown: ``shown`` is its JSON-ready dict, to be changed in place."""

    collection: CollectionDef
    shown: dict[str, Any]
    info: RequestInfo


@dataclass(slots=True)
class ReadRequestEvent:
    """A list or a record was read for a request and is about to be sent.

    ``shown`` is the JSON-ready answer (for lists with its ``items``), to be changed in place.
    """

    collection: CollectionDef
    request: HttpRequest
    info: RequestInfo
    shown: dict[str, Any]


@dataclass(slots=True)
class WriteRequestEvent:
    """A request is about to create, update, delete or restore ``record``; its rule has passed.

    ``record`` holds what was submitted, unsaved, ``original`` the stored values. Should another
    request overtake an update, the update begins anew, and so does this.
    """

    collection: CollectionDef
    request: HttpRequest
    info: RequestInfo
    record: RecordModel
    original: Mapping[str, Any]


@dataclass(slots=True)
class CollectionEvent:
    """A collection is being, or has been, created, updated or deleted.

    ``collection`` is the new definition (the last one for a delete), ``original`` the stored one.
    """

    collection: CollectionDef
    original: CollectionDef | None
    info: RequestInfo | None


before_record_create = HookSignal("before_record_create")
before_record_update = HookSignal("before_record_update")
before_record_delete = HookSignal("before_record_delete")
record_validating = HookSignal("record_validating")
after_record_create = HookSignal("after_record_create")
after_record_update = HookSignal("after_record_update")
after_record_delete = HookSignal("after_record_delete")
record_created = HookSignal("record_created")
record_updated = HookSignal("record_updated")
record_deleted = HookSignal("record_deleted")
record_create_failed = HookSignal("record_create_failed")
record_update_failed = HookSignal("record_update_failed")
record_delete_failed = HookSignal("record_delete_failed")
# collections with soft delete: back from the trash, and out of it for good
before_record_restore = HookSignal("before_record_restore")
before_record_purge = HookSignal("before_record_purge")
after_record_restore = HookSignal("after_record_restore")
after_record_purge = HookSignal("after_record_purge")
record_restored = HookSignal("record_restored")
record_purged = HookSignal("record_purged")
record_restore_failed = HookSignal("record_restore_failed")
record_purge_failed = HookSignal("record_purge_failed")
record_enrich = HookSignal("record_enrich")

# A receiver may return an ``HttpResponse``: it is sent, and the act is skipped.
records_list_request = HookSignal("records_list_request")
record_view_request = HookSignal("record_view_request")
record_create_request = HookSignal("record_create_request")
record_update_request = HookSignal("record_update_request")
record_delete_request = HookSignal("record_delete_request")
record_restore_request = HookSignal("record_restore_request")

before_collection_create = HookSignal("before_collection_create")
before_collection_update = HookSignal("before_collection_update")
before_collection_delete = HookSignal("before_collection_delete")
after_collection_create = HookSignal("after_collection_create")
after_collection_update = HookSignal("after_collection_update")
after_collection_delete = HookSignal("after_collection_delete")
collection_created = HookSignal("collection_created")
collection_updated = HookSignal("collection_updated")
collection_deleted = HookSignal("collection_deleted")
