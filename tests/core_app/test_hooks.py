"""Signals whose senders are names."""

from __future__ import annotations

import sys

import pytest

from core_app.hooks import HookSignal, on


def test_name_is_found_again_after_its_text_is_gone():
    signal, heard = HookSignal("example"), []
    name = ["orders", "of", "nobody"]
    # as in a module of hooks: once it has run, nobody holds its constants
    signal.connect(_adding(heard), sender="_".join(name), weak=False)
    _others = [sys.intern(f"orders_of_{number:06}") for number in range(100)]
    signal.send("_".join(name), event="sent")
    assert heard == ["sent"]


def test_other_names_are_not_heard():
    signal, heard = HookSignal("example"), []
    signal.connect(_adding(heard), sender="orders", weak=False)
    signal.send("order", event="sent")
    assert heard == []


def test_who_listens_is_asked_again_after_a_change():
    signal, listener = HookSignal("example"), _Listener()
    heard = listener.heard
    signal.send("orders", event="nobody listens")
    assert not signal.has_listeners("orders")
    signal.connect(listener.hear, sender="orders")
    signal.send("orders", event="heard")
    signal.disconnect(listener.hear, sender="orders")
    signal.send("orders", event="left")
    signal.connect(listener.hear, sender="orders")
    assert signal.has_listeners("orders")
    del listener  # nobody else holds it
    signal.send("orders", event="gone")
    assert (heard, signal.has_listeners("orders")) == (["heard"], False)


def test_a_receiver_without_kwargs_is_refused_at_once():
    signal = HookSignal("example")
    with pytest.raises(TypeError, match=r"must take \*\*kwargs: def check\(event, \*\*kwargs\)"):

        @on(signal, "orders")
        def check(event): ...

    assert not signal.has_listeners("orders")


def _adding(heard):
    def receiver(event, **kwargs):
        heard.append(event)

    return receiver


class _Listener:
    def __init__(self):
        self.heard = []

    def hear(self, event, **kwargs):
        self.heard.append(event)
