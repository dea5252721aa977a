"""Which migrations the database has, and which it still lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse

from dashboard_app.tools import page

#: those that change collections, which people write and read
SCHEMA = "schema"


@dataclass(slots=True)
class App:
    """The migrations of one app, in the order in which they are applied."""

    name: str
    applied: list[tuple[str, datetime | None]] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)


def show(request: HttpRequest) -> HttpResponse:
    """Show all apps, the schema's own first."""
    found = apps()
    pending = [(app.name, name) for app in found for name in app.pending]
    return page.show(request, "migrations", "Migrations", apps=found, pending=pending)


def apps() -> list[App]:
    """Return every app that has migrations."""
    loader = MigrationLoader(connection)
    moments = {
        (row.app, row.name): row.applied for row in MigrationRecorder(connection).migration_qs.all()
    }
    found: dict[str, App] = {}
    for key in sorted(loader.graph.nodes):
        app = found.setdefault(key[0], App(key[0]))
        if key in loader.applied_migrations:
            app.applied.append((key[1], moments.get(key)))
        else:
            app.pending.append(key[1])
    return sorted(found.values(), key=lambda app: (app.name != SCHEMA, app.name))
