"""How a web origin is written by whoever runs a server. Knows no request and no settings."""

from __future__ import annotations

FORM = (
    "write an origin as browsers send it, https://app.example.com: with its scheme, without a "
    "path; or https://*.example.com, or *"
)


def can_match(entry: str) -> bool:
    """Return whether ``entry`` stands for any origin that a browser may send."""
    _, mark, host = entry.partition("://")
    return entry == "null" or ("/" not in host if mark else "*" in entry)
