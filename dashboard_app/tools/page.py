"""What every screen beside the models' has in common: superusers alone, the theme around it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from core_app.request_info import RequestInfo
from dashboard_app.acting import info_of


def superusers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return ``view`` on the dashboard's site; editors are refused, as at the API."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if info_of(request) is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(guarded)


def info(request: HttpRequest) -> RequestInfo:
    """Return the superuser's request as the services know it. Raise ``PermissionDenied``."""
    found = info_of(request)
    if found is None:
        raise PermissionDenied
    return found


def number(request: HttpRequest, name: str = "p") -> int:
    """Return the page that ``?p=`` (or ``name``) asks for, 1 if that is no number."""
    text = request.GET.get(name, "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 7 else 1


def show(
    request: HttpRequest, template: str, title: str, status: int = 200, **context: Any
) -> TemplateResponse:
    """Return ``dashboard/tools/<template>.html`` within the dashboard."""
    whole = {**admin.site.each_context(request), "title": title, "is_fullwidth": "1", **context}
    return TemplateResponse(request, f"dashboard/tools/{template}.html", whole, status=status)
