"""What a ZIP archive really is, told by the names of its first members."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_LOCAL_HEADER = b"PK\3\4"
_OOXML = "application/vnd.openxmlformats-officedocument."

#: the folder of a member -> what the archive is
_FOLDERS = {
    b"word/": (f"{_OOXML}wordprocessingml.document", ".docx"),
    b"xl/": (f"{_OOXML}spreadsheetml.sheet", ".xlsx"),
    b"ppt/": (f"{_OOXML}presentationml.presentation", ".pptx"),
    b"visio/": ("application/vnd.ms-visio.drawing.main+xml", ".vsdx"),
    b"META-INF/MANIFEST.MF": ("application/java-archive", ".jar"),
    b"AndroidManifest.xml": ("application/vnd.android.package-archive", ".apk"),
    b"classes.dex": ("application/vnd.android.package-archive", ".apk"),
    b"doc.kml": ("application/vnd.google-earth.kmz", ".kmz"),
}
#: the content of a first member called ``mimetype`` -> extension
_DECLARED = {
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.text-template": ".ott",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.spreadsheet-template": ".ots",
    "application/vnd.oasis.opendocument.presentation": ".odp",
    "application/vnd.oasis.opendocument.presentation-template": ".otp",
    "application/vnd.oasis.opendocument.graphics": ".odg",
    "application/vnd.oasis.opendocument.graphics-template": ".otg",
    "application/vnd.oasis.opendocument.formula": ".odf",
    "application/vnd.oasis.opendocument.chart": ".odc",
    "application/vnd.sun.xml.calc": ".sxc",
    "application/epub+zip": ".epub",
}
_LONGEST_FIRST = sorted(_DECLARED, key=len, reverse=True)


def detect(head: bytes) -> tuple[str, str]:
    """Return media type and extension of a ZIP archive that begins with ``head``."""
    for index, (name, content) in enumerate(_members(head)):
        if index == 0 and name == b"mimetype":
            declared = next(
                (kind for kind in _LONGEST_FIRST if content.startswith(kind.encode())), ""
            )
            if declared:
                return declared, _DECLARED[declared]
        for folder, kind in _FOLDERS.items():
            if name.startswith(folder):
                return kind
    return "application/zip", ".zip"


def _members(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and beginning of the content of each member whose header is in ``head``."""
    at = 0
    while (at := head.find(_LOCAL_HEADER, at)) >= 0 and at + 30 <= len(head):
        name_length, extra_length = struct.unpack_from("<HH", head, at + 26)
        start = at + 30
        name = head[start : start + name_length]
        content = start + name_length + extra_length
        yield name, head[content : content + 80]
        at = start
