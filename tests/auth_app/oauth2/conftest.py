"""Fixtures of the OAuth2 tests: providers on this machine."""

from __future__ import annotations

import pytest

from auth_app import hooks
from core_app.hooks import on
from tests.auth_app.fake_provider import FakeProvider


@pytest.fixture
def provider():
    """A provider whose codes say who the user is."""
    running = FakeProvider()
    yield running
    running.close()


@pytest.fixture
def keys():
    """A provider that publishes keys: ``keys(jwk, …)`` returns their address."""
    running = FakeProvider()
    published = []
    running.respond = lambda handler, form: (200, {"keys": published}, "application/json")

    def publish(*items):
        published[:] = items
        return f"{running.url}/keys"

    yield publish
    running.close()


@pytest.fixture
def redirected():
    """What the redirect tells the app that waits; it is delivered to the state ``waiting``."""
    seen = []

    def receiver(event, **_):
        seen.append((event.state, event.code, event.error, event.ip))
        event.is_delivered = event.state == "waiting"

    on(hooks.oauth2_redirected)(receiver)
    yield seen
    hooks.oauth2_redirected.disconnect(receiver)
