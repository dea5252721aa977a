"""Fixtures for tests of what talks to PostgreSQL past the suite's own database."""

from __future__ import annotations

import pytest

from tests.postgres import empty_database


@pytest.fixture(scope="module")
def url():
    """The address of an empty database of PostgreSQL, one for the tests of a module."""
    with empty_database() as url:
        yield url
