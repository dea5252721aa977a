"""A mail's HTML -> the plain text beside it: a line for each block, links as ``[text](url)``."""

from __future__ import annotations

from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "div", "tr", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_UNSEEN = frozenset({"style", "script", "head", "title"})


def text_of(html: str) -> str:
    """Return the text of ``html``: blanks collapsed, no empty lines."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = ("".join(line).strip() for line in reader.lines)
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    """Collects lines; what is inside ``_UNSEEN`` elements is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = [[]]
        self._links: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS or tag == "br":
            self._end_line()
        elif tag == "li":
            self._end_line()
            self._write("- ")
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")
            self._write("[")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS:
            self._end_line()
        elif tag == "a" and self._links:
            self._write(f"]({self._links.pop()})")

    def handle_data(self, data: str) -> None:
        if self._unseen or not data:
            return
        start = " " if data[0].isspace() and self.lines[-1] else ""
        end = " " if data[-1].isspace() else ""
        words = " ".join(data.split())
        if words:
            self._write(f"{start}{words}{end}")
        elif start and not self.lines[-1][-1].endswith(" "):
            self._write(start)

    def _write(self, text: str) -> None:
        self.lines[-1].append(text)

    def _end_line(self) -> None:
        if self.lines[-1]:
            self.lines.append([])
