"""What Django's admin asks of a model's options, for models that no Django app holds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.db.models.options import Options


class RecordOptions:
    """The options of a runtime model, with an app to be listed under."""

    app_config = SimpleNamespace(verbose_name="Collections")

    def __init__(self, options: Options[Any], name: str) -> None:
        options.verbose_name, options.verbose_name_plural = f"{name} record", name
        self._options = options

    def __getattr__(self, name: str) -> Any:
        return getattr(self._options, name)
