import asyncio

import pytest

from config import streams


@pytest.fixture
def fresh(monkeypatch):
    monkeypatch.setattr(streams, "_ending", type(streams._ending)())


async def forever(scope, receive, send):
    await send("begun")
    await asyncio.Event().wait()


async def test_streams_end_and_no_more_are_taken(fresh):
    """A client that connects again at once does not keep the worker from stopping."""
    sent = []

    async def send(message):
        sent.append(message)

    running = asyncio.ensure_future(streams.run(forever, {}, None, send))
    while not sent:
        await asyncio.sleep(0)
    streams.end_all()
    with pytest.raises(asyncio.CancelledError):
        await running
    del sent[:]
    await streams.run(forever, {}, None, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 503
    assert (b"connection", b"close") in sent[0]["headers"]
