from __future__ import annotations

import threading

from django.apps import AppConfig
from django.db import connections


class CoreConfig(AppConfig):
    name = "core_app"

    def ready(self) -> None:
        from core_app import time_limit  # noqa: F401 connects to its signals

        _keep_connections_by_thread()


def _keep_connections_by_thread() -> None:
    """Have Django's connections in a plain thread-local.

    Theirs asks for a running event loop each time, so that coroutines get connections of their
    own; here a database is only ever used in threads without a loop.
    """
    there = {each.alias: each for each in connections.all(initialized_only=True)}
    connections._connections = threading.local()  # type: ignore[attr-defined]
    for alias, connection in there.items():
        connections[alias] = connection
