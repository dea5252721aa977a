"""``POST /api/realtime``: what a connection listens to from now on.

Source: PocketBase apis/realtime.go (``realtimeSetSubscriptions``).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from core_app import bodies
from core_app.errors import BadRequest, FieldError, FieldErrors, required
from core_app.request_info import RequestInfo
from core_app.responses import no_content
from realtime import hub, subscriptions
from realtime.hooks import SubscribeEvent, realtime_subscribe_request
from realtime.subscriptions import Outcome

MOST_SUBSCRIPTIONS = 1000
LONGEST_CLIENT_ID = 255  # bytes
LONGEST_SUBSCRIPTION = 2500  # bytes


def subscribe(request: HttpRequest) -> HttpResponse:
    """Replace all subscriptions of the connection that the body names."""
    try:
        form = bodies.read_form(request, ("clientId", "subscriptions"), {"subscriptions": list})
    except BadRequest as error:
        raise BadRequest(reason=error.reason) from error
    client_id = form["clientId"]
    wanted = [_text(item) for item in form["subscriptions"]]
    errors = _check(client_id, wanted)
    if errors:
        raise FieldErrors(errors)
    info = RequestInfo.of(request)
    auth = getattr(request, "auth_record", None)
    if realtime_subscribe_request.receivers:
        _require(hub.current().subscribe(client_id, info.ip, auth, (), only_check=True))
        event = SubscribeEvent(client_id, wanted, info)
        realtime_subscribe_request.send(None, event=event)
        wanted = event.subscriptions
    _require(hub.current().subscribe(client_id, info.ip, auth, wanted))
    return no_content()


def _text(item: Any) -> str:
    """Return one entry; forms bring numbers for what looks like one. Raise ``BadRequest``."""
    if item is None:
        return ""
    if not isinstance(item, str):
        raise BadRequest(reason=f"a subscription is a {type(item).__name__}")
    return item


def _check(client_id: str, wanted: list[str]) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    if not client_id:
        errors["clientId"] = required()
    elif len(client_id.encode()) > LONGEST_CLIENT_ID:
        errors["clientId"] = FieldError(
            "validation_length_out_of_range",
            f"The length must be between 1 and {LONGEST_CLIENT_ID}.",
            {"max": LONGEST_CLIENT_ID, "min": 1},
        )
    if len(wanted) > MOST_SUBSCRIPTIONS:
        errors["subscriptions"] = _too_long(MOST_SUBSCRIPTIONS)
    else:
        long = {
            str(at): _too_long(LONGEST_SUBSCRIPTION)
            for at, text in enumerate(wanted)
            if len(text) * 4 > LONGEST_SUBSCRIPTION and len(text.encode()) > LONGEST_SUBSCRIPTION
        }
        if long:
            errors["subscriptions"] = long
    return errors


def _too_long(most: int) -> FieldError:
    return FieldError(
        "validation_length_too_long",
        f"The length must be no more than {most}.",
        {"max": most, "min": 0},
    )


def _require(outcome: Outcome) -> None:
    if outcome is not Outcome.DONE:
        raise subscriptions.refusal(outcome)
