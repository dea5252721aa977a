"""Which database a model lives in: a few in ``auxiliary``, all others in ``default``."""

from __future__ import annotations

from typing import Any

from django.db import models

#: (app label, model name in lower case) of what is written all the time and may be thrown away
AUXILIARY = frozenset({("ops_app", "logrow")})


class Router:
    """Django's database router. Relations never cross the two files."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        return self._home(model)

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str | None:
        return self._home(model)

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool | None:
        return self._home(type(one)) == self._home(type(other)) or None

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool | None:
        """Tables of ``AUXILIARY`` go there, everything else stays out of it."""
        home = hints.get("database")
        if home is None:
            home = "auxiliary" if (app_label, model_name) in AUXILIARY else "default"
        return bool(db == home)

    @staticmethod
    def _home(model: type[models.Model]) -> str:
        key = (model._meta.app_label, model._meta.model_name or "")
        return "auxiliary" if key in AUXILIARY else "default"
