"""Addresses of the web, judged exactly as PocketBase's validators do.

Two judges must agree: one knows Go's ``url.Parse``, one the grammar of hosts. Both run in time
linear in the text (times the number of ``@`` in it).
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import NamedTuple

LONGEST, SHORTEST = 2082, 4  # characters; bytes

#: most addresses, which need no further judging
_USUAL = re.compile(
    r"https?://(?:[a-zA-Z][a-zA-Z0-9]+\.)+[a-zA-Z]{2,}(?:/[a-zA-Z0-9/._~-]*)?(?:\?[a-zA-Z0-9=&_.-]*)?"
)
_SCHEME = re.compile(r"(?:ftp|tcp|udp|wss?|https?)://")
_ANY_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+\-.]*):")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BAD_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_PORT = re.compile(r":[0-9]*")
#: what Go takes in a host beside letters beyond ASCII, and in a user's name
_GO_HOST = re.compile(r"(?:[a-zA-Z0-9\-_.~!$&'()*+,;=<>\]\"]|[^\x00-\x7f]|%[89a-fA-F][0-9a-fA-F])*")
_GO_USER = re.compile(r"[a-zA-Z0-9\-._:~!$&'()*+,;=%@]*")
_GO_ZONE = re.compile(r"[a-zA-Z0-9\-_.~!$&'()*+,;=:<>\"%]*|[^\x00-\x7f]")

# from here on: the grammar of hosts
_BLANK = re.compile(r"[\t\n\f\r ]")
_REST = re.compile(r"[/?#]")
_HOST_PORT = re.compile(r":[0-9]{1,5}\Z", re.ASCII)
_IP_BYTE = r"(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
_IP = re.compile(
    r"(?:[1-9][0-9]?|1[0-9]{2}|2[01][0-9]|22[0-3]|24[0-9]|25[0-5])"
    rf"(?:\.{_IP_BYTE}){{2}}\.{_IP_BYTE}"
)
_ZONE = re.compile(r"(?i:(fe80:[0-9a-f:]*))%[0-9a-zA-Z]+")
_LETTERS = "a-zA-Z\u00a1-\uffff"
_HOST_CHARS = re.compile(rf"[0-9{_LETTERS}._-]+")
_TOP = re.compile(rf"\.[{_LETTERS}]+\Z")
#: what may stand before the end: a name with hyphens and underscores, then dotted plain runs
_HEAD = re.compile(
    r"[a-zA-Z0-9][a-zA-Z0-9_-]+(?:(?<=[a-zA-Z0-9])\.[a-zA-Z0-9]+(?:[-.][a-zA-Z0-9]+)*)?"
)
#: or plain runs parted by one mark each, where a dot after two characters is the last mark
_PLAIN_RUNS = re.compile(r"[a-zA-Z0-9]+(?:[-_.][a-zA-Z0-9]+)*")
_LAST_MARK = re.compile(r"(?<=[a-zA-Z0-9]{2})\.[a-zA-Z0-9]+")


class _Parsed(NamedTuple):
    host: str
    path: str


def is_url(text: str) -> bool:
    """Whether ``text`` is an address; a scheme is not needed, an unusual one is refused."""
    if len(text) > LONGEST or len(text.encode()) < SHORTEST or text[0] == ".":
        return False
    if _USUAL.fullmatch(text):
        return True
    assumed = f"http://{text}" if ":" in text and "://" not in text else text
    parsed = _go_parse(assumed)
    if parsed is None or parsed.host.startswith("."):
        return False
    if not parsed.host and parsed.path and "." not in parsed.path:
        return False
    return any(_is_address(text[start:]) for start in _starts(text))


def host_of(text: str) -> str:
    """Return ``host[:port]`` of an address with a scheme, else ``""``."""
    parsed = _go_parse(text)
    return parsed.host if parsed is not None else ""


def _go_parse(text: str) -> _Parsed | None:
    """Return host and path as Go's ``url.Parse`` sees them, ``None`` where it refuses."""
    text, _, fragment = text.partition("#")
    if _CONTROL.search(text) or _BAD_PERCENT.search(fragment) or text.startswith(":"):
        return None
    scheme = _ANY_SCHEME.match(text)
    rest = text[scheme.end() :] if scheme else text
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        if scheme:
            return _Parsed("", "")  # opaque
        if ":" in rest.partition("/")[0]:
            return None
    host = ""
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        rest = slash + path
        user, at, host = authority.rpartition("@")
        if at and (not _GO_USER.fullmatch(user) or _BAD_PERCENT.search(user)):
            return None
        if not _is_go_host(host):
            return None
    return None if _BAD_PERCENT.search(rest) else _Parsed(host, rest)


def _is_go_host(host: str) -> bool:
    if host.startswith("["):
        inside, bracket, port = host.rpartition("]")
        if not bracket or (port and not _PORT.fullmatch(port)):
            return False
        inside, percent, zone = inside[1:].partition("%25")
        if percent and not _GO_ZONE.fullmatch(zone):
            return False
        return _is_ipv6(inside)
    name, colon, port = host.rpartition(":")
    if colon and not _PORT.fullmatch(colon + port):
        return False
    return _GO_HOST.fullmatch(name if colon else host) is not None


def _starts(text: str) -> list[int]:
    """Return where the host may begin: at once, after the scheme, after each ``@``."""
    starts = [0]
    if scheme := _SCHEME.match(text):
        starts.append(scheme.end())
    blank = _BLANK.search(text)
    end = blank.start() if blank else len(text)
    starts.extend(at + 1 for at, char in enumerate(text[:end]) if char == "@" and at)
    return starts


def _is_address(text: str) -> bool:
    """Whether ``text`` is a host, then perhaps a dot, a port, and a path without blanks."""
    rest = _REST.search(text)
    if rest and _BLANK.search(text, rest.start()):
        return False
    host = text[: rest.start()] if rest else text
    if port := _HOST_PORT.search(host):
        host = host[: port.start()]
    return _is_host(host) or (host.endswith(".") and _is_host(host[:-1]))


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return host.endswith("]") and _is_bracketed(host[1:-1])
    if not _HOST_CHARS.fullmatch(host):
        return False
    if _IP.fullmatch(host) or _is_name(host):
        return True
    top = _TOP.search(host)
    return top is not None and _is_name(host[: top.start()])


def _is_bracketed(inside: str) -> bool:
    zone = _ZONE.fullmatch(inside)
    return _is_ipv6(zone[1] if zone else inside)


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _is_name(name: str) -> bool:
    """Whether ``name`` is a tail alone, or a tail behind one of the heads.

    A tail may begin at any character of the longest one, a head end at any of its characters.
    """
    if not name or name[-1] in "-._":
        return False
    longest = _longest_tail(name)
    if longest == 0 or (longest <= 4 and name.startswith("www.") and len(name) > 4):
        return True
    return any(_tail_begins(name, longest, low, high) for low, high in _head_ends(name))


def _longest_tail(name: str) -> int:
    """Return where the longest tail begins."""
    at = len(name)
    hyphens = 0
    begin = at
    while at:
        at -= 1
        if name[at] == "-":
            hyphens += 1
            if hyphens > 2:
                break
        elif name[at] in "._":
            break
        else:
            hyphens = 0
            begin = at
    return begin


def _head_ends(name: str) -> list[tuple[int, int]]:
    """Return the ranges (both ends included) of lengths that a head may have, by its last char."""
    ranges = []
    if head := _HEAD.match(name):
        ranges.append((2, head.end()))
    if runs := _PLAIN_RUNS.match(name):
        ranges.extend((mark.start() + 2, mark.end()) for mark in _LAST_MARK.finditer(runs[0]))
    return ranges


def _tail_begins(name: str, longest: int, low: int, high: int) -> bool:
    """Whether a head of ``low`` to ``high`` characters can meet a tail."""
    for length in range(max(low, longest), min(high, len(name) - 1) + 1):
        if name[length] not in "-._" and name[length - 1].isascii() and name[length - 1].isalnum():
            return True
    return False
