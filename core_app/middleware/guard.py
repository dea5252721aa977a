"""Who may come in at all: the client's real address, superusers' addresses, rate limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from core_app import exception_handler, networks, rate_limits
from core_app.errors import ApiError, Forbidden
from core_app.settings_store import store


class Guard:
    """Middleware; sets ``request.real_ip``. Runs after ``request.auth_record`` is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        settings = store.current()
        request.real_ip = ip = networks.real_ip(request, settings.trusted_proxy)
        if settings.superuser_ips:
            record = request.auth_record
            if (
                record is not None
                and record.is_superuser
                and not networks.is_listed(ip, settings.superuser_ips)
            ):
                return exception_handler.to_response(
                    Forbidden(reason=f"superusers may not come from {ip}")
                )
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Count requests of routes that do not belong to a collection; those count themselves."""
        if store.current().rate_limits.enabled:
            try:
                rate_limits.check_path(request)
            except ApiError as error:
                return exception_handler.to_response(error)
        return None
