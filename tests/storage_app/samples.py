"""Beginnings of files of many kinds, each as short as it may be."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile

from PIL import Image

PAD = b"\0" * 300
SVG_NS = 'xmlns="http://www.w3.org/2000/svg"'
GEO = '{"type":"FeatureCollection","features":[]}'


def image(format_name: str, size: tuple[int, int] = (4, 4), color: str = "red", **options) -> bytes:
    """Return a small image file of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, format_name, **options)
    return out.getvalue()


def zipped(*names: str, **contents: str) -> bytes:
    """Return a ZIP archive with members of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, contents.get(name, "x"))
    return out.getvalue()


def declared(mimetype: str) -> bytes:
    return zipped("mimetype", "content.xml", mimetype=mimetype)


def iso(brand: bytes) -> bytes:
    """Return the beginning of an ISO media file."""
    return struct.pack(">I", 16) + b"ftyp" + brand + b"\0\0\2\0" + b"\0\0\0\x08free"


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return out.getvalue()


BINARY: dict[str, bytes] = {
    **{name.lower(): image(name) for name in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "ICO")},
    "jpeg2000": image("JPEG2000"),
    "avif": iso(b"avif"),
    "apng": image("PNG")[:33] + b"\0\0\0\x08acTL" + PAD,
    "psd": b"8BPS\0\1" + PAD,
    "jxl": b"\xff\x0a\0",
    "heic": iso(b"heic"),
    "mif1": iso(b"mif1"),
    "icns": b"icns\0\0\0\x10",
    "pdf": b"%PDF-1.4\n",
    "pdf after a mark": b"\xef\xbb\xbf%PDF-1.4",
    "pdf after lines": b"\n\n%PDF-1.4",
    "postscript": b"%!PS-Adobe-3.0\n",
    "mp4": iso(b"isom"),
    "m4v": iso(b"M4V "),
    "m4a": iso(b"M4A "),
    "m4b": iso(b"M4B "),
    "quicktime": iso(b"qt  "),
    "3gpp": iso(b"3gp5"),
    "3gpp2": iso(b"3g2a"),
    "unknown brand": iso(b"abcd"),
    "moov": b"\0\0\0\x08moov" + PAD,
    "webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm",
    "mkv": b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska",
    "avi": b"RIFF\x24\0\0\0AVI LIST" + PAD,
    "wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "flv": b"FLV\1\5",
    "mpeg": b"\0\0\1\xba",
    "asf": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"),
    "mp3": b"\xff\xfb\x90\x64" + PAD,
    "mp3 with a tag": b"ID3\3\0\0\0\0\0\x0a" + b"\0" * 10 + b"\xff\xfb\x90\x64" + PAD,
    "aac": b"\xff\xf1\x50\x80",
    "flac": b"fLaC\0\0\0\x22",
    "ogg": b"OggS\0\2" + b"\0" * 30,
    "vorbis": b"OggS\0\2" + b"\0" * 22 + b"\1vorbis" + PAD,
    "opus": b"OggS\0\2" + b"\0" * 22 + b"OpusHead" + PAD,
    "theora": b"OggS\0\2" + b"\0" * 22 + b"\x80theora" + PAD,
    "midi": b"MThd\0\0\0\6",
    "aiff": b"FORM\0\0\0\x10AIFFCOMM" + PAD,
    "amr": b"#!AMR\n",
    "zip": zipped("a.txt"),
    "empty zip": zipped(),
    "docx": zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"),
    "xlsx": zipped("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"),
    "pptx": zipped("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml"),
    "xlsx, late": zipped("[Content_Types].xml", "docProps/app.xml", "xl/workbook.xml"),
    "odt": declared("application/vnd.oasis.opendocument.text"),
    "ods": declared("application/vnd.oasis.opendocument.spreadsheet"),
    "odp": declared("application/vnd.oasis.opendocument.presentation"),
    "ott": declared("application/vnd.oasis.opendocument.text-template"),
    "epub": declared("application/epub+zip"),
    "jar": zipped("META-INF/MANIFEST.MF", "a.class"),
    "apk": zipped("AndroidManifest.xml", "classes.dex"),
    "gzip": gzip.compress(b"x"),
    "bzip2": bz2.compress(b"x"),
    "xz": lzma.compress(b"x"),
    "zstd": b"\x28\xb5\x2f\xfd" + PAD,
    "7z": b"7z\xbc\xaf'\x1c\0\4",
    "rar": b"Rar!\x1a\x07\0",
    "rar5": b"Rar!\x1a\x07\1\0",
    "tar": tarred(),
    "cab": b"MSCF\0\0\0\0",
    "deb": b"!<arch>\ndebian-binary",
    "rpm": b"\xed\xab\xee\xdb\3\0",
    "elf": b"\x7fELF\2\1\1" + b"\0" * 9 + b"\2\0",
    "shared object": b"\x7fELF\2\1\1" + b"\0" * 9 + b"\3\0",
    "mach-o": b"\xcf\xfa\xed\xfe\7\0\0\1",
    "java class": b"\xca\xfe\xba\xbe\0\0\0\x34",
    "exe": b"MZ\x90\0",
    "wasm": b"\0asm\1\0\0\0",
    "sqlite": b"SQLite format 3\0" + PAD,
    "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504,
    "woff": b"wOFF\0\1\0\0",
    "woff2": b"wOF2\0\1\0\0",
    "ttf": b"\0\1\0\0\0\x0b\0\x80\0\3\0\x30OS/2" + PAD,
    "otf": b"OTTO\0\x0b\0\x80\0\3\0\x30CFF " + PAD,
    "parquet": b"PAR1",
    "glb": b"glTF\2\0\0\0",
    "torrent": b"d8:announce",
    "djvu": b"AT&TFORM\0\0\0\0DJVM",
    "mobi": b"\0" * 60 + b"BOOKMOBI",
    "bytes": bytes(range(256)),
    "zeros": b"\0",
    "a zero late": b"a" * 4095 + b"\0",
    "a zero too late to be seen": b"a" * 4096 + b"\0",
}
TEXT: dict[str, str | bytes] = {
    "nothing": "",
    "words": "hello world",
    "windows lines": "a\r\nb\r\n",
    "letters": "héllo wörld",
    "latin-1": "h\xe9llo".encode("latin-1"),
    "c1 control": b"abc\x85",
    "windows quotes": b"\x93hi\x94",
    "cut letter": b"abc\xc3",
    "latin-1 out of sight": b"a" * 1024 + b"\xe9" + b"a" * 100,
    "utf-8 mark": b"\xef\xbb\xbfhello",
    "utf-16": b"\xff\xfeh\0i\0",
    "escape": "\x1b[31mred",
    "control": "abc\x01",
    "html": "<!DOCTYPE html><html></html>",
    "html in capitals": "<BODY>",
    "paragraph": "  \n<p>hi</p>",
    "comment": "<!-- hi -->",
    "paragraph with class": '<p class="a">',
    "list": "<ul><li>",
    "broken tag": "<br/>",
    "other doctype": "<!DOCTYPE foo>",
    "html with charset": '<html><head><meta charset="iso-8859-1"></head>',
    "html after a mark": "\ufeff<html>",
    "svg": f"<svg {SVG_NS}></svg>",
    "svg after space": f" \n<svg {SVG_NS}>",
    "svg after a comment": f"<!-- c --><svg {SVG_NS}>",
    "svg without namespace": "<svg></svg>",
    "svg in xml": '<?xml version="1.0"?><svg></svg>',
    "svg after a doctype": f'<!DOCTYPE svg PUBLIC "x"><svg {SVG_NS}>',
    "text with svg": f"hello <svg {SVG_NS}>",
    "xml": '<?xml version="1.0"?><a/>',
    "xml with encoding": '<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
    "tags without declaration": "<note><to>x</to></note>",
    "rss": '<?xml version="1.0"?><rss version="2.0"></rss>',
    "atom": '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"></feed>',
    "kml": '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2">',
    "gpx": '<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1">',
    "xhtml": '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">',
    "json object": '{"a":1}',
    "json list": " [1,2] ",
    "json number": "123",
    "json text": '"abc"',
    "json without a value": '{"a":}',
    "json cut": '{"a":1',
    "json cut by the window": "[" + '"xxxxxxxxxx",' * 600,
    "json with a comma too many": '{"a":1,}',
    "json and more": "{}x",
    "json with a bad key": "{1:2}",
    "geojson": GEO,
    "geojson, type last": '{"a":1,"type":"Point"}',
    "a type inside": '{"x":{"type":"Feature"}}',
    "gltf": '{"asset":{"version":"2.0"},"scenes":[]}',
    "har": '{"log":{"version":"1.2","creator":{},"entries":[]}}',
    "json lines": '{"a":1}\n{"a":2}\n',
    "json line": '{"a":1}\n',
    "lines of numbers": "1\n2\n",
    "lines with a word": '{"a":1}\nfoo\n',
    "csv": "a,b,c\n1,2,3\n",
    "csv without last line end": "a,b\n1,2",
    "csv, one line": "a,b,c\n",
    "csv, uneven": "a,b\n1,2,3\n",
    "csv with quotes": '"a","b"\n"1,2","3"\n',
    "csv with semicolons": "a;b\n1;2\n",
    "long csv": "a,b\n" + "1,2\n" * 3000,
    "prose with commas": "Dear Sir,\nthank you,\n",
    "tsv": "a\tb\n1\t2",
    "vcard": "BEGIN:VCARD\nVERSION:3.0\n",
    "calendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
    "subtitles": "1\n00:00:01,000 --> 00:00:02,000\nhi\n",
    "web subtitles": "WEBVTT\n\n",
    "rtf": "{\\rtf1\\ansi}",
    "php": "<?php echo 1;",
    "python": "#!/usr/bin/env python3\nprint(1)",
    "shell": "#!/bin/sh\necho",
    "bash, with space": "#! /bin/bash\n",
    "node": "#!/usr/bin/env node\n",
    "perl": "#!/usr/bin/perl\n",
    "unknown interpreter": "#!/usr/bin/foo\n",
    "javascript": "var a = 1;",
    "css": "a { color: red }",
    "markdown": "# Title\n\ntext",
    "mail": "From: a@b.c\nSubject: x\n\n",
    "playlist": "#EXTM3U\n",
    "certificate": "-----BEGIN CERTIFICATE-----\n",
}


def everything() -> dict[str, bytes]:
    """Return all samples by name."""
    texts = {name: text.encode() if isinstance(text, str) else text for name, text in TEXT.items()}
    return {**BINARY, **texts}
