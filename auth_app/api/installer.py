"""``/_/install/TOKEN``: the page on which the first superuser is made."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from auth_app import installer, superusers
from collections_app.records import service
from core_app.errors import BadRequest, FieldError
from core_app.request_info import RequestInfo

PAGE = "auth_app/install.html"


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def install(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form, or make the superuser that it describes. Works until there is one."""
    holder = installer.holder_of(token)
    if holder is None:
        return render(request, PAGE, {"is_expired": True}, status=404)
    if request.method != "POST":
        return render(request, PAGE, {})
    body = {key: request.POST.get(key, "") for key in ("email", "password", "passwordConfirm")}
    try:
        service.create(
            superusers.collection(), body, RequestInfo.of(request, body).but(auth=holder)
        )
    except BadRequest as error:
        return render(request, PAGE, {"email": body["email"], "errors": _texts(error)}, status=400)
    return render(request, PAGE, {"email": body["email"], "is_done": True})


def _texts(error: BadRequest) -> dict[str, Any]:
    """Return what to say beside each input."""
    found = {
        name: item.body()["message"]
        for name, item in error.data.items()
        if isinstance(item, FieldError)
    }
    return found or {"email": "This did not work; please try again."}
