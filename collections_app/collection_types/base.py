"""What a type of collection is: its options, its system fields, and its part in record writes.

``base`` and ``view`` live here; ``auth_app`` registers ``auth``. Nothing outside asks
``collection.type_name == "auth"`` where a method here can say it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from core_app.request_info import RequestInfo

if TYPE_CHECKING:
    from collections_app.hooks import RecordEvent
    from collections_app.schema.definition import CollectionDef
    from collections_app.schema.snapshot import Snapshot


class CollectionType:
    """One type of collection. Every method has a default that suits ``base``."""

    type_name: ClassVar[str] = ""
    #: False for views: no table, no writes, no indexes
    stores_records: ClassVar[bool] = True
    #: fields that are shown to nobody, superusers included (password, tokenKey)
    secret_fields: ClassVar[frozenset[str]] = frozenset()

    # --- the collection ---------------------------------------------------------------------

    def default_options(self) -> dict[str, Any]:
        """Return the full JSON of the type's options with defaults, no secrets generated yet."""
        return {}

    def merge_options(
        self, stored: Mapping[str, Any], submitted: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return ``stored`` changed by what was submitted (the collection's whole JSON body).

        Raise ``fields.base.WrongShape`` for a wrong JSON type.
        """
        return dict(stored)

    def public_options(self, collection: CollectionDef) -> dict[str, Any]:
        """Return the options as the API shows them, in PocketBase's key order, without secrets."""
        return {}

    def complete(
        self, draft: CollectionDef, original: CollectionDef | None, snapshot: Snapshot
    ) -> CollectionDef:
        """Return ``draft`` with what the type adds by itself: fields, indexes, secrets."""
        return draft

    def check(
        self, draft: CollectionDef, original: CollectionDef | None, snapshot: Snapshot
    ) -> dict[str, Any]:
        """Return ``{key: FieldError | {…}}`` for what is wrong with the type's options."""
        return {}

    def options_changed_in_transaction(
        self, draft: CollectionDef, original: CollectionDef | None
    ) -> None:
        """Do what a saved collection brings along, inside the same transaction."""

    def deleted_in_transaction(self, collection: CollectionDef) -> None:
        """Remove what belonged to the collection beside its table."""

    # --- its records --------------------------------------------------------------------------

    def values_for_create_rule(
        self, collection: CollectionDef, values: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the Python values that the create rule is judged by."""
        return values

    def accept_body(
        self,
        collection: CollectionDef,
        event: RecordEvent,
        body: Mapping[str, Any],
        *,
        is_new: bool,
    ) -> None:
        """Check a client's body before the fields are validated; may change ``event.record``.

        Runs after the rule has passed, for superusers too, and not for writes from Python.
        ``event.record`` already holds the submitted values. Raise ``FieldErrors`` to refuse.
        """

    def writable(self, name: str, info: RequestInfo) -> bool | None:
        """Whether a client may set field ``name``; ``None``: decide by the field's ``hidden``."""
        return None

    def before_validate(self, event: RecordEvent, *, is_new: bool) -> None:
        """Set what the type sets by itself before validation (token keys)."""

    def check_in_transaction(self, event: RecordEvent, *, is_new: bool) -> None:
        """Raise ``FieldErrors`` for what only the database knows, inside the transaction."""

    def after_write(self, event: RecordEvent, *, is_new: bool) -> None:
        """Do what follows a write, inside the same transaction."""

    def check_delete(self, event: RecordEvent) -> None:
        """Raise ``ApiError`` if this record must stay; inside the transaction."""

    def after_delete(self, event: RecordEvent) -> None:
        """Remove what belonged to the record, inside the same transaction.

        What went to the trash keeps its belongings until it is deleted for good.
        """

    def before_restore(self, event: RecordEvent) -> None:
        """Renew what a record from the trash must not come back with; inside the transaction."""

    def conceal(
        self,
        collection: CollectionDef,
        shown: Sequence[dict[str, Any]],
        info: RequestInfo,
        snapshot: Snapshot,
    ) -> None:
        """Remove in place from JSON-ready records what ``info`` may not see (private e-mails).

        ``shown`` still holds every visible field. Not called for superusers.
        """

    #: whether ``conceal`` does anything; spares the read path the call
    conceals: ClassVar[bool] = False
    #: fields that ``conceal`` may remove (email)
    concealed_fields: ClassVar[frozenset[str]] = frozenset()
