"""Every way to sign in by the official SDK, with real mail and a real provider, here and there."""

from __future__ import annotations

import pytest

from tests.clients.driving import MARKS, drive
from tests.clients.inbox import Inbox
from tests.servers import Holdall, PocketBase

STEPS = 18

pytestmark = MARKS


def sign_in(url: str, inbox: Inbox) -> str:
    """Run the script to its end and return what it printed."""
    return drive("signin.mjs", url, INBOX_SMTP=str(inbox.smtp_port), INBOX_URL=inbox.url)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_holdall(workers, tmp_path):
    with Holdall(tmp_path / "data", "--workers", workers) as server, Inbox() as inbox:
        printed = sign_in(server.url, inbox)
    assert printed.endswith(f"{STEPS} passed, 0 failed\n"), printed


@pytest.mark.pocketbase
@pytest.mark.skipif(bool(PocketBase.absent()), reason=PocketBase.absent())
def test_pocketbase(tmp_path):
    with PocketBase(tmp_path / "data") as server, Inbox() as inbox:
        printed = sign_in(server.url, inbox)
    assert printed.endswith(f"{STEPS} passed, 0 failed\n"), printed
