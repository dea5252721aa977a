"""A real S3 API for tests: ``moto``'s server, a process of its own on the loopback interface."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import httpx

from tests.ports import free_port

REGION, ACCESS_KEY, SECRET = "us-east-1", "an access key", "a secret"


class Bucket:
    """A bucket of the server, seen from outside: what is in it, and how to get at it."""

    def __init__(self, client: Any, endpoint: str, name: str) -> None:
        self.client, self.endpoint, self.name = client, endpoint, name
        client.create_bucket(Bucket=name)

    @property
    def settings(self) -> dict[str, Any]:
        """The settings' ``s3`` group that leads here."""
        return {
            "enabled": True,
            "bucket": self.name,
            "region": REGION,
            "endpoint": self.endpoint,
            "accessKey": ACCESS_KEY,
            "secret": SECRET,
            "forcePathStyle": True,
        }

    def names(self) -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.name)
        return sorted(item["Key"] for item in found.get("Contents", ()))

    def head(self, key: str) -> dict[str, Any]:
        return self.client.head_object(Bucket=self.name, Key=key)

    def read(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.name, Key=key)["Body"].read()

    def put(self, key: str, content: bytes, **options: Any) -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=content, **options)

    def delete(self, key: str) -> None:
        self.client.delete_object(Bucket=self.name, Key=key)


class Moto:
    """The server while the ``with`` block lasts."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.log = folder / "moto.log"
        self.numbers = itertools.count(1)

    def __enter__(self) -> Moto:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                httpx.get(f"{self.endpoint}/moto-api/", timeout=5)
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                self.client = boto3.client(
                    "s3",
                    endpoint_url=self.endpoint,
                    region_name=REGION,
                    aws_access_key_id=ACCESS_KEY,
                    aws_secret_access_key=SECRET,
                )
                return self
        self.__exit__()
        raise RuntimeError(f"the S3 server did not start:\n{self.log.read_text()}")

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait(60)

    def bucket(self) -> Bucket:
        """Make an empty bucket."""
        return Bucket(self.client, self.endpoint, f"bucket-{next(self.numbers)}")
