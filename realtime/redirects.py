"""The answer of an OAuth2 provider -> the connection that waits for it on the topic ``@oauth2``.

Source: PocketBase apis/record_auth_with_oauth2_redirect.go.
"""

from __future__ import annotations

from collections.abc import Mapping

from realtime import frames
from realtime.broker import Broker
from realtime.registry import Registry

TOPIC = "@oauth2"

#: ``state``, ``code`` and, if the provider refused, ``error``
Answer = Mapping[str, str]


def deliver(registry: Registry, broker: Broker, client_id: str, ip: str, data: Answer) -> bool:
    """Send ``data`` to the client, once; ``False`` unless it waits and came from ``ip``."""
    client = registry.get(client_id)
    if client is None or client.ip != ip or not registry.unsubscribe(client, TOPIC):
        return False
    broker.send_to(client, TOPIC, frames.encode(data))
    return True
