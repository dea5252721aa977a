"""E-mail addresses and domain names, judged exactly as PocketBase's validators do.

No look-ups and no normalising. Written without nested repeats, so that no text takes long.
"""

from __future__ import annotations

import re

from collections_app.fields.urls import host_of, is_url

#: letters beyond ASCII that the e-mail grammar knows
_BEYOND = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
_ATOM = rf"[a-zA-Z0-9!#$%&'*+\-/=?^_`{{|}}~{_BEYOND}]+"
_EDGE = rf"[a-zA-Z0-9{_BEYOND}]"
_LETTER = rf"[a-zA-Z{_BEYOND}]"
_BLANK = r"(?:(?:[ \t]*\r\n)?[ \t]+)?"
_QUOTED_CHAR = (
    rf"(?:[\x01-\x08\x0b\x0c\x0e-\x1f\x21\x23-\x5b\x5d-\x7f{_BEYOND}]"
    r"|\([\x01-\x09\x0b-\x7f])"
)

_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
#: the reference's quoted form wants a quote before every character
_QUOTED_LOCAL = re.compile(rf'(?:"{_BLANK}{_QUOTED_CHAR})*{_BLANK}"')
_MAIL_DOMAIN = re.compile(rf"{_EDGE}[a-zA-Z0-9\-._~{_BEYOND}]*(?<={_LETTER})")
_AROUND_LAST_DOT = re.compile(rf"{_EDGE}\.{_LETTER}")

_DOMAIN = re.compile(
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{1,63}", re.ASCII
)
_LONGEST_DOMAIN = 255


def is_email(text: str) -> bool:
    """Whether ``text`` is an e-mail address with a dotted domain."""
    local, at, domain = text.rpartition("@")
    if not at or not _is_mail_domain(domain):
        return False
    return bool(_LOCAL.fullmatch(local) or (local[:1] == '"' and _QUOTED_LOCAL.fullmatch(local)))


def is_domain(text: str) -> bool:
    """Whether ``text`` is a domain name of ASCII labels with an alphabetic last one."""
    return len(text) <= _LONGEST_DOMAIN and _DOMAIN.fullmatch(text) is not None


def _is_mail_domain(domain: str) -> bool:
    """Whether the last dot parts ``domain`` in two, each with letters or (before) digits around."""
    domain = domain.removesuffix(".")
    return bool(
        _MAIL_DOMAIN.fullmatch(domain)
        and _AROUND_LAST_DOT.match(domain, max(domain.rfind(".") - 1, 0))
    )


__all__ = ["host_of", "is_domain", "is_email", "is_url"]
