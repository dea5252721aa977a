"""The app's settings as a form: every value of the settings has a control, by its type.

What is changed goes the way of ``PATCH /api/settings``: the same signal, the same checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, get_args, get_origin, get_type_hints

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from auth_app import mails
from collections_app.fields.formats import is_email
from collections_app.schema import snapshot
from core_app.errors import ApiError, FieldErrors
from core_app.settings_store import shape, store
from core_app.settings_store.shape import Settings
from dashboard_app import refusals
from dashboard_app.tools import page, setting_words
from ops_app.api import trial_s3
from ops_app.hooks import SettingsEvent, settings_update_request


@dataclass(slots=True)
class Control:
    """One value: ``name`` is its path in the JSON, as in ``smtp.host``."""

    name: str
    label: str
    help: str
    kind: str  # flag, whole, text, cron, secret, lines, json
    value: Any
    error: str = ""


_CRON_EXPRESSIONS = frozenset({"backups.cron"})


class Unreadable(ValueError):
    """What was typed is no value of this kind; the text says why."""


def edit(request: HttpRequest) -> HttpResponse:
    """Show the form, or save what was changed in it."""
    settings = store.current()
    controls = list(_controls(Settings, settings, ""))
    status = 200
    if request.method == "POST":
        status = 400
        patch = _patch(controls, request.POST)
        if patch is not None:
            answer = _save(request, patch, controls)
            if answer is not None:
                return answer
    sections = setting_words.sections(controls)
    return page.show(
        request,
        "settings",
        "Settings",
        status,
        sections=sections,
        auth=_auth_collections(),
        test_of=request.GET.get("of", ""),
        templates=list(mails.TEST_TEMPLATES),
    )


def test_mail(request: HttpRequest) -> HttpResponse:
    """Send one of a collection's mails to any address, and say how that went."""
    address = request.POST.get("email", "").strip()
    template = request.POST.get("template", "")
    collection = snapshot.current().by_id.get(request.POST.get("collection", ""))
    if request.method == "POST":
        if not is_email(address):
            messages.error(request, "Type the e-mail address to send to.")
        elif template not in mails.TEST_TEMPLATES or collection is None or not collection.is_auth:
            messages.error(request, "Choose a mail and a collection.")
        else:
            try:
                mails.send_test(collection, template, address)
                messages.success(request, f"The mail to {address} has been sent.")
            except ApiError as error:
                messages.error(request, f"The mail was not sent: {error.message}")
            except Exception as error:  # noqa: BLE001 whatever the mail's transport raises
                messages.error(request, f"The mail was not sent: {error}")
    return HttpResponseRedirect(reverse("admin:settings"))


def test_storage(request: HttpRequest) -> HttpResponse:
    """Try the bucket of the records' files or of the backups, and say how that went."""
    name = request.POST.get("filesystem", "")
    if request.method == "POST" and name in trial_s3.FILESYSTEMS:
        try:
            trial_s3.try_out(name)
            messages.success(request, "The bucket takes files and lets them go.")
        except ApiError as error:
            messages.error(request, error.message)
    return HttpResponseRedirect(reverse("admin:settings"))


def _save(
    request: HttpRequest, patch: dict[str, Any], controls: list[Control]
) -> HttpResponse | None:
    """Return the answer if the settings are saved, else put the errors beside their controls."""
    event = SettingsEvent(request, shape.to_json(store.current()), patch)
    for _receiver, answer in settings_update_request.send(None, event=event):
        if isinstance(answer, HttpResponse):
            return answer
    try:
        store.update(event.patch)
    except FieldErrors as error:
        by_name = {control.name: control for control in controls}
        for name, text in _texts(error.errors, ""):
            at = max((key for key in by_name if name.startswith(key)), key=len, default="")
            if at:
                by_name[at].error = text
            else:
                messages.error(request, f"{name}: {text}")
        return None
    messages.success(request, "The settings are saved.")
    return HttpResponseRedirect(reverse("admin:settings"))


def _texts(detail: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            yield from _texts(inner, f"{path}.{key}" if path else str(key))
    else:
        yield path, " ".join(refusals.lines(detail))


def _controls(kind: type[Any], group: Any, prefix: str) -> Iterator[Control]:
    hints = get_type_hints(kind)
    for item in fields(kind):
        name = f"{prefix}{shape.json_name(item.name)}"
        value = getattr(group, item.name)
        inner = hints[item.name]
        if hasattr(inner, "__dataclass_fields__"):
            yield from _controls(inner, value, f"{name}.")
            continue
        is_secret = bool(item.metadata.get("secret"))
        label, says = setting_words.words(name)
        shown, kind_name = _shown(inner, value, is_secret)
        if name in _CRON_EXPRESSIONS:
            kind_name = "cron"
        yield Control(name, label, says, kind_name, shown)


def _shown(kind: Any, value: Any, is_secret: bool) -> tuple[Any, str]:
    """Return what the control shows, and which control it is."""
    if is_secret:
        return "", "secret"
    if get_origin(kind) is tuple:
        if get_args(kind)[0] is str:
            return "\n".join(value), "lines"
        plain = [shape.to_json(item) for item in value]
        text = ",\n  ".join(orjson.dumps(item).decode() for item in plain)
        return f"[\n  {text}\n]" if plain else "[]", "json"
    return value, {bool: "flag", int: "whole"}.get(kind, "text")


def _patch(controls: list[Control], sent: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what was changed as the API takes it; ``None`` if something cannot be read."""
    patch: dict[str, Any] = {}
    for control in controls:
        before = control.value
        raw = str(sent.get(control.name, "")).replace("\r\n", "\n")
        control.value = raw if control.kind != "flag" else control.name in sent
        try:
            value = _value(control, raw)
            if control.kind == "secret" and not raw:
                continue  # it stays
            if value != (_value(control, before) if control.kind in ("lines", "json") else before):
                _put(patch, control.name.split("."), value)
        except Unreadable as error:
            control.error = str(error)
    return None if any(control.error for control in controls) else patch


def _value(control: Control, raw: str) -> Any:
    match control.kind:
        case "flag":
            return control.value
        case "whole":
            try:
                return int(raw or 0)
            except ValueError as error:
                raise Unreadable("This is not a whole number.") from error
        case "lines":
            return [line.strip() for line in raw.split("\n") if line.strip()]
        case "json":
            try:
                return orjson.loads(raw or "[]")
            except orjson.JSONDecodeError as error:
                raise Unreadable(f"This is not JSON: {error}.") from error
        case _:
            return raw


def _put(patch: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        patch = patch.setdefault(step, {})
    patch[path[-1]] = value


def _auth_collections() -> list[tuple[str, str]]:
    found = [item for item in snapshot.current().collections if item.is_auth]
    found.sort(key=lambda item: item.system)
    return [(item.id, item.name) for item in found]
