"""The ``…_request`` signals of records: what receivers may do to a request and its answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from collections_app.hooks import ReadRequestEvent, RecordEvent, WriteRequestEvent
from collections_app.records.service import Ahead
from collections_app.records.visible import close_up, open_up
from collections_app.schema.definition import CollectionDef
from core_app.hooks import HookSignal, ask
from core_app.request_info import RequestInfo


def before_write(
    signal: HookSignal, request: HttpRequest, collection: CollectionDef, info: RequestInfo
) -> Ahead | None:
    """Return what asks the receivers of ``signal`` ahead of a write, ``None`` if there are none."""
    if not signal.receivers or not signal.has_listeners(collection.name):
        return None

    def ask_receivers(event: RecordEvent) -> None:
        asked = WriteRequestEvent(
            collection, request, event.info or info, event.record, event.original
        )
        ask(signal, collection.name, asked)

    return ask_receivers


def before_answer(
    signal: HookSignal,
    request: HttpRequest,
    collection: CollectionDef,
    info: RequestInfo,
    shown: dict[str, Any],
) -> None:
    """Let receivers change ``shown``, a record or a list's answer, before it is sent."""
    if not signal.receivers or not signal.has_listeners(collection.name):
        return
    for item in shown.get("items", [shown]):
        open_up(item)
    ask(signal, collection.name, ReadRequestEvent(collection, request, info, shown))
    close_up(shown)
