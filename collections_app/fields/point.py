"""Points on the globe: ``{"lon": x, "lat": y}``, Python form and stored text."""

from __future__ import annotations

import re
from typing import Any

import orjson

from core_app import numbers, strict_json

Point = dict[str, int | float]

_SORTED = re.compile(r'\{"lat":([^,]+),"lon":([^,}]+)\}')

EMPTY_POINT: Point = {"lon": 0, "lat": 0}


def read_point(raw: Any) -> Point:
    """Return the point that an object or its JSON text names; 0,0 for anything else."""
    if isinstance(raw, str):
        try:
            raw = strict_json.loads(raw.encode("utf-8", "surrogatepass"))
        except ValueError:
            raw = None
    if type(raw) is not dict:
        return EMPTY_POINT.copy()
    lon, lat = _coordinate(raw.get("lon")), _coordinate(raw.get("lat"))
    if lon is None or lat is None:
        return EMPTY_POINT.copy()
    return {"lon": lon, "lat": lat}


def point_text(point: Point) -> str:
    """Return the text that is stored."""
    return orjson.dumps(public_point(point)).decode()


def in_order(text: str) -> str:
    """Return JSON text, with longitude first if it is a point whose keys are sorted."""
    found = _SORTED.fullmatch(text)
    return f'{{"lon":{found[2]},"lat":{found[1]}}}' if found else text


def public_point(point: Point) -> dict[str, numbers.Public]:
    """Return ``point`` with its numbers as ECMAScript writes them."""
    return {"lon": numbers.public(point["lon"]), "lat": numbers.public(point["lat"])}


def _coordinate(raw: Any) -> int | float | None:
    """Return a number, 0 for null; ``None`` for what is no number."""
    if raw is None:
        return 0
    if type(raw) is int or type(raw) is float:
        return numbers.canonical(float(raw))
    return None
