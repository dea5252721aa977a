"""The application: realtime streams are async, everything else is Django in threads that stay."""

from __future__ import annotations

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
django.setup(set_prefix=False)

from config import streams  # noqa: E402 Django must be set up first
from config.lifespan import Worker  # noqa: E402
from config.sync_handler import SyncHandler  # noqa: E402

handler = SyncHandler()
worker = Worker(handler)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application that ``serve`` (granian) and ``runserver`` (daphne) both run."""
    kind = scope["type"]
    if kind == "http":
        if not worker.started:
            await worker.start()
        stream = streams.stream_for(scope["method"], scope["path"])
        if stream is None:
            await handler(scope, receive, send)
        else:
            await streams.run(stream, scope, receive, send)
    elif kind == "lifespan":
        await worker.lifespan(receive, send)
    elif kind == "websocket":
        await receive()
        await send({"type": "websocket.close"})
