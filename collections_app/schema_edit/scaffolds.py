"""A blank collection of each type, for forms that create one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from collections_app.collection_types import registry
from collections_app.schema import present
from collections_app.schema.snapshot import Snapshot
from collections_app.schema_edit import draft


def scaffolds(held: Snapshot) -> dict[str, dict[str, Any]]:
    """Return the JSON of a blank collection by type, types in alphabetical order."""
    out = {}
    for name, kind in sorted(registry.registered().items()):
        blank = replace(draft.scaffold(name, ""), id="")
        out[name] = present.collection_json(kind.complete(blank, None, held))
    return out
