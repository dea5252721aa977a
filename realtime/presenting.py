"""A change as the JSON of its event, made once for all who see the same.

Who sees the same: superusers, everybody else, or, where the answer depends on who asks (private
e-mails, expanded relations, enrich hooks), each user alone.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from collections_app.collection_types import registry
from collections_app.hooks import record_enrich
from collections_app.records import present
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app import field_picker
from core_app.errors import ApiError, BadRequest
from realtime import frames
from realtime.changes import Change
from realtime.judging import info_of
from realtime.registry import Audience
from realtime.topics import Options

logger = logging.getLogger("holdall.realtime")


class Presenter:
    """Presents one change. Not for two threads at the same time."""

    def __init__(self, snapshot: Snapshot, collection: CollectionDef, change: Change) -> None:
        self._snapshot = snapshot
        self.collection = collection
        self._change = change
        self._row = change.row(collection)
        self._made: dict[Any, bytes | None] = {}
        self._is_personal = depends_on_caller(collection)

    def json(self, audience: Audience, options: Options) -> bytes | None:
        """Return ``{"record":…,"action":…}``; ``None`` if a hook refused to show the record."""
        key = self._key(audience, options)
        if key not in self._made:
            self._made[key] = self._make(audience, options)
        return self._made[key]

    def _key(self, audience: Audience, options: Options) -> Any:
        auth = audience.auth
        if self._is_personal or options.expand:
            # hooks and the rules of expanded collections may ask for anything
            return id(options), auth and (auth.collection_id, auth.id)
        return options.fields, auth is not None and auth.is_superuser

    def _make(self, audience: Audience, options: Options) -> bytes | None:
        info = info_of(audience, options)
        try:
            shown: Any = present.shown(
                self._snapshot, self.collection, (self._row,), info, options.expand
            )[0]
        except ApiError as error:
            reason = error.reason or error.message
            logger.warning("an event of %s is not sent: %s", self.collection.name, reason)
            return None
        if options.fields:
            with suppress(BadRequest):  # as the reference: then everything is sent
                shown = field_picker.pick(shown, options.fields)
        return frames.encode({"record": shown, "action": self._change.action})


def depends_on_caller(collection: CollectionDef) -> bool:
    """Whether a record of ``collection`` is shown differently to different users."""
    return registry.of(collection.type_name).conceals or record_enrich.has_listeners(
        collection.name
    )
