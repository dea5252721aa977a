"""What settings are called and what they do. A setting that is not named here goes by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard_app.tools.settings import Control

_SECTIONS = {
    "meta": "Application",
    "smtp": "Mail",
    "s3": "Files in S3",
    "backups": "Backups",
    "rateLimits": "Rate limits",
    "trustedProxy": "Proxies",
    "batch": "Batch",
    "logs": "Logs",
    "": "Superusers",
}
#: those that matter come first, whatever group they are in
_ORDER = (
    *("enabled", "appName", "appURL", "senderName", "senderAddress", "cron", "cronMaxKeep"),
    *("host", "port", "username", "password", "bucket", "region", "endpoint", "accessKey"),
    *("secret", "rules", "maxDays", "minLevel"),
)
_WORDS = {
    "meta.appName": ("Name", "In mails and here."),
    "meta.appURL": ("Address", "Where links in mails lead, such as https://example.com."),
    "meta.senderName": ("Sender's name", ""),
    "meta.senderAddress": ("Sender's address", ""),
    "meta.accentColor": ("Accent colour", "Of this dashboard, such as #0f766e."),
    "meta.hideControls": (
        "Hide controls",
        "Forms of records and collections are locked here until somebody unlocks them.",
    ),
    "smtp.enabled": ("Send mail by SMTP", "Otherwise by the machine's sendmail."),
    "smtp.authMethod": ("Way to sign in", "PLAIN or LOGIN; empty is PLAIN."),
    "smtp.tls": ("TLS from the first byte", "Otherwise STARTTLS where the server offers it."),
    "smtp.localName": ("Name said in EHLO", ""),
    "smtp.password": ("Password", "Empty keeps what is stored."),
    "s3.secret": ("Secret", "Empty keeps what is stored."),
    "backups.s3.secret": ("Secret", "Empty keeps what is stored."),
    "s3.enabled": ("Keep files in S3", "Otherwise in the data folder."),
    "backups.s3.enabled": ("Keep backups in S3", "Otherwise in the data folder."),
    "rateLimits.enabled": ("Limit how often somebody may call", ""),
    "batch.enabled": ("Allow batch requests", ""),
    "backups.cron": ("When", "A cron expression, such as 0 0 * * *; empty for never."),
    "backups.cronMaxKeep": ("How many to keep", "Of those made by the clock."),
    "rateLimits.rules": (
        "Rules",
        "What is *:create or posts:create (any act), a path, or the beginning of paths, as /api/.",
    ),
    "rateLimits.excludedIPs": ("Addresses without limits", "One address or network on each line."),
    "trustedProxy.headers": ("Headers with the client's address", "One on each line."),
    "trustedProxy.useLeftmostIP": ("Take the leftmost address", "Otherwise the rightmost."),
    "batch.timeout": ("Longest time", "Seconds."),
    "batch.maxBodySize": ("Largest body", "Bytes; 0 for 128 MiB."),
    "logs.maxDays": ("Days to keep", "0 turns the log off."),
    "logs.minLevel": ("Least level", "0 for all, 8 for errors alone."),
    "logs.maxDataSize": ("Largest entry", "Bytes; 0 for the default."),
    "logs.logIP": ("Note addresses", ""),
    "logs.logAuthId": ("Note who is signed in", ""),
    "superuserIPs": (
        "Superusers' addresses",
        "Only from here; none for everywhere. One on each line.",
    ),
}


def words(name: str) -> tuple[str, str]:
    """Return the label and the help of a setting."""
    return _WORDS.get(name) or (_spaced(name.rpartition(".")[2]), "")


def sections(controls: Iterable[Control]) -> list[tuple[str, list[Control]]]:
    """Return the controls under the titles of their groups."""
    found: dict[str, list[Control]] = {key: [] for key in _SECTIONS}
    for control in controls:
        group = control.name.partition(".")[0] if "." in control.name else ""
        found.setdefault(group, []).append(control)
    for items in found.values():
        items.sort(key=lambda control: _place(control.name.rpartition(".")[2]))
    return [(_SECTIONS.get(key, key), items) for key, items in found.items() if items]


def _place(key: str) -> int:
    return _ORDER.index(key) if key in _ORDER else len(_ORDER)


def _spaced(name: str) -> str:
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return text[:1].upper() + text[1:].lower()
