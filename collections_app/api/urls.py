"""The paths of ``/api/collections…`` and ``/api/batch``."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path

from collections_app.api.batch import batch
from collections_app.api.collections import CollectionViewSet
from collections_app.api.records import RecordViewSet

_collection = CollectionViewSet.as_view(
    {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
)
_import = CollectionViewSet.as_view({"put": "take_in"})


def _import_or_collection(request: HttpRequest) -> HttpResponseBase:
    """``import`` is an act for ``PUT`` alone; for all other methods it is a collection's name."""
    return (
        _import(request) if request.method == "PUT" else _collection(request, collection="import")
    )


urlpatterns = [
    path(
        "api/collections",
        CollectionViewSet.as_view({"get": "list", "post": "create"}),
    ),
    path("api/collections/import", _import_or_collection),
    path("api/collections/meta/scaffolds", CollectionViewSet.as_view({"get": "scaffolds"})),
    path("api/collections/meta/dry-run-view", CollectionViewSet.as_view({"post": "dry_run"})),
    path("api/collections/<str:collection>", _collection),
    path(
        "api/collections/<str:collection>/truncate",
        CollectionViewSet.as_view({"delete": "truncate"}),
    ),
    path(
        "api/collections/<str:collection>/records",
        RecordViewSet.as_view({"get": "list", "post": "create"}),
    ),
    path(
        "api/collections/<str:collection>/records/<str:record_id>",
        RecordViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    path(
        "api/collections/<str:collection>/records/<str:record_id>/restore",
        RecordViewSet.as_view({"post": "restore"}),
    ),
    path("api/batch", batch),
]
