"""Commits that wait until their thread has worked through the requests that are there.

A request whose commit is one statement, and that nothing has to follow but what is told of it, is
worked through to its answer; the thread takes the next request, and then commits for all of them:
one transaction, one round trip, one wait for the disk. Only then are they answered.

If a commit fails nothing of it has happened, and its request is worked through once more from the
beginning, committing where it stands. That is done too where anything else is to be asked of the
database after a commit that waits: it comes first, and if it fails, ``Anew`` ends the first try.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import DatabaseError, connections

if TYPE_CHECKING:
    from core_app.dialects.base import Dialect
    from core_app.dialects.postgresql_statements import Change

Given = TypeVar("Given")
Result = TypeVar("Result")

logger = logging.getLogger("holdall")


class Anew(BaseException):
    """What the request relied on did not come to be; nobody else is to catch it.

    ``error``: nobody knows whether it did.
    """

    def __init__(self, error: DatabaseError | None = None) -> None:
        super().__init__()
        self.error = error


class LateCommit:
    """A change that has not been committed yet, and what follows its commit."""

    __slots__ = ("change", "dialect", "steps")

    def __init__(self, dialect: Dialect, change: Change, steps: list[Callable[[], Any]]) -> None:
        self.dialect = dialect
        self.change = change
        self.steps = steps


class _Local(threading.local):
    is_working = False
    may_wait = False
    is_second = False
    waiting: LateCommit | None = None


_local = _Local()


def work(function: Callable[[Given], Result], argument: Given) -> tuple[Result, LateCommit | None]:
    """Return what ``function`` returns, and the commit without which that does not hold.

    Raise Django's ``DatabaseError`` if nobody knows whether it has been committed.
    """
    _local.is_working = True
    try:
        result = function(argument)
    except Anew as anew:
        if anew.error is not None:
            raise anew.error from None
        return work_again(function, argument), None
    except BaseException:
        if (waiting := _taken()) is not None:
            settle([waiting])
        raise
    finally:
        _local.is_working = _local.may_wait = False
    return result, _taken()


def work_again(function: Callable[[Given], Result], argument: Given) -> Result:
    """Return what ``function`` returns when it is called for the second time: no commit waits."""
    _local.is_working = _local.may_wait = False
    _local.is_second = True
    try:
        return function(argument)
    finally:
        _local.is_second = False


def is_second_try() -> bool:
    """Return whether this thread's request has been worked through before, without effect."""
    return _local.is_second


def offer() -> None:
    """Let the next commit of this thread's request wait, if the request can.

    For whoever knows that all that comes before it can be done twice, and nothing depends on it but
    the answer.
    """
    _local.may_wait = _local.is_working


def stay() -> None:
    """Take back what was offered: somebody takes part who must not be called twice."""
    _local.may_wait = False


def wait_with(dialect: Dialect, change: Change) -> bool:
    """Let the commit of a change wait, if that was offered."""
    if not _local.may_wait:
        return False
    _local.may_wait = False
    connection = connections["default"]
    # Django would call them as soon as it has left the transaction
    steps = [entry[1] for entry in connection.run_on_commit]
    connection.run_on_commit = []
    _local.waiting = LateCommit(dialect, change, steps)
    return True


def then(step: Callable[[], Any]) -> None:
    """Call ``step`` now or, if this thread's request has a commit that waits, after it.

    It is not called if the commit fails.
    """
    if _local.waiting is None:
        step()
    else:
        _local.waiting.steps.append(step)


def hurry() -> None:
    """Commit what this thread's request has left to wait: something is to come after it.

    Raise ``Anew`` if it fails.
    """
    waiting = _taken()
    if waiting is None:
        return
    [outcome] = settle([waiting])
    if outcome is not True:
        raise Anew(outcome or None)


def _taken() -> LateCommit | None:
    """Return what this thread's request has left to wait, which from now on is the caller's."""
    waiting, _local.waiting = _local.waiting, None
    return waiting


def settle(waiting: Sequence[LateCommit]) -> list[bool | DatabaseError]:
    """Commit for all, and do what follows.

    For each: whether it was committed; if not, nothing has happened. The error, if the connection
    broke and nobody knows.
    """
    outcomes = waiting[0].dialect.commit_changes(
        connections["default"], [late.change for late in waiting]
    )
    for late, outcome in zip(waiting, outcomes, strict=True):
        if outcome is True:
            for step in late.steps:
                try:
                    step()
                except Exception:
                    logger.exception("what follows a commit failed")
    return outcomes
