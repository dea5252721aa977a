"""What is recorded of views is what PocketBase shows."""

from __future__ import annotations

import pytest

from tests.http import view_queries

pytestmark = pytest.mark.pocketbase


@pytest.mark.parametrize("subject", view_queries.RECORDED)
def test_recorded(both, subject):
    for request in view_queries.requests():
        both(*request)
    recorded = view_queries.RECORDED[subject]
    assert recorded == [view_queries.shown(both, case["query"]) for case in recorded]
