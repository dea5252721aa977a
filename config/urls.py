"""Every path: the apps' APIs, the dashboard, then public files."""

from __future__ import annotations

from django.urls import path, re_path

from auth_app.api import urls as auth
from collections_app.api import urls as collections
from core_app.route_table import RouteTable
from core_app.routes import by_method, hook_patterns, unmatched
from dashboard_app.api import urls as dashboard
from dashboard_app.urls import to_dashboard
from ops_app.api import urls as ops
from realtime.api import urls as realtime
from storage_app.api import urls as storage

api = RouteTable(
    [
        *collections.urlpatterns,
        *auth.urlpatterns,
        *storage.urlpatterns,
        *realtime.urlpatterns,
        *ops.urlpatterns,
        *dashboard.urlpatterns,
        *hook_patterns(),
    ]
)

urlpatterns = [
    api,
    path(
        "_", by_method(GET=to_dashboard)
    ),  # what is below ``/_/`` comes with ``dashboard_app.urls.serve``
    re_path(r"", unmatched),
]

handler400 = "config.error_views.bad_request"
handler403 = "config.error_views.permission_denied"
handler404 = "config.error_views.not_found"
handler500 = "config.error_views.server_error"
