"""``RedisStream``: the stream in Redis.

<prefix>:told           the stream: fields f (sender), n (its number), m (JSON)
<prefix>:workers        the set of tags
<prefix>:worker:<tag>   what the worker said; goes when nobody renews it
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from realtime.stores.base import Away, Entry, Place, Stream

#: how long one answer of Redis is waited for
PATIENCE_S = 3.0


class RedisStream(Stream):
    name = "Redis"
    start = (0, 0)

    def __init__(self, url: str, prefix: str) -> None:
        # the package's types say that any answer may be anything
        self._redis: Any = redis.Redis.from_url(
            url,
            socket_timeout=PATIENCE_S,
            socket_connect_timeout=PATIENCE_S,
            health_check_interval=25,
            retry=Retry(NoBackoff(), 0),
        )
        self._prefix = prefix

    def announce(self, tag: str, said: bytes, for_s: float) -> None:
        with _told(), self._redis.pipeline(transaction=False) as pipe:
            pipe.set(self._key("worker", tag), said, px=int(for_s * 1000))
            pipe.sadd(self._key("workers"), tag)
            pipe.execute()

    def withdraw(self, tag: str) -> None:
        with _told():
            self._redis.delete(self._key("worker", tag))
            self._redis.srem(self._key("workers"), tag)

    def workers(self) -> dict[str, bytes]:
        with _told():
            tags = [raw.decode() for raw in self._redis.smembers(self._key("workers"))]
            if not tags:
                return {}
            found = self._redis.mget([self._key("worker", tag) for tag in tags])
            gone = [tag for tag, said in zip(tags, found, strict=True) if said is None]
            if gone:
                self._redis.srem(self._key("workers"), *gone)
        return {tag: said for tag, said in zip(tags, found, strict=True) if said is not None}

    def add(self, entries: Sequence[Entry], most: int) -> None:
        with _told():
            if len(entries) == 1:
                self._add(self._redis, entries[0], most)
                return
            with self._redis.pipeline(transaction=False) as pipe:
                for entry in entries:
                    self._add(pipe, entry, most)
                pipe.execute()

    def newest(self) -> Place:
        with _told():
            last = self._redis.xrevrange(self._key("told"), count=1)
        return _place(last[0][0]) if last else self.start

    def read(self, after: Place, at_most: int, wait_s: float) -> list[tuple[Place, Entry]]:
        at = "-".join(map(str, after))
        with _told():
            found = self._redis.xread({self._key("told"): at}, at_most, int(wait_s * 1000))
        return [(_place(raw), _entry(fields)) for raw, fields in (found[0][1] if found else ())]

    def trim(self, older_than_s: float) -> None:
        with _told():
            seconds, _ = self._redis.time()
            oldest = int((seconds - older_than_s) * 1000)
            self._redis.xtrim(self._key("told"), minid=oldest, approximate=True)

    def close(self) -> None:
        self._redis.close()

    def _add(self, to: Any, entry: Entry, most: int) -> None:
        fields = {"f": entry.sender, "n": entry.number, "m": entry.body}
        to.xadd(self._key("told"), fields, maxlen=most, approximate=True)

    def _key(self, *parts: str) -> str:
        return ":".join((self._prefix, *parts))


def _place(raw: bytes) -> Place:
    return tuple(int(part) for part in raw.split(b"-"))


def _entry(fields: dict[bytes, bytes]) -> Entry:
    """Return a message; one that is none has no JSON, which is for the reader to find."""
    return Entry(fields.get(b"f", b"").decode(), int(fields.get(b"n", 0)), fields.get(b"m", b""))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise Away(str(error)) from error
