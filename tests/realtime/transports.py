"""Workers of a test: a transport that has joined, and what it was told."""

from __future__ import annotations

import queue
import shutil
import subprocess

import redis

from tests.ports import free_port
from tests.waiting import until

WAIT_S = 60


class Worker:
    """A transport that has joined, and what it was told."""

    def __init__(self, bus):
        self.bus = bus
        self.told = queue.Queue()
        self.missed = queue.Queue()
        self.bus.join(self.take)

    def take(self, message, reply):
        if message["kind"] == "question":
            reply({"answer": message["text"] + "!"})
        elif message["kind"] == "missed":
            self.missed.put(message)
        elif message["kind"] != "unanswered":
            self.told.put(message["text"])

    def next(self):
        return self.told.get(timeout=WAIT_S)


def note(text):
    return {"kind": "note", "text": text}


def eventually(condition):
    until(condition, WAIT_S)


class RedisServer:
    """A Redis of the test's own, without memory beyond its life: ``stop`` and ``start`` at will."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = None

    @staticmethod
    def absent():
        """Return why there is none, ``""`` if there is."""
        return "" if shutil.which("redis-server") else "redis-server is not installed"

    def start(self):
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), *options, "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )
        client = redis.Redis.from_url(self.url)
        eventually(lambda: _answers(client))
        client.close()

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait(WAIT_S)
            self.process = None


def _answers(client):
    try:
        return client.ping()
    except redis.RedisError:
        return False
