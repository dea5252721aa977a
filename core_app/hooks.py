"""Hooks are Django signals whose sender is a collection's name, compared by text.

``django.dispatch.Signal`` compares senders by identity, so ``HookSignal`` interns every name:
``@receiver(before_record_create, sender="orders")`` just works.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from django.dispatch import Signal
from django.http.response import HttpResponseBase
from django.utils.inspect import func_accepts_kwargs

from core_app.errors import ApiError, BadRequest, FieldErrors

logger = logging.getLogger("holdall.hooks")

Receiver = TypeVar("Receiver", bound=Callable[..., Any])

#: the names that receivers are connected for: an interned text lives only as long as somebody
#: holds it, and the next one like it would be another object
_senders: set[str] = set()


class HookSignal(Signal):
    """A signal with a name for logs and docs, and collection names as senders."""

    def __init__(self, name: str) -> None:
        super().__init__(use_caching=True)
        # Django's is weak, which names cannot be
        self.sender_receivers_cache = {}
        self.name = name

    def __repr__(self) -> str:
        return f"<hook {self.name}>"

    def connect(
        self,
        receiver: Callable[..., Any],
        sender: object | None = None,
        weak: bool = True,
        dispatch_uid: Any = None,
    ) -> None:
        if not func_accepts_kwargs(receiver):
            name = getattr(receiver, "__name__", repr(receiver))
            raise TypeError(f"a hook must take **kwargs: def {name}(event, **kwargs)")
        sender = _interned(sender)
        if type(sender) is str:
            _senders.add(sender)
        super().connect(receiver, sender, weak, dispatch_uid)

    def disconnect(
        self,
        receiver: Callable[..., Any] | None = None,
        sender: object | None = None,
        dispatch_uid: Any = None,
    ) -> bool:
        return super().disconnect(receiver, _interned(sender), dispatch_uid)

    def has_listeners(self, sender: Any = None) -> bool:
        return bool(self.receivers) and super().has_listeners(sender)

    def has_lookers(self, sender: Any) -> bool:
        """Return whether a receiver of ``sender`` may look at the database: see ``looks_away``."""
        if not self.receivers:
            return False
        receivers, others = self._live_receivers(sender)
        for receiver in receivers:
            if not getattr(receiver, "looks_away", False):
                return True
        return bool(others)

    def _live_receivers(self, sender: Any) -> Any:
        return super()._live_receivers(_interned(sender))


class Answered(Exception):
    """A receiver of a ``…_request`` signal has answered by itself; the act is skipped."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__(response.status_code)
        self.response = response


def ask(signal: Signal, sender: str | None, event: Any) -> None:
    """Send a ``…_request`` signal: receivers may change ``event`` or refuse by raising.

    Raise ``Answered`` with the first response that one returns, ``BadRequest`` for its bugs.
    """
    try:
        answers = signal.send(sender, event=event)
    except (ApiError, FieldErrors, Answered):
        raise
    except Exception as error:
        logger.error("a receiver of %r failed", signal, exc_info=error)
        raise BadRequest(reason=repr(error)) from error
    for _receiver, answer in answers:
        if isinstance(answer, HttpResponseBase):
            raise Answered(answer)


def senders() -> frozenset[str]:
    """Return the names of collections that receivers were connected for."""
    return frozenset(_senders)


def looks_away(receiver: Receiver) -> Receiver:
    """Mark a receiver that does not look at the database: no write has to be there for it yet."""
    receiver.looks_away = True  # type: ignore[attr-defined]
    return receiver


def on(signal: Signal, *names: str) -> Callable[[Receiver], Receiver]:
    """Connect the decorated function to ``signal`` for each collection's name (none: for all)."""

    def connect(function: Receiver) -> Receiver:
        for sender in names or (None,):
            signal.connect(function, sender=sender, weak=False)
        return function

    return connect


def _interned(sender: Any) -> Any:
    return sys.intern(sender) if type(sender) is str else sender
