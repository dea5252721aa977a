"""What the dashboard shows beside records."""

from __future__ import annotations

from django.contrib import admin

from collections_app.models import Collection
from dashboard_app.collections.admin import CollectionAdmin

admin.site.register(Collection, CollectionAdmin)
