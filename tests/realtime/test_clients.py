import asyncio

import pytest

from realtime.clients import AT_ONCE, Client


def client(limit=10_000):
    return Client("ID", "127.0.0.1", limit)


def test_messages_are_taken_together_each_with_its_id():
    async def run():
        one = client()
        one.push(b"a\n")
        assert await one.next() == b"id:ID\na\n"
        one.push(b"b\n")
        one.push(b"c\n")
        assert await one.next() == b"id:ID\nb\nid:ID\nc\n"

    asyncio.run(run())


def test_next_waits_for_a_message():
    async def run():
        one = client()
        taking = asyncio.ensure_future(one.next())
        await asyncio.sleep(0)
        assert not taking.done()
        one.push(b"a")
        assert await taking == b"id:ID\na"

    asyncio.run(run())


def test_close_lets_what_waits_be_written_first():
    async def run():
        one = client()
        one.push(b"a")
        one.close()
        one.push(b"late")
        assert await one.next() == b"id:ID\na"
        assert await one.next() is None

    asyncio.run(run())


def test_close_wakes_who_waits():
    async def run():
        one = client()
        taking = asyncio.ensure_future(one.next())
        await asyncio.sleep(0)
        one.close()
        assert await taking is None

    asyncio.run(run())


def test_cancelled_wait_loses_nothing():
    async def run():
        one = client()
        taking = asyncio.ensure_future(one.next())
        await asyncio.sleep(0)
        taking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await taking
        one.push(b"a")
        assert await one.next() == b"id:ID\na"

    asyncio.run(run())


def test_who_does_not_read_is_cut_off():
    async def run():
        one = client(limit=500)
        cut = []
        one.on_cut = lambda: cut.append(True)
        for _ in range(3):
            one.push(b"x" * 50)
        assert not one.is_cut
        one.push(b"x" * 50)
        assert one.is_cut
        assert cut == [True]
        assert await one.next() is None

    asyncio.run(run())


def test_what_was_taken_does_not_count():
    async def run():
        one = client(limit=500)
        for _ in range(10):
            one.push(b"x" * 300)
            await one.next()
        assert not one.is_cut

    asyncio.run(run())


def test_much_is_written_in_pieces():
    async def run():
        messages = [b"%05d" % number * 2000 for number in range(100)]
        one = client(limit=2_000_000)
        for message in messages:
            one.push(message)
        one.close()
        pieces = []
        while (piece := await one.next()) is not None:
            pieces.append(piece)
        assert len(pieces) > 3
        assert max(map(len, pieces)) < AT_ONCE + len(messages[0])
        assert b"".join(pieces) == b"".join(b"id:ID\n" + message for message in messages)

    asyncio.run(run())


def test_what_still_waits_counts():
    async def run():
        one = client(limit=AT_ONCE * 2)
        for _ in range(19):
            one.push(b"x" * (AT_ONCE // 10 - 100))
        await one.next()
        for _ in range(11):
            one.push(b"x" * (AT_ONCE // 10 - 100))
        assert not one.is_cut
        one.push(b"x" * (AT_ONCE // 10))
        assert one.is_cut

    asyncio.run(run())
