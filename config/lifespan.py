"""A worker's start and end."""

from __future__ import annotations

import asyncio
import atexit
import gc
import signal
from typing import Any

from config import streams
from config.sync_handler import SyncHandler
from core_app.lifecycle import server_starting, server_stopped, server_stopping
from ops_app.serving import stopping


class Worker:
    """What runs around the requests of one process: threads, signals, background work."""

    def __init__(self, handler: SyncHandler) -> None:
        self.handler = handler
        self.started = False

    async def lifespan(self, receive: Any, send: Any) -> None:
        """Follow the server's word (ASGI lifespan)."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def start(self) -> None:
        """Get ready for requests. Servers without lifespan (daphne) come here with the first."""
        if self.started:
            return
        self.started = True
        loop = asyncio.get_running_loop()
        self.handler.pool.start(loop)
        if stopping.is_served():
            loop.add_signal_handler(stopping.STOP_STREAMS, self._end_streams)
            # Ctrl-C reaches all processes of a terminal; the parent tells us when to stop
            loop.add_signal_handler(signal.SIGINT, lambda: None)
        else:
            atexit.register(server_stopped.send_robust, None)
        await asyncio.to_thread(server_starting.send_robust, None, loop=loop)
        # what is loaded now stays: spare the garbage collector the walk through it
        gc.collect()
        gc.freeze()

    async def stop(self) -> None:
        """Finish what was begun, end the threads, write what is kept in memory."""
        self._end_streams()
        await asyncio.to_thread(self.handler.pool.stop)
        await asyncio.to_thread(server_stopped.send_robust, None)

    @staticmethod
    def _end_streams() -> None:
        server_stopping.send_robust(None)
        streams.end_all()
