"""All files of one storage -> another, verified; what is there already is not copied again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from storage_app.backends.base import Backend, Entry, Missing, StorageFailed
from storage_app.inventory import Inventory

_AT_ONCE = 64  # copies that are handed to the threads before their results are asked for


@dataclass(slots=True)
class Progress:
    """How far a copy has come; ``total`` and ``total_bytes`` are of all files in the source."""

    total: int = 0
    total_bytes: int = 0
    seen: int = 0
    seen_bytes: int = 0
    copied: int = 0
    copied_bytes: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)  # (key, reason)


def copy(
    source: Backend, target: Backend, tell: Callable[[Progress], None], *, threads: int = 4
) -> Progress:
    """Copy what ``target`` does not have in the same size; ``tell`` hears of every file.

    A file that fails is left out, and named in the result.
    """
    progress = Progress()
    with Inventory() as wanted, Inventory() as there, ThreadPoolExecutor(threads) as pool:
        wanted.fill(source.entries())
        there.fill(target.entries())
        progress.total, progress.total_bytes = wanted.totals()

        def settled(entry: Entry, reason: str | None) -> None:
            progress.seen += 1
            progress.seen_bytes += entry.size
            if reason:
                progress.failures.append((entry.key, reason))
            elif reason is not None:
                progress.copied += 1
                progress.copied_bytes += entry.size
            tell(progress)

        def needed() -> Iterator[Entry]:
            for entry in wanted:
                if there.size_of(entry.key) == entry.size:
                    settled(entry, None)
                else:
                    yield entry

        pending = needed()
        while some := list(islice(pending, _AT_ONCE)):
            results = pool.map(lambda entry: _copy_one(source, target, entry.key), some)
            for entry, reason in zip(some, results, strict=True):
                settled(entry, reason)
    return progress


def _copy_one(source: Backend, target: Backend, key: str) -> str | None:
    """Copy one file; return ``""``, why it failed, or ``None`` if it has gone meanwhile."""
    try:
        blob = source.find(key)
        with source.open(key) as file:
            target.write(key, file, blob.content_type, blob.original_name)
        size = target.find(key).size
    except Missing:
        return None
    except OSError as error:
        return str(error)
    if size == blob.size:
        return ""
    target.delete(key)
    return str(StorageFailed(f"{size} of {blob.size} bytes arrived"))
