"""What the templates of record lists ask for."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.admin.utils import quote
from django.urls import reverse

from dashboard_app import pins
from dashboard_app.records import columns

register = template.Library()


@register.simple_tag(takes_context=True)
def list_tools(context: Any, cl: Any) -> dict[str, Any]:
    """Return the columns there are and where a list's buttons lead."""
    request, admin = context["request"], cl.model_admin
    collection = admin.collection
    name = f"admin:{admin.opts.app_label}_{admin.opts.model_name}"
    shown = {field.name for field in admin.shown_fields(request)}
    query = request.GET.urlencode()
    found = {
        "columns": [
            (field.name, field.name in shown) for field in columns.visible_fields(collection)
        ],
        "columns_url": reverse(f"{name}_columns"),
        "export_url": f"{reverse(f'{name}_export')}?{query}{'&' if query else ''}",
        "import_url": reverse(f"{name}_import") if admin.has_add_permission(request) else "",
        "pin_url": reverse(f"{name}_pin"),
        "is_pinned": collection.id in pins.of(request),
        "words_url": reverse(f"{name}_words"),
        "here": request.get_full_path(),
        "trash_url": reverse(f"{name}_trash") if collection.has_trash else "",
    }
    if request.user.has_perm("collections_app.change_collection"):
        args = (quote(collection.id),)
        found["collection_url"] = reverse("admin:collections_app_collection_change", args=args)
        found["api_url"] = reverse("admin:collections_app_collection_api", args=args)
    return found
