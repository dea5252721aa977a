"""A real SMTP server that keeps the mails it is given."""

from __future__ import annotations

import re
import time
from email import message_from_bytes
from email.message import Message
from email.policy import default

from aiosmtpd.controller import Controller

from tests.ports import free_port


class Inbox:
    """Takes mail on ``port`` while the ``with`` block lasts."""

    def __enter__(self) -> Inbox:
        self.mails: list[tuple[str, Message]] = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=default)
        self.mails.append((envelope.rcpt_tos[0], mail))
        return "250 OK"

    def link_to(self, address: str, wait_s: float = 60) -> str:
        """Return the link in the next mail to ``address``, and forget the mail."""
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            for place, (to, mail) in enumerate(self.mails):
                if to == address:
                    del self.mails[place]
                    text = mail.get_body(("html",)).get_content()
                    return re.search(r'href="([^"]+)"', text)[1]
            time.sleep(0.02)
        raise AssertionError(f"no mail to {address}")
