"""drf-spectacular's generator, told what there is instead of looking through views.

Import it only where a document is made: the library takes a third of a second to load.
"""

from __future__ import annotations

from typing import Any, Protocol

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import ResolvedComponent

from dashboard_app.openapi import parts
from dashboard_app.openapi.parts import Paths, Schema

_TOKEN: Schema = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token from signing in, with or without `Bearer` in front.",
}


class Parts(Protocol):
    """Where the document's content comes from."""

    def paths(self) -> Paths: ...
    def schemas(self) -> Schema: ...


class Generator(SchemaGenerator):
    """Makes the whole document out of ``parts``."""

    def __init__(self, *args: Any, parts: Parts, **options: Any) -> None:
        super().__init__(*args, **options)  # type: ignore[no-untyped-call]
        self.parts = parts

    def parse(self, input_request: Any, public: bool) -> Paths:
        """Register the components and return the paths."""
        components = {
            ResolvedComponent.SCHEMA: self.parts.schemas(),
            ResolvedComponent.PARAMETER: parts.shared_parameters(),
            ResolvedComponent.RESPONSE: parts.shared_responses(),
            ResolvedComponent.SECURITY_SCHEMA: {"token": _TOKEN},
        }
        for kind, by_name in components.items():
            for name, schema in by_name.items():
                component = ResolvedComponent(name, kind, schema, name)  # type: ignore[no-untyped-call]
                self.registry.register(component)
        return self.parts.paths()
