"""The official JavaScript SDK, in Node, against us and against PocketBase: the same scripts."""

from __future__ import annotations

import pytest

from tests.clients.driving import MARKS, drive
from tests.servers import Holdall, PocketBase

STEPS = {"chat.mjs": 16, "shop.mjs": 14}
ONLY_OURS = {"order.mjs": 2, "trash.mjs": 8}

pytestmark = MARKS


@pytest.mark.parametrize("script", STEPS)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_sdk_against_holdall(script, workers, tmp_path):
    with Holdall(tmp_path / "data", "--workers", workers) as server:
        printed = drive(script, server.url)
    assert printed.endswith(f"{STEPS[script]} passed, 0 failed\n"), printed


@pytest.mark.parametrize("script", ONLY_OURS)
def test_what_only_holdall_has(script, tmp_path):
    with Holdall(tmp_path / "data", "--workers", "2") as server:
        printed = drive(script, server.url)
    assert printed.endswith(f"{ONLY_OURS[script]} passed, 0 failed\n"), printed


@pytest.mark.pocketbase
@pytest.mark.skipif(bool(PocketBase.absent()), reason=PocketBase.absent())
@pytest.mark.parametrize("script", STEPS)
def test_sdk_against_pocketbase(script, tmp_path):
    # one of its own: the scripts change the rules of users
    with PocketBase(tmp_path / "data") as server:
        printed = drive(script, server.url)
    assert printed.endswith(f"{STEPS[script]} passed, 0 failed\n"), printed
