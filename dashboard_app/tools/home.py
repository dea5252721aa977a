"""The first screen: how much there is, what happens, what deserves a look."""

from __future__ import annotations

import os
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat

from collections_app.records import rows
from collections_app.schema import snapshot
from dashboard_app.sample import install
from dashboard_app.tools import advice, bars, page, state
from ops_app.logs import reading
from ops_app.logs.entry import wire

HOURS = 24
#: counting stops after this long: a screen is not worth a minute of the database
COUNTING_S = 0.25


def show(request: HttpRequest) -> HttpResponse:
    """Show the figures; ``?live`` and ``?state`` are the parts that are asked for again."""
    info = page.info(request)
    if "state" in request.GET:
        figures, warnings = state.of(info)
        return page.show(
            request, "home_state", "Home", state_figures=figures, state_warnings=warnings
        )
    since = wire(time.time() - HOURS * 3600)
    recent = f'created >= "{since}"'
    failed = f"{recent} && level >= 8"
    context: dict[str, Any] = {
        "figures": _figures(),
        "bars": bars.last_hours(
            HOURS, reading.per_hour(info, recent), reading.per_hour(info, failed)
        ),
        "requests": reading.count(info, recent),
        "errors": reading.count(info, failed),
        "entries": reading.find(info, "", "-created", 8, 0),
    }
    if "live" in request.GET:
        return page.show(request, "home_live", "Home", **context)
    return page.show(
        request,
        "home",
        "Home",
        warnings=list(advice.warnings()),
        is_first=install.is_offered(),
        **context,
    )


def _figures() -> list[tuple[str, str]]:
    began = time.monotonic()
    held = snapshot.current()
    own = [item for item in held.collections if not item.system]
    records = users = 0
    is_whole = True
    for collection in own:
        if time.monotonic() - began > COUNTING_S:
            is_whole = False
            break
        if not collection.is_view:
            number = rows.count(collection, None)
            records += number
            users += number if collection.is_auth else 0
    more = "" if is_whole else "+"
    return [
        ("Collections", str(len(own))),
        ("Records", f"{records:,}{more}"),
        ("Users", f"{users:,}{more}"),
        ("Database", filesizeformat(_database_size())),
    ]


def _database_size() -> int:
    """Return the bytes of the databases in the data folder, with what is not merged yet."""
    folder = settings.HOLDALL_DATA_DIR
    names = [f"{base}.db{end}" for base in ("data", "auxiliary") for end in ("", "-wal")]
    return sum(os.path.getsize(folder / name) for name in names if os.path.exists(folder / name))
