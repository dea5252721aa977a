"""Commits of a process's threads that come at the same time, as one transaction.

Each has one statement that is a transaction of its own. Who finds nobody at it runs it alone. Who
comes while others commit waits for them, and the first of those who wait then commits for them all:
one round trip and one wait for the disk. If a statement fails nothing has happened, and each thread
runs its own alone, as if the others were not there.
"""

from __future__ import annotations

import threading

from core_app.dialects.postgresql_statements import Change, Statements

#: how long others' transaction is waited for before the next one begins beside it
PATIENCE_S = 0.02


class _Commit:
    """What one thread wants to commit, and what has become of it."""

    __slots__ = ("change", "error", "is_done", "together", "turn")

    def __init__(self, change: Change) -> None:
        self.change = change
        #: released when the thread is to go on
        self.turn = threading.Lock()
        self.turn.acquire()
        #: those for whom this thread is to commit, itself the first; empty while it waits
        self.together: list[_Commit] = []
        self.is_done = False
        #: the connection broke, nobody knows before the commit or after it
        self.error: BaseException | None = None


class JointCommits:
    """The threads of this process that commit to one database, each by a connection of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # over the next two
        self._waiting: list[_Commit] = []
        self._under_way = 0

    def run(self, statements: Statements, change: Change) -> bool:
        """Do what ``statements.commit_alone`` does, in as good company as there is."""
        with self._lock:
            is_first = not self._under_way
            if is_first:
                self._under_way = 1
            else:
                mine = _Commit(change)
                self._waiting.append(mine)
        if is_first:
            return self._alone(statements, change)
        if not mine.turn.acquire(timeout=PATIENCE_S):
            self._overtake(mine)
        if len(mine.together) == 1:
            return self._alone(statements, change)
        if mine.together:
            try:
                _commit_for_all(statements, mine.together)
            finally:
                self._hand_over()
        if mine.error is not None:
            raise type(mine.error)(*mine.error.args) from mine.error
        return mine.is_done or statements.commit_alone(change)

    def _alone(self, statements: Statements, change: Change) -> bool:
        try:
            return statements.commit_alone(change)
        finally:
            self._hand_over()

    def _overtake(self, mine: _Commit) -> None:
        """Begin beside a transaction that takes long; if we are part of it, wait for its end."""
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                mine.together = [mine, *self._waiting]
                self._waiting = []
                self._under_way += 1
        if not mine.together:
            mine.turn.acquire()

    def _hand_over(self) -> None:
        """Let the first of those who wait commit for them all."""
        with self._lock:
            if not self._waiting:
                self._under_way -= 1
                return
            together, self._waiting = self._waiting, []
            together[0].together = together
        together[0].turn.release()


def _commit_for_all(statements: Statements, together: list[_Commit]) -> None:
    """Commit, tell the others what has become of it, and let them go on."""
    _, *others = together
    try:
        done = statements.commit_together([commit.change for commit in together])
        for commit in together:
            commit.is_done = done
    except BaseException as error:
        for commit in others:
            commit.error = error
        raise
    finally:
        for commit in others:
            commit.turn.release()
