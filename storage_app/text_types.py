"""The first bytes of a text -> its content type with its charset; ``None`` if it is no text.

The second half of ``types``: markup, JSON, tables, scripts and plain text.
"""

from __future__ import annotations

import csv
import re

from storage_app import json_prefix

Kind = tuple[str, str]

#: how much is looked at to guess an encoding
_CHARSET_WINDOW = 1024
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_UNICODE_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\x00\x00\xfe\xff", "utf-32be"),
    (b"\xff\xfe\x00\x00", "utf-32le"),
    (b"\xfe\xff", "utf-16be"),
    (b"\xff\xfe", "utf-16le"),
)
_HTML_START = re.compile(
    rb"(\xef\xbb\xbf)?\s*<(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE"
    rb"|BODY|BR|B|P|!--)[\s>]",
    re.IGNORECASE,
)
_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_START = re.compile(rb"(\xef\xbb\xbf)?\s*<\?xml[\s?]", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']", re.IGNORECASE)
_XML_VERSION = re.compile(rb"<\?xml[^>]*?version\s*=", re.IGNORECASE)
_BARE_SVG = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<svg[^>]*?xmlns\s*=\s*[\"']http://www\.w3\.org/2000/svg[\"']", re.DOTALL
)
#: (root element, text that must also be there, type, extension)
_XML_KINDS: tuple[tuple[bytes, bytes, str, str], ...] = (
    (b"<rss", b"", "application/rss+xml", ".rss"),
    (b"<feed", b"http://www.w3.org/2005/Atom", "application/atom+xml", ".atom"),
    (b"<X3D", b"http://www.w3.org/2001/XMLSchema-instance", "model/x3d+xml", ".x3d"),
    (b"<kml", b"http://www.opengis.net/kml/", "application/vnd.google-earth.kml+xml", ".kml"),
    (b"<xliff", b"urn:oasis:names:tc:xliff:document", "application/x-xliff+xml", ".xlf"),
    (b"<COLLADA", b"http://www.collada.org/", "model/vnd.collada+xml", ".dae"),
    (b"<", b'xmlns:gml="http://www.opengis.net/gml', "application/gml+xml", ".gml"),
    (b"<gpx", b"http://www.topografix.com/GPX/1/1", "application/gpx+xml", ".gpx"),
    (
        b"<TrainingCenterDatabase",
        b"http://www.garmin.com/xmlschemas/TrainingCenterDatabase",
        "application/vnd.garmin.tcx+xml",
        ".tcx",
    ),
    (b"<amf", b"", "application/x-amf", ".amf"),
    (
        b"<model",
        b"http://schemas.microsoft.com/3dmanufacturing/core/2015/02",
        "application/vnd.ms-package.3dmanufacturing-3dmodel+xml",
        ".3mf",
    ),
    (b"<Ontology", b"http://www.w3.org/2002/07/owl#", "application/owl+xml", ".owl"),
    (b"<html", b"http://www.w3.org/1999/xhtml", "application/xhtml+xml", ".html"),
)
_STARTS: tuple[tuple[re.Pattern[bytes], Kind], ...] = (
    (re.compile(rb"<\?php", re.IGNORECASE), ("text/x-php", ".php")),
    (re.compile(rb"\{\\rtf"), ("text/rtf", ".rtf")),
    (re.compile(rb"(\xef\xbb\xbf)?WEBVTT([\s]|\Z)"), ("text/vtt", ".vtt")),
    (re.compile(rb"WARC/1\.[01]"), ("application/warc", ".warc")),
    (re.compile(rb"BEGIN:VCARD\r?\n"), ("text/vcard", ".vcf")),
    (re.compile(rb"BEGIN:VCALENDAR\r?\n"), ("text/calendar", ".ics")),
    (
        re.compile(rb"1\r?\n\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}\r?\n"),
        ("application/x-subrip", ".srt"),
    ),
)
_SHEBANG = re.compile(rb"#!\s*(?:/\S*/)(?:env\s+)?([\w.]+)")
_INTERPRETERS: tuple[tuple[re.Pattern[bytes], Kind], ...] = (
    (re.compile(rb"(?:ba|da|k|z|c|tc)?sh\Z"), ("text/x-shellscript", ".sh")),
    (re.compile(rb"python[\d.]*\Z"), ("text/x-python", ".py")),
    (re.compile(rb"perl\Z"), ("text/x-perl", ".pl")),
    (re.compile(rb"ruby\Z"), ("text/x-ruby", ".rb")),
    (re.compile(rb"node(?:js)?\Z"), ("text/javascript", ".js")),
    (re.compile(rb"lua\Z"), ("text/x-lua", ".lua")),
    (re.compile(rb"(?:tclsh|tcl|wish)\Z"), ("text/x-tcl", ".tcl")),
    (re.compile(rb"php\Z"), ("text/x-php", ".php")),
)
_TABLES: tuple[tuple[str, Kind], ...] = (
    (",", ("text/csv", ".csv")),
    ("\t", ("text/tab-separated-values", ".tsv")),
)
_MAIL_HEADERS = re.compile(
    rb"(?:From|To|Cc|Subject|Date|Received|Return-Path|Message-ID|MIME-Version|Content-[\w-]+"
    rb"|Delivered-To|Reply-To|X-[\w-]+): ?[^\r\n]*\r?\n",
    re.IGNORECASE,
)


def detect(head: bytes, *, is_whole: bool) -> Kind | None:
    """Return ``(media type, extension)``, or ``None`` for bytes that are no text.

    ``is_whole`` says that ``head`` is all there is, so that what is cut off is broken.
    """
    if not head:
        return "text/plain", ".txt"
    marked = next((name for mark, name in _UNICODE_MARKS if head.startswith(mark)), "")
    if marked.startswith(("utf-16", "utf-32")):
        return f"text/plain; charset={marked}", ".txt"
    if _BINARY.search(head):
        return None
    return (
        _markup(head)
        or _by_start(head)
        or json_prefix.detect(head, is_whole=is_whole)
        or _mail(head)
        or _table(head, is_whole=is_whole)
        or _with_charset("text/plain", ".txt", charset(head))
    )


def charset(head: bytes) -> str:
    """Return ``utf-8``, ``iso-8859-1`` or ``windows-1252``, or nothing where none fits."""
    window = head[:_CHARSET_WINDOW]
    try:
        _without_cut_letter(window).decode()
    except UnicodeDecodeError:
        high = [byte for byte in window if 0x80 <= byte < 0xA0]
        if not high:
            return "iso-8859-1"
        return "windows-1252" if all(byte == 0x85 for byte in high) else ""
    return "utf-8"


def _without_cut_letter(window: bytes) -> bytes:
    """Return ``window`` without the beginning of a letter whose rest may lie beyond it."""
    for back in range(1, min(4, len(window) + 1)):
        byte = window[-back]
        if byte < 0x80:
            break
        if byte >= 0xC0:
            return window[:-back]
    return window


def _with_charset(name: str, extension: str, encoding: str) -> Kind:
    return (f"{name}; charset={encoding}" if encoding else name), extension


def _markup(head: bytes) -> Kind | None:
    if _XML_START.match(head):
        return _xml(head)
    if _BARE_SVG.match(head):
        return "image/svg+xml", ".svg"
    if _HTML_START.match(head):
        meta = _META_CHARSET.search(head[:_CHARSET_WINDOW])
        named = meta[1].decode() if meta else ""
        return _with_charset("text/html", ".html", named or charset(head))
    return None


def _xml(head: bytes) -> Kind:
    if _XML_VERSION.search(head) and b"<svg" in head:
        return "image/svg+xml", ".svg"
    for root, also, name, extension in _XML_KINDS:
        if root in head and also in head:
            return name, extension
    named = _XML_ENCODING.search(head)
    return _with_charset("text/xml", ".xml", named[1].decode() if named else charset(head))


def _by_start(head: bytes) -> Kind | None:
    for pattern, kind in _STARTS:
        if pattern.match(head):
            return kind
    if shebang := _SHEBANG.match(head):
        for pattern, kind in _INTERPRETERS:
            if pattern.match(shebang[1]):
                return kind
    return None


def _mail(head: bytes) -> Kind | None:
    """A mail begins with two or more of the usual header lines."""
    first = _MAIL_HEADERS.match(head)
    if first and re.match(rb"[\w-]+: ?[^\r\n]+", head[first.end() :]):
        return "message/rfc822", ".eml"
    return None


def _table(head: bytes, *, is_whole: bool) -> Kind | None:
    """Every line has the same number of columns, two or more, and there are two lines or more."""
    text = head.decode("latin-1")
    for delimiter, kind in _TABLES:
        if delimiter in text and _is_table(text, delimiter, is_whole=is_whole):
            return kind
    return None


def _is_table(text: str, delimiter: str, *, is_whole: bool) -> bool:
    lines = [line for line in text.split("\n") if line.strip("\r") and line[0] != "#"]
    if not is_whole:
        lines = lines[:-1]  # the last one may be cut
    if len(lines) < 2:
        return False
    try:
        widths = {len(row) for row in csv.reader(lines, delimiter=delimiter)}
    except csv.Error:
        return False
    return len(widths) == 1 and widths.pop() > 1
