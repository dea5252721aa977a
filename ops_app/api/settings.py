"""``/api/settings``: read and change the app's settings, and try the mail settings out."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse

from auth_app.guards import require_superuser
from core_app import bodies, query_string
from core_app.errors import BadRequest, FieldErrors
from core_app.responses import json_response
from core_app.settings_store import form, shape, store
from ops_app.hooks import SettingsEvent, settings_list_request, settings_update_request

SAVE_MESSAGE = "An error occurred while saving the new settings."


def show(request: HttpRequest) -> HttpResponse:
    """``GET``: everything but secrets."""
    require_superuser(request)
    event = SettingsEvent(request, shape.to_json(store.current()))
    for _receiver, answer in settings_list_request.send(None, event=event):
        if answer is not None:
            return cast(HttpResponse, answer)
    return json_response(event.shown, fields=query_string.value(request, "fields"))


def change(request: HttpRequest) -> HttpResponse:
    """``PATCH``: merge the submitted JSON into the settings; what is left out stays."""
    require_superuser(request)
    patch = _patch(request)
    event = SettingsEvent(request, shape.to_json(store.current()), patch)
    for _receiver, answer in settings_update_request.send(None, event=event):
        if answer is not None:
            return cast(HttpResponse, answer)
    try:
        settings = store.update(patch)
    except shape.WrongType as error:
        raise BadRequest(bodies.LOAD_MESSAGE, reason=str(error)) from error
    except FieldErrors as error:
        raise BadRequest(SAVE_MESSAGE, data=error.errors) from error
    return json_response(shape.to_json(settings), fields=query_string.value(request, "fields"))


def _patch(request: HttpRequest) -> dict[str, object]:
    try:
        return bodies.read_patch(request, form.patch_of)
    except BadRequest as error:
        raise BadRequest(bodies.LOAD_MESSAGE, reason=error.reason) from error
    except shape.WrongType as error:
        raise BadRequest(bodies.LOAD_MESSAGE, reason=str(error)) from error
