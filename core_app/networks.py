"""IP addresses: where a request really comes from, and whether an address is on a list."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

from django.http import HttpRequest

from core_app.settings_store.shape import TrustedProxy

#: headers that proxies commonly set, in the order a missing setting is suggested
COMMON_PROXY_HEADERS = ("CF-Connecting-IP", "Fly-Client-IP", "X-Forwarded-For")


def real_ip(request: HttpRequest, proxy: TrustedProxy) -> str:
    """Return the client's address: from the trusted headers, else the socket's.

    Of each header the last line counts, split on commas; the rightmost (or leftmost) item that is
    an address wins.
    """
    for header in proxy.headers:
        items = last_line(request, header).split(",")
        for item in items if proxy.use_leftmost_ip else reversed(items):
            found = expanded(item.strip())
            if found:
                return found
    remote: str = request.META.get("REMOTE_ADDR", "")
    return remote if ":" not in remote else expanded(remote) or remote


def last_line(request: HttpRequest, header: str) -> str:
    """Return the last line of ``header``, ``""`` where it is absent."""
    scope = getattr(request, "scope", None)
    if scope is not None:
        wanted = header.lower().encode("latin-1", "replace")
        for name, value in reversed(scope["headers"]):
            if name.lower() == wanted:
                return str(value.decode("latin-1"))
        return ""
    return str(request.META.get("HTTP_" + header.upper().replace("-", "_"), ""))


@lru_cache(maxsize=4096)
def expanded(text: str) -> str:
    """Return an IP address with IPv6 written out in full, ``""`` for anything else."""
    address, mark, zone = text.partition("%")
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 4:
        return f"{found}{mark}{zone}"
    digits = found.packed.hex()  # not ``exploded``, which has dots for addresses of version 4
    return ":".join(digits[at : at + 4] for at in range(0, 32, 4)) + mark + zone


def is_listed(ip: str, entries: Iterable[str]) -> bool:
    """Whether ``ip`` is one of ``entries`` or inside one of their networks."""
    entries = tuple(entries)
    return bool(entries) and _is_listed(ip, entries)


def is_ip_or_network(text: str) -> bool:
    """Whether ``text`` is an IP address or a CIDR network."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def _is_listed(ip: str, entries: tuple[str, ...]) -> bool:
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    return any(
        address in ipaddress.ip_network(entry, strict=False)
        for entry in entries
        if is_ip_or_network(entry)
    )
