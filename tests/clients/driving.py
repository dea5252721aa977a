"""Runs scripts that drive the official JavaScript SDK in Node."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.servers import EMAIL, PASSWORD

HERE = Path(__file__).resolve().parent

#: for ``pytestmark`` of modules that use ``drive``
MARKS = [
    pytest.mark.node,
    pytest.mark.server,
    pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed"),
    pytest.mark.skipif(
        not (HERE / "node_modules").is_dir(), reason="run `npm ci` in tests/clients first"
    ),
]


def drive(script: str, url: str, **environment: str) -> str:
    """Run a script to its end and return what it printed."""
    done = subprocess.run(
        ["node", script, url, EMAIL, PASSWORD],
        cwd=HERE,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout + done.stderr
