"""``auth``: collections whose records can sign in.

Source: PocketBase core/record_model_auth.go, collection_model_auth_options.go,
forms/record_upsert.go (behaviour).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auth_app import (
    belongings,
    manage_rule,
    options,
    options_check,
    record_form,
    superusers,
    system_fields,
    token_keys,
)
from auth_app.names import AUTH_ORIGINS, EXTERNAL_AUTHS, MFAS, OTPS, SUPERUSERS
from collections_app.collection_types.base import CollectionType
from collections_app.collection_types.registry import register
from collections_app.fields.password import Password
from collections_app.records.service import CREATE_FAILED
from collections_app.schema import snapshot as snapshots
from core_app import passwords
from core_app.errors import BadRequest, FieldError, FieldErrors

if TYPE_CHECKING:
    from collections_app.hooks import RecordEvent
    from collections_app.schema.definition import CollectionDef
    from collections_app.schema.snapshot import Snapshot
    from core_app.request_info import RequestInfo


@register
class AuthType(CollectionType):
    type_name = "auth"
    secret_fields = frozenset({"password", "tokenKey"})
    conceals = True
    concealed_fields = frozenset({"email"})

    # --- the collection ---------------------------------------------------------------------

    def default_options(self) -> dict[str, Any]:
        return options.defaults()

    def merge_options(
        self, stored: Mapping[str, Any], submitted: Mapping[str, Any]
    ) -> dict[str, Any]:
        return options.merge(stored, submitted)

    def public_options(self, collection: CollectionDef) -> dict[str, Any]:
        return options.public(collection.options)

    def complete(
        self, draft: CollectionDef, original: CollectionDef | None, snapshot: Snapshot
    ) -> CollectionDef:
        draft = system_fields.with_indexes(system_fields.with_fields(draft))
        before = None if original is None else original.options
        completed = options.completed(draft.options, before, draft.by_name)
        if draft.name == SUPERUSERS:
            completed = options.forced_for_superusers(completed)
        return replace(draft, options=completed)

    def check(
        self, draft: CollectionDef, original: CollectionDef | None, snapshot: Snapshot
    ) -> dict[str, Any]:
        return options_check.check(draft, original, snapshot)

    def deleted_in_transaction(self, collection: CollectionDef) -> None:
        belongings.drop_of_collection(collection.id)

    # --- its records --------------------------------------------------------------------------

    def values_for_create_rule(
        self, collection: CollectionDef, values: dict[str, Any]
    ) -> dict[str, Any]:
        return {**values, "verified": False}

    def writable(self, name: str, info: RequestInfo) -> bool | None:
        return True if name == "password" else None

    def accept_body(
        self,
        collection: CollectionDef,
        event: RecordEvent,
        body: Mapping[str, Any],
        *,
        is_new: bool,
    ) -> None:
        before, record = event.original, event.record
        if is_new and event.info is not None and not event.info.is_superuser:
            _refuse_too_long(record["password"])
        if isinstance(body.get("password"), Password):
            # made by us, for a sign-up through a provider: there is nothing to confirm
            body = {**body, **dict.fromkeys(("password", "passwordConfirm"), "made by us")}
        record_form.check(
            body=body,
            email=(before.get("email", ""), record["email"]),
            verified=(before.get("verified", False), record["verified"]),
            stored_password=before.get("password"),
            is_new=is_new,
            is_managed=self._is_managed(event, is_new=is_new),
        )

    def before_validate(self, event: RecordEvent, *, is_new: bool) -> None:
        record, before = event.record, event.original
        if record.collection.name == SUPERUSERS:
            record.put("verified", True)
        if is_new or before["tokenKey"] != record["tokenKey"]:
            return
        has_new_secret = _password_changed(event) or before["email"] != record["email"]
        if has_new_secret or (
            _becomes_verified(event) and belongings.exist(EXTERNAL_AUTHS, record)
        ):
            token_keys.refresh(record)

    def check_in_transaction(self, event: RecordEvent, *, is_new: bool) -> None:
        if is_new and _id_is_taken(event.collection, event.record.id):
            message = "Invalid or duplicated auth record id."
            raise FieldErrors({"id": FieldError("validation_invalid_auth_id", message)})

    def after_write(self, event: RecordEvent, *, is_new: bool) -> None:
        record = event.record
        if is_new:
            if record.collection.name == SUPERUSERS:
                superusers.created(record)
            return
        if _password_changed(event):
            belongings.drop(AUTH_ORIGINS, record)
            belongings.drop(MFAS, record)
        if event.original["tokenKey"] != record["tokenKey"]:
            belongings.drop(OTPS, record)
        if _becomes_verified(event):
            belongings.drop(EXTERNAL_AUTHS, record)

    def check_delete(self, event: RecordEvent) -> None:
        if event.collection.name == SUPERUSERS and not superusers.others_exist(event.record):
            raise BadRequest("You can't delete the only existing superuser.")

    def after_delete(self, event: RecordEvent) -> None:
        belongings.drop_all(event.record)
        if event.collection.name == SUPERUSERS:
            superusers.deleted(event.record)

    def before_restore(self, event: RecordEvent) -> None:
        """Nobody is signed in again by what was issued before the deletion."""
        token_keys.refresh(event.record)
        belongings.drop(OTPS, event.record)
        belongings.drop(MFAS, event.record)

    def conceal(
        self,
        collection: CollectionDef,
        shown: Sequence[dict[str, Any]],
        info: RequestInfo,
        snapshot: Snapshot,
    ) -> None:
        private = [item for item in shown if not item.get("emailVisibility")]
        if not private:
            return
        seen = manage_rule.managed_ids(snapshot, collection, info, [item["id"] for item in private])
        if info.auth is not None and info.auth.collection_id == collection.id:
            seen = seen | {info.auth.id}
        for item in private:
            if item["id"] not in seen:
                item.pop("email", None)

    def _is_managed(self, event: RecordEvent, *, is_new: bool) -> bool:
        """Whether the caller may set what otherwise only the record's owner can prove."""
        info, collection = event.info, event.collection
        if info is None or info.is_superuser:
            return True
        snapshot, record = snapshots.current(), event.record
        if not is_new:
            return record.id in manage_rule.managed_ids(snapshot, collection, info, [record.id])
        values = self.values_for_create_rule(collection, record.values())
        stored = {name: collection.by_name[name].to_stored(value) for name, value in values.items()}
        return manage_rule.manages_new(snapshot, collection, info, stored)


def _refuse_too_long(password: Password) -> None:
    """Raise ``BadRequest`` for a password that no hash can be made of, as the reference does."""
    if len(password.plain.encode()) > passwords.MAX_BYTES:
        raise BadRequest(CREATE_FAILED, reason="the password has more than 72 bytes")


def _password_changed(event: RecordEvent) -> bool:
    return bool(event.original["password"] != event.record["password"])


def _becomes_verified(event: RecordEvent) -> bool:
    return bool(event.record["verified"]) and not event.original["verified"]


def _id_is_taken(collection: CollectionDef, record_id: str) -> bool:
    """Whether a record of another auth collection has this id: ids tell who is signed in."""
    others = [
        item
        for item in snapshots.current().collections
        if item.is_auth and item.id != collection.id
    ]
    if not others:
        return False
    models = [snapshots.current().model(item) for item in others]
    queries = [model.with_trash.filter(pk=record_id).values_list("pk") for model in models]
    return queries[0].union(*queries[1:], all=True).exists()
