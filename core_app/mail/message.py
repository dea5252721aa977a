"""``Message``: one e-mail as a value, before anybody decides how it travels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Attachment:
    """A file that goes along; ``inline`` ones are shown in the HTML as ``cid:<name>``."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"
    inline: bool = False


@dataclass(slots=True, kw_only=True)
class Message:
    """An e-mail; hooks may change it until it is sent.

    Addresses are ``user@host`` or ``Name <user@host>``. Without ``sender`` it comes from the
    sender in the settings. Without ``text``, readers of plain text see none.
    """

    to: str | list[str]
    subject: str
    html: str = ""
    text: str = ""
    sender: str = ""
    cc: list[str] = field(default_factory=list)
    bcc: list[str] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)

    @property
    def recipients(self) -> list[str]:
        """The addresses in ``To``."""
        return [self.to] if isinstance(self.to, str) else list(self.to)
