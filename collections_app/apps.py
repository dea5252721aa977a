from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class CollectionsConfig(AppConfig):
    name = "collections_app"
    verbose_name = "Schema"

    def ready(self) -> None:
        from collections_app import jobs  # noqa: F401
        from collections_app.collection_types import plain, view  # noqa: F401
        from collections_app.fields import (  # noqa: F401
            autodate,
            bool,
            date,
            editor,
            email,
            geo_point,
            json,
            number,
            password,
            relation,
            select,
            text,
            url,
        )
        from collections_app.query import dialects
        from collections_app.records.door import ServiceDoor
        from collections_app.schema.record_model import RecordModel
        from collections_app.schema_edit import bootstrap

        pre_migrate.connect(dialects.prepare, sender=self)
        RecordModel.door = ServiceDoor()
        post_migrate.connect(bootstrap.after_migrate, sender=self)
