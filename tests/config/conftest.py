"""Our ASGI application in process: requests as a server would hand them over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest


@dataclass
class Exchange:
    """One request and what came back; ``disconnect`` ends the client's side."""

    scope: dict
    body: list = field(default_factory=list)
    sent: list = field(default_factory=list)
    pulled: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self):
        if self.body:
            self.pulled += 1
            chunk = self.body.pop(0)
            if chunk is None:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": chunk, "more_body": bool(self.body)}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def headers(self):
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def content(self):
        return b"".join(message.get("body", b"") for message in self.sent[1:])


@pytest.fixture
def exchange():
    def make(method="GET", path="/", *chunks, query="", **headers):
        raw = [
            (name.replace("_", "-").lower().encode(), value.encode())
            for name, value in headers.items()
        ]
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": raw,
            "scheme": "http",
            "client": ("10.0.0.1", 5000),
            "server": ("127.0.0.1", 8090),
        }
        return Exchange(scope, list(chunks))

    return make
