"""Django's admin app, with our site as the one that every ``admin.py`` registers on."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class DashboardAdminConfig(AdminConfig):
    default = False
    default_site = "dashboard_app.site.DashboardSite"
