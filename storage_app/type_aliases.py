"""Other names for content types, so that ``audio/x-wav`` in a field's ``mimeTypes`` means
``audio/wav``.
"""

from __future__ import annotations

_ALIASES: dict[str, tuple[str, ...]] = {
    "application/pdf": ("application/x-pdf",),
    "application/zip": ("application/x-zip", "application/x-zip-compressed"),
    "application/gzip": (
        "application/x-gzip",
        "application/x-gunzip",
        "application/gzipped",
        "application/gzip-compressed",
        "application/x-gzip-compressed",
        "gzip/document",
    ),
    "application/ogg": ("application/x-ogg",),
    "application/vnd.rar": ("application/x-rar", "application/x-rar-compressed"),
    "application/vnd.sqlite3": ("application/x-sqlite3",),
    "application/vnd.ms-excel": ("application/msexcel",),
    "application/msword": ("application/vnd.ms-word",),
    "application/vnd.ms-powerpoint": ("application/mspowerpoint",),
    "application/rss+xml": ("text/rss",),
    "application/x-subrip": ("application/x-srt", "text/x-srt"),
    "audio/wav": ("audio/x-wav", "audio/vnd.wave", "audio/wave"),
    "audio/mpeg": ("audio/x-mpeg", "audio/mp3"),
    "audio/midi": ("audio/mid", "audio/sp-midi", "audio/x-mid", "audio/x-midi"),
    "audio/aiff": ("audio/x-aiff",),
    "audio/amr": ("audio/amr-nb",),
    "font/ttf": ("font/sfnt", "application/x-font-ttf", "application/font-sfnt"),
    "image/bmp": ("image/x-bmp", "image/x-ms-bmp"),
    "image/vnd.adobe.photoshop": ("image/x-psd", "application/photoshop"),
    "text/javascript": ("application/javascript", "application/x-javascript"),
    "text/rtf": ("application/rtf",),
    "text/x-python": ("text/x-script.python", "application/x-python"),
    "text/x-shellscript": ("application/x-sh", "text/x-sh"),
    "text/xml": ("application/xml",),
    "video/3gpp": ("video/3gp", "audio/3gpp"),
    "video/3gpp2": ("video/3g2", "audio/3gpp2"),
    "video/matroska": ("video/x-matroska",),
    "video/x-ms-asf": ("video/asf", "video/x-ms-wmv"),
    "video/x-msvideo": ("video/avi", "video/msvideo"),
}
_CANONICAL = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}


def is_same(detected: str, wanted: str) -> bool:
    """Whether both name one type; case and parameters (``; charset=…``) do not count."""
    return _plain(detected) == _plain(wanted)


def _plain(name: str) -> str:
    name = name.partition(";")[0].strip().lower()
    name = name.replace("application/x-vnd.oasis.", "application/vnd.oasis.")
    return _CANONICAL.get(name, name)
