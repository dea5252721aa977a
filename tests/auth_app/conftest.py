"""Fixtures of the sign-in tests: mails that were sent, tokens made by hand."""

from __future__ import annotations

import pytest

from tests.auth_app import forging


@pytest.fixture
def forge():
    """Sign any claims as ``record``'s collection would: ``forge(record, "auth", exp=1)``."""
    return forging.forge
