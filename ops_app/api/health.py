"""``GET /api/health``: is the server up, and for superusers, how it sees them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from core_app import query_string
from core_app.dates import to_wire
from core_app.networks import COMMON_PROXY_HEADERS
from core_app.responses import JsonResponse, json_response
from core_app.routes import endpoint
from core_app.settings_store import store
from ops_app.backups import busy
from ops_app.replication import following, position

MESSAGE = "API is healthy."
_FOR_EVERYONE = b'{"message":"API is healthy.","code":200,"data":{}}'


@endpoint("GET")
def health(request: HttpRequest) -> HttpResponse:
    """Answer ``{"message", "code", "data"}``; ``data`` is empty but for superusers."""
    record = getattr(request, "auth_record", None)
    fields = query_string.value(request, "fields")
    if not fields and (record is None or not record.is_superuser):
        return JsonResponse(_FOR_EVERYONE)
    data = _seen(request) if record is not None and record.is_superuser else {}
    return json_response({"message": MESSAGE, "code": 200, "data": data}, fields=fields)


def _seen(request: HttpRequest) -> dict[str, Any]:
    trusted = store.current().trusted_proxy.headers
    present = (name for name in (*trusted, *COMMON_PROXY_HEADERS) if request.headers.get(name))
    seen = {
        "canBackup": busy.current() is None,
        "realIP": request.real_ip,  # type: ignore[attr-defined]
        "possibleProxyHeader": next(present, ""),
    }
    replica = position.read()
    if replica is not None:
        seen["replica"] = {
            "url": replica.url,
            "upTo": to_wire(datetime.fromtimestamp(replica.up_to, UTC)) if replica.up_to else "",
            "behind": round(replica.behind_s, 1) if replica.up_to else None,
            "error": replica.error,
        }
    state = following.read()
    if state is not None:
        seen["following"] = {
            "url": state.url,
            "changed": to_wire(datetime.fromtimestamp(state.changed, UTC)),
            "checked": to_wire(datetime.fromtimestamp(state.checked, UTC)),
            "behind": round(state.behind_s, 1),
            "error": state.error,
        }
    return seen
