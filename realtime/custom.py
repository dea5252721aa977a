"""Messages of one's own: ``send("news", {"title": "Hello"})`` from hooks, views and commands.

They reach every client, at any worker, that is subscribed to exactly this text. No rule is asked:
whoever knows the topic may listen, so do not send secrets to guessable ones.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from realtime import frames, hub


def send(topic: str, data: Any) -> None:
    """Send ``data`` (anything JSON can say) once the present transaction, if any, is committed."""
    encoded = frames.encode(data)
    transaction.on_commit(lambda: hub.current().send(topic, encoded))
