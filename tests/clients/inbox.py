"""A real SMTP server on this machine, and what it got, as JSON for scripts in other languages."""

from __future__ import annotations

import json
import threading
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller

from tests.ports import free_port


class Inbox:
    """``smtp_port`` takes mail while the ``with`` block lasts; ``GET url/?to=…`` hands it out.

    Each mail is handed out once, the oldest first; 404 while there is none.
    """

    def __init__(self) -> None:
        self.smtp_port = free_port()
        self.arrived: list[dict] = []
        self._lock = threading.Lock()
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                to = parse_qs(urlsplit(self.path).query).get("to", [""])[0]
                found = inbox.take(to)
                content = b"" if found is None else json.dumps(found).encode()
                self.send_response(404 if found is None else 200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._smtp = Controller(self, hostname="127.0.0.1", port=self.smtp_port)

    def __enter__(self) -> Inbox:
        self._smtp.start()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._smtp.stop()
        self._http.shutdown()
        self._http.server_close()

    async def handle_DATA(self, server, session, envelope):
        """Keep one mail: who it went to by the protocol, and what stands in it."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        parts = {name: message.get_body((name,)) for name in ("html", "plain")}
        mail = {
            "rcpt": list(envelope.rcpt_tos),
            "to": [item.addr_spec for item in message["To"].addresses],
            "from": str(message["From"]),
            "subject": str(message["Subject"]),
            "messageId": str(message["Message-ID"]),
            "headers": list(message.keys()),
            "html": "" if parts["html"] is None else parts["html"].get_content(),
            "text": "" if parts["plain"] is None else parts["plain"].get_content(),
            "taken": False,
        }
        with self._lock:
            self.arrived.append(mail)
        return "250 OK"

    def take(self, to: str) -> dict | None:
        """Return the oldest mail to ``to`` that nobody took yet."""
        with self._lock:
            for mail in self.arrived:
                if not mail["taken"] and to in mail["rcpt"]:
                    mail["taken"] = True
                    return mail
        return None
