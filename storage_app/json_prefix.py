"""The first bytes of a JSON document -> which kind of JSON it is. Knows no values, only brackets.

A document that is longer than what we see is judged by what we see.
"""

from __future__ import annotations

import re

Kind = tuple[str, str]

_TOKEN = re.compile(
    rb"""\s*(?:
      (?P<open>[\[{]) | (?P<close>[\]}]) | (?P<mark>[:,])
    | (?P<string>"(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")
    | (?P<scalar>true|false|null|-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)
    )""",
    re.VERBOSE,
)
_GEO = re.compile(
    rb'\s*"type"\s*:\s*"(?:Feature|FeatureCollection|Point|LineString|Polygon|MultiPoint'
    rb'|MultiLineString|MultiPolygon|GeometryCollection)"'
)
_HAR = re.compile(rb'\s*\{\s*"log"\s*:\s*\{[^{}]*?"(?:version|creator|entries)"\s*:')
_GLTF = re.compile(rb'"asset"\s*:\s*\{[^{}]*?"version"\s*:\s*"[12]\.0"')
_CYCLONE = re.compile(rb'"bomFormat"\s*:\s*"CycloneDX"')


def detect(head: bytes, *, is_whole: bool) -> Kind | None:
    """Return ``(media type, extension)`` of a JSON object, array or lines of them."""
    if head.lstrip()[:1] in (b"{", b"["):
        end = _document_end(head, is_whole=is_whole)
        if end is not None and not head[end:].strip():
            return _kind(head)
    return _lines(head, is_whole=is_whole)


def _kind(head: bytes) -> Kind:
    if _has_geo_type(head):
        return "application/geo+json", ".geojson"
    if _HAR.match(head):
        return "application/json", ".har"
    if _GLTF.search(head):
        return "model/gltf+json", ".gltf"
    if _CYCLONE.search(head):
        return "application/vnd.cyclonedx+json", ".json"
    return "application/json", ".json"


def _has_geo_type(head: bytes) -> bool:
    """Whether the outermost object has a GeoJSON ``type``."""
    depth = 0
    at = 0
    while token := _TOKEN.match(head, at):
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth -= 1
        elif depth == 1 and token["string"] == b'"type"' and _GEO.match(head, at):
            return True
        at = token.end()
    return False


def _document_end(head: bytes, *, is_whole: bool) -> int | None:
    """Return where the first object or array ends, ``len(head)`` if it is cut off by the end of
    what we see, ``None`` if it is no JSON.
    """
    stack: list[bytes] = []
    before = b""
    at = 0
    while token := _TOKEN.match(head, at):
        at = token.end()
        found = token.group().lstrip()[:1]
        if token["open"]:
            if before and before not in b":,[{":
                return None
            stack.append(found)
        elif token["close"]:
            if not stack or before == b":":
                return None
            if (stack.pop(), found) not in ((b"[", b"]"), (b"{", b"}")):
                return None
            if not stack:
                return at
        elif not _may_follow(found, before, stack):
            return None
        before = found
    cut = head[at:].strip()
    if is_whole or (cut and not re.match(rb'["\w.+-]', cut)):
        return None
    return len(head)


def _may_follow(found: bytes, before: bytes, stack: list[bytes]) -> bool:
    if not stack:
        return False
    if found == b":":
        return before == b'"' and stack[-1] == b"{"
    if found == b",":
        return before not in b":,[{"
    if stack[-1] == b"{" and before in b"{,":
        return found == b'"'
    return before in b":,["


def _lines(head: bytes, *, is_whole: bool) -> Kind | None:
    """Several lines, each a JSON value, one of them at least an object or array."""
    lines = [line for line in head.splitlines() if line.strip()]
    if not is_whole:
        lines = lines[:-1]
    if len(lines) < 2 or not any(line.lstrip()[:1] in b"{[" for line in lines):
        return None
    for line in lines:
        wrapped = b"[" + line + b"]"
        if _document_end(wrapped, is_whole=True) != len(wrapped):
            return None
    return "application/x-ndjson", ".ndjson"
