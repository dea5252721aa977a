"""HTML -> the text a reader sees, in one line. Knows no fields and no requests."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Elements that stand inside a line; all others set their text apart with a space.
INLINE = _names(
    "a abbr acronym b bdo big br button cite code em i label q small span strike strong sub sup "
    "time caption col colgroup tbody td tfoot th thead tr body html frame frameset"
)
#: Elements dropped with everything inside.
DROPPED = _names(
    "applet button dialog form head iframe object option picture script select style svg template "
    "textarea"
)
#: Elements dropped that have no inside.
DROPPED_EMPTY = _names("embed image img input")
_TABLE_PARTS = _names("caption tbody td tfoot th thead tr")
#: what is left to read at the end where a tag or a comment was not closed
_UNFINISHED = re.compile(r"<(?:[a-zA-Z!?]|/.)", re.DOTALL)
_BLANKS = re.compile(r"[ \t\n\f\r]+")


def text_of(html: str) -> str:
    """Return ``html`` as text: tags gone, entities decoded, blanks collapsed, ends trimmed."""
    reader = _Reader()
    reader.feed(html)
    if not _UNFINISHED.match(reader.rawdata):
        reader.close()
    return "".join(reader.out).strip()


def excerpt(html: str, length: int, *, with_ellipsis: bool = False) -> str:
    """Return the first ``length`` characters of the text of ``html``, trimmed again.

    ``...`` follows only if something was cut off and ``with_ellipsis`` asks for it.
    """
    text = text_of(html)
    if len(text) <= length:
        return text
    cut = text[:length].strip()
    return f"{cut}..." if with_ellipsis else cut


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._space_due = False
        self._dropping = ""
        self._depth = 0
        self._open: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropping:
            self._depth += tag == self._dropping
        elif tag in DROPPED:
            self._dropping, self._depth = tag, 1
        elif tag not in DROPPED_EMPTY:
            self._open[tag] += 1
            self._set_apart(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._dropping and tag not in DROPPED and tag not in DROPPED_EMPTY:
            self._set_apart(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            self._depth -= tag == self._dropping
            if self._depth == 0:
                self._dropping = ""
        elif self._open[tag]:
            self._set_apart(tag)
            self._open[tag] -= 1
        elif tag == "p":  # the one end without a start that makes an element
            self._set_apart(tag)

    def handle_data(self, data: str) -> None:
        if self._dropping:
            return
        text = _BLANKS.sub(" ", data)
        ends_blank = not self.out or self.out[-1].endswith(" ")
        if ends_blank:
            text = text.lstrip(" ")
        elif self._space_due and not text.startswith(" "):
            text = f" {text}"
        if text:
            self.out.append(text)
            self._space_due = False

    def _set_apart(self, tag: str) -> None:
        if tag not in INLINE or (tag in _TABLE_PARTS and self._open["table"]):
            self._space_due = True
