"""Counters in windows of time that machines share through Redis.

While Redis cannot be asked, each machine counts for itself.
"""

from __future__ import annotations

import logging
import time
from hashlib import blake2b
from typing import Any

from core_app.shared_counters import SharedCounters

#: seconds that an answer of Redis is waited for, and that it is let alone after it gave none
PATIENCE_S = 0.5
SHUNNED_S = 5.0

logger = logging.getLogger("holdall.rate_limits")


class RedisCounters:
    """The counters under ``prefix`` in the Redis of ``url``; ``own`` are this machine's."""

    def __init__(
        self, url: str, prefix: str, own: SharedCounters, shunned_s: float = SHUNNED_S
    ) -> None:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        # the package's types say that any answer may be anything
        self._redis: Any = redis.Redis.from_url(
            url,
            socket_timeout=PATIENCE_S,
            socket_connect_timeout=PATIENCE_S,
            # a connection that was closed meanwhile is made anew
            retry=Retry(NoBackoff(), 1),
        )
        self._failure = redis.RedisError
        self._prefix = prefix
        self._own = own
        self._shunned_s = shunned_s
        self._until = 0.0
        self._is_away = False

    def add(self, key: str, window_s: int) -> int:
        """Count one more for ``key``; return how many there are in its present window.

        A window of whole seconds begins with the first count after the last one has passed.
        """
        if time.monotonic() < self._until:
            return self._own.add(key, window_s)
        name = f"{self._prefix}:limit:{blake2b(key.encode(), digest_size=12).hexdigest()}"
        try:
            with self._redis.pipeline(transaction=True) as pipe:
                pipe.set(name, 0, ex=window_s, nx=True)
                pipe.incr(name)
                count = int(pipe.execute()[1])
        except self._failure as error:
            self._until = time.monotonic() + self._shunned_s
            if not self._is_away:
                logger.warning("Redis is away, this machine counts for itself: %s", error)
            self._is_away = True
            return self._own.add(key, window_s)
        if self._is_away:
            logger.info("Redis is back, all machines count together")
            self._is_away = False
        return count
