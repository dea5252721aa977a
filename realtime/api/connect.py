"""``GET /api/realtime``: says yes or no to a connection; ``realtime.stream`` then carries it."""

from __future__ import annotations

from django.http import HttpRequest

from core_app import open_files
from core_app.errors import ServiceUnavailable
from realtime import frames, hub, limits
from realtime.broker import heard
from realtime.hooks import ConnectEvent, before_realtime_message, realtime_connect_request
from realtime.stream import Accepted


def connect(request: HttpRequest) -> Accepted:
    """Return the beginning of a stream. Raise what a hook raises to refuse it.

    Raise ``ServiceUnavailable`` if there would be no room left for other requests.
    """
    if len(hub.current().registry) >= open_files.most_streams():
        raise ServiceUnavailable(reason="this worker has as many streams as it may hold")
    client = hub.current().new_client(getattr(request, "real_ip", ""))
    event = ConnectEvent(client, request, limits.idle_timeout_s(), limits.max_timeout_s())
    realtime_connect_request.send(None, event=event)
    data = frames.connect_data(client.id)
    first: bytes | None
    if before_realtime_message.receivers:
        first = heard(client, frames.CONNECT, data)
    else:
        first = frames.frame(frames.CONNECT, data)
    return Accepted(client, first, event.idle_timeout_s, event.max_timeout_s)
