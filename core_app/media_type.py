"""``form-data; name="a"`` -> the type and its parameters, read as Go's ``mime`` package does."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

_WORD = r"[!#$%&'*+\-.^_`{|}~0-9A-Za-z]+"
_TYPE = re.compile(rf"[ \t]*({_WORD}(?:/{_WORD})?)[ \t]*(?=;|\Z)")
_QUOTED = r'"((?:[^"\\\r\n]|\\.)*)"'
_PARAMETER = re.compile(rf";\s*({_WORD})\s*=\s*(?:({_WORD})|{_QUOTED})\s*", re.ASCII)
_END = re.compile(r";?\s*\Z")
#: a backslash stands before what needs it; elsewhere it is one (paths of old browsers)
_ESCAPED = re.compile(r'\\([()<>@,;:\\"/\[\]?=])')
_PART_OF = re.compile(r"([^*]+)\*(\d+)(\*?)")


def parse(text: str) -> tuple[str, dict[str, str]] | None:
    """Return the type and the parameters, names in lower case; ``None`` if it is malformed."""
    start = _TYPE.match(text)
    if start is None:
        return None
    found: dict[str, str] = {}
    at = start.end()
    while parameter := _PARAMETER.match(text, at):
        name, token, quoted = parameter.groups()
        value = token if token is not None else _ESCAPED.sub(r"\1", quoted)
        if found.setdefault(name.lower(), value) != value:
            return None
        at = parameter.end()
    if _END.match(text, at) is None:
        return None
    return start[1].lower(), _joined(found)


def _joined(found: dict[str, str]) -> dict[str, str]:
    """Return the parameters, those in an encoding or in pieces (RFC 2231) put together."""
    out: dict[str, str] = {}
    pieces: dict[str, dict[int, str]] = {}
    for name, value in found.items():
        if piece := _PART_OF.fullmatch(name):
            known = _decoded(value, is_first=piece[2] == "0") if piece[3] else value
            if known is not None:
                pieces.setdefault(piece[1], {})[int(piece[2])] = known
        elif name.endswith("*"):
            whole = _decoded(value, is_first=True)
            if whole is not None:
                out[name[:-1]] = whole
        else:
            out.setdefault(name, value)
    for name, parts in pieces.items():
        if 0 in parts and name not in out:
            count = next(at for at in range(len(parts) + 1) if at not in parts)
            out[name] = "".join(parts[at] for at in range(count))
    return out


def _decoded(value: str, *, is_first: bool) -> str | None:
    """Return ``UTF-8'en'%C3%A9`` as text, ``None`` for another encoding."""
    if is_first:
        encoding, _, rest = value.partition("'")
        _, mark, value = rest.partition("'")
        if not mark or encoding.lower() not in ("utf-8", "us-ascii"):
            return None
    return unquote_to_bytes(value).decode("utf-8", "replace")
