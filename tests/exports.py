"""Collections of public PocketBase projects, as their authors exported them: ``realworld/``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "realworld"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
#: in the format of before 0.23, with ``schema`` and ``options``
OLD_NAMES = (
    "ArmandoPascualPe__helpdesk",
    "achrafthedev__car_rental_system",
    "alexkibler__avarts",
    "gomorra__fire-stream-chat",
)


def read(name: str) -> list[dict[str, Any]]:
    """Return the collections of an export."""
    exported = json.loads((FOLDER / f"{name}.json").read_text())
    found: list[dict[str, Any]] = (
        exported if isinstance(exported, list) else exported["collections"]
    )
    return found
