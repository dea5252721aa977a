"""What ``stream_bus`` needs of a store that machines share: one stream, and who is there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

#: where in the stream a message is; they compare as the messages follow each other
Place = tuple[int, ...]


class Away(Exception):
    """The store cannot be reached, or has no answer in time."""


class Entry(NamedTuple):
    """One message: its sender, the sender's number for it, and its JSON."""

    sender: str
    number: int
    body: bytes


class Stream(ABC):
    """Methods may be called from any thread, ``read`` from one alone. All raise ``Away``."""

    #: what the store is called in the log
    name: ClassVar[str]
    #: before the first message
    start: ClassVar[Place]

    @abstractmethod
    def announce(self, tag: str, said: bytes, for_s: float) -> None:
        """Let ``tag`` be found with what it ``said``, for some seconds."""

    @abstractmethod
    def withdraw(self, tag: str) -> None:
        """Let ``tag`` not be found any more."""

    @abstractmethod
    def workers(self) -> dict[str, bytes]:
        """Return who is there, with what each said."""

    @abstractmethod
    def add(self, entries: Sequence[Entry], most: int) -> None:
        """Append messages; about ``most`` are kept."""

    @abstractmethod
    def newest(self) -> Place:
        """Return where the last message is."""

    @abstractmethod
    def read(self, after: Place, at_most: int, wait_s: float) -> list[tuple[Place, Entry]]:
        """Return the next messages; wait for one if there are none."""

    @abstractmethod
    def trim(self, older_than_s: float) -> None:
        """Drop what is older."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the store."""
