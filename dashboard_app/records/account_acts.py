"""What a superuser does for the account of a record: password, mails, verification, a token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from auth_app import belongings, find
from auth_app.flows import password_reset, refresh, verification
from auth_app.forms import NothingSent
from auth_app.names import EXTERNAL_AUTHS, SUPERUSERS
from collections_app.records import service
from collections_app.schema.record_model import RecordModel
from core_app.errors import ApiError
from core_app.request_info import RequestInfo
from dashboard_app import refusals
from dashboard_app.records import labels
from dashboard_app.tools import page

#: of a token, in seconds
LONGEST = 365 * 24 * 3600


class Refused(ValueError):
    """The act was not done; the text says why."""


def screen(request: HttpRequest, admin: Any, record_id: str) -> HttpResponse:
    """Show what can be done for one account; ``POST`` does the named ``act``."""
    record = find.by_id(admin.collection, record_id)
    if record is None:
        raise Http404
    token, problem = "", ""
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        try:
            said, token = act(record, request, page.info(request))
        except (Refused, NothingSent) as error:
            problem = f"{str(error)[:1].upper()}{str(error)[1:].removesuffix('.')}."
        except ApiError as refusal:
            refusals.undone(refusal)
            problem = " ".join(refusals.told(refusal))
        else:
            admin.log_change(request, record, said)
            if not token:
                messages.success(request, said)
                return HttpResponseRedirect(request.path)
    return page.show(
        request,
        "account_acts",
        f"Account of {labels.label_of(record)}",
        400 if problem else 200,
        record=record,
        collection=admin.collection,
        has_password=admin.collection.options["passwordAuth"]["enabled"],
        is_superuser=admin.collection.name == SUPERUSERS,
        token=token,
        problem=problem,
        longest=LONGEST,
        links=belongings.of(EXTERNAL_AUTHS, record),
    )


def _set_password(record: RecordModel, request: HttpRequest, info: RequestInfo) -> tuple[str, str]:
    body = {key: request.POST.get(key, "") for key in ("password", "passwordConfirm")}
    if not body["password"]:
        raise Refused("Type the new password")
    service.update(record.collection, str(record.id), body, info)
    return "The password is set; tokens from before are void.", ""


def _verify(record: RecordModel, request: HttpRequest, info: RequestInfo) -> tuple[str, str]:
    is_verified = request.POST.get("verified") == "true"
    service.update(record.collection, str(record.id), {"verified": is_verified}, info)
    return f"Marked as {'verified' if is_verified else 'not verified'}.", ""


def _send_verification(
    record: RecordModel, request: HttpRequest, info: RequestInfo
) -> tuple[str, str]:
    verification.refuse_superusers(record.collection)
    if record["verified"]:
        raise Refused("The address is verified already")
    verification.request(record.collection, record["email"], info)
    return f"The mail to {record['email']} is on its way.", ""


def _send_reset(record: RecordModel, request: HttpRequest, info: RequestInfo) -> tuple[str, str]:
    password_reset.require_enabled(record.collection)
    password_reset.request(record.collection, record["email"], info)
    return f"The mail to {record['email']} is on its way.", ""


def _void(record: RecordModel, request: HttpRequest, info: RequestInfo) -> tuple[str, str]:
    service.update(record.collection, str(record.id), {"tokenKey:autogenerate": ""}, info)
    return "All tokens of this account are void.", ""


def _unlink(record: RecordModel, request: HttpRequest, info: RequestInfo) -> tuple[str, str]:
    found = belongings.of(EXTERNAL_AUTHS, record, id=request.POST.get("link", ""))
    if not found:
        raise Refused("It is not linked any more")
    service.delete(found[0].collection, str(found[0].id), info)
    return f"Unlinked from {found[0]['provider']}.", ""


def _impersonate(record: RecordModel, request: HttpRequest, info: RequestInfo) -> tuple[str, str]:
    text = request.POST.get("duration", "").strip() or "0"
    if not text.isdecimal() or int(text) > LONGEST:
        raise Refused(f"The duration must be a whole number of seconds, at most {LONGEST}")
    answer = refresh.impersonate(record, int(text), info)
    return "Made a token to act as this account.", str(answer["token"])


Act = Callable[[RecordModel, HttpRequest, RequestInfo], tuple[str, str]]

#: each returns what to say, and a token if it made one
ACTS: dict[str, Act] = {
    "password": _set_password,
    "verify": _verify,
    "send-verification": _send_verification,
    "send-reset": _send_reset,
    "void": _void,
    "unlink": _unlink,
    "impersonate": _impersonate,
}
