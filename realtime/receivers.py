"""What others signal -> realtime: committed changes of records, of collections, and server life."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from auth_app.hooks import OAuth2RedirectEvent, oauth2_redirected
from collections_app.hooks import (
    CollectionEvent,
    RecordEvent,
    after_record_create,
    after_record_delete,
    after_record_restore,
    after_record_update,
    collection_deleted,
    collection_updated,
)
from collections_app.schema import snapshot
from core_app.hooks import looks_away, on
from core_app.lifecycle import server_starting, server_stopped, server_stopping
from core_app.transactions import on_commit_in_turn
from realtime import hub
from realtime.changes import Action


@on(after_record_create)
@on(after_record_restore)
@looks_away
def tell_of_create(event: RecordEvent, **_: Any) -> None:
    """Tell subscribers, once it is committed and in the order of the commits."""
    _tell("create", event)


@on(after_record_update)
@looks_away
def tell_of_update(event: RecordEvent, **_: Any) -> None:
    _tell("update", event)


@on(after_record_delete)
def tell_of_delete(event: RecordEvent, **_: Any) -> None:
    """Like the others; but who may see it is asked while the record is still there for all."""
    _tell("delete", event, hub.current().prepare_delete(event))


@on(collection_updated)
@on(collection_deleted)
def check_sign_ins(event: CollectionEvent, **_: Any) -> None:
    """Who is signed in by a collection may not be any more when it has changed."""
    if event.collection.is_auth:
        hub.current().auth_collection_changed(event.collection)


@on(oauth2_redirected)
def pass_on_answer(event: OAuth2RedirectEvent, **_: Any) -> None:
    """Give a provider's answer to the app that waits for it."""
    data = {"state": event.state, "code": event.code}
    if event.error:
        data["error"] = event.error
    if hub.current().redirected(event.state, event.ip, data):
        event.is_delivered = True


@on(server_starting)
def start(loop: asyncio.AbstractEventLoop, **_: Any) -> None:
    hub.current().start(loop)


@on(server_stopping)
def end_streams(**_: Any) -> None:
    """End the streams: the server waits for them before it stops."""
    hub.current().close_streams()


@on(server_stopped)
def stop(**_: Any) -> None:
    hub.current().stop()


def _tell(action: Action, event: RecordEvent, held: str = "") -> None:
    here = hub.current()
    schema = snapshot.required_version() or 0
    on_commit_in_turn(
        partial(here.committed, action, event, held, schema),
        partial(here.is_wanted, event.collection),
    )
