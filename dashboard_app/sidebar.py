"""What the sidebar lists, worked out for each request: a new collection is there at once."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse

from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from dashboard_app import pins
from dashboard_app.acting import info_of

ICONS = {"base": "folder", "auth": "group", "view": "table_view"}

TOOLS = (
    ("logs", "Logs", "receipt_long"),
    ("crons", "Crons", "schedule"),
    ("backups", "Backups", "backup"),
    ("settings", "Settings", "settings"),
    ("migrations", "Migrations", "conversion_path"),
    ("sql", "SQL", "database"),
    ("transfer", "Import and export", "swap_vert"),
    ("console", "Console", "api"),
)

#: apps of Django's own that are called otherwise here
APP_NAMES = {"Authentication and Authorization": "Access"}

Group = dict[str, Any]


def groups(site: AdminSite, request: HttpRequest) -> list[Group]:
    """Return the groups of links in the form that the sidebar's template reads."""
    collections = [item for item in snapshot.current().collections if may_see(request, item)]
    collections.sort(key=lambda item: item.name.lower())
    kept = set(pins.of(request))
    pinned = [_records(request, item) for item in collections if item.id in kept]
    rest = [item for item in collections if item.id not in kept]
    own = [_records(request, item) for item in rest if not item.system]
    system = [_records(request, item) for item in rest if item.system]
    found = [
        _group("", _home(request)),
        _group("Pinned", pinned),
        _group("Collections", [*_schema(request), *own]),
        _group("System collections", system, collapsible=True),
        _group("System", _tools(request)),
        *_apps(site, request),
    ]
    return [group for group in found if group["items"]]


def may_see(request: HttpRequest, collection: CollectionDef) -> bool:
    """Whether the signed-in user may look at the records of ``collection``."""
    name = collection.name.lower()
    return any(request.user.has_perm(f"records.{act}_{name}") for act in ("view", "change"))


def records_url(collection: CollectionDef) -> str:
    """Return the path of the list of a collection's records.

    Written, not looked up: only the collection that a request is about has paths then.
    """
    return f"/_/collections/{collection.name}/records/"


def _records(request: HttpRequest, collection: CollectionDef) -> dict[str, Any]:
    icon = ICONS.get(collection.type_name, "folder")
    return _link(request, collection.name, records_url(collection), icon)


def _schema(request: HttpRequest) -> list[dict[str, Any]]:
    if not request.user.has_perm("collections_app.view_collection"):
        return []
    url = reverse("admin:collections_app_collection_changelist")
    link = _link(request, "All collections", url, "schema")
    # the records of a collection live below the path of all collections
    link["active"] = request.path.startswith(url) and "/records/" not in request.path
    return [link]


def _home(request: HttpRequest) -> list[dict[str, Any]]:
    if info_of(request) is None:
        return []
    url = reverse("admin:index")
    return [{**_link(request, "Home", url, "home"), "active": request.path == url}]


def _tools(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the screens that superusers alone have."""
    if info_of(request) is None:
        return []
    return [_link(request, title, reverse(f"admin:{name}"), icon) for name, title, icon in TOOLS]


def _apps(site: AdminSite, request: HttpRequest) -> list[Group]:
    """Return a group for each app that registered models; ours and Django's users are one."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for app in site.get_app_list(request):
        name = APP_NAMES.get(app["name"], app["name"])
        by_name.setdefault(name, []).extend(_models(request, app))
    return [_group(name, items) for name, items in by_name.items()]


def _models(request: HttpRequest, app: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        _link(request, model["name"], model["admin_url"], "tune")
        for model in app["models"]
        if model["admin_url"] and app["app_label"] != "collections_app"
    ]


def _link(request: HttpRequest, title: str, url: str, icon: str) -> dict[str, Any]:
    return {
        "title": title,
        "link": url,
        "icon": icon,
        "active": request.path.startswith(url),
        "has_permission": True,
    }


def _group(title: str, items: list[dict[str, Any]], *, collapsible: bool = False) -> Group:
    return {"title": title, "items": items, "collapsible": collapsible, "separator": False}
