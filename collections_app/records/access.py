"""Which rule stands between a caller and a record, and what is said of one that is broken.

Knows no expressions: ``query`` judges them.
"""

from __future__ import annotations

import secrets
import threading
import time

from collections_app.collection_types import registry
from collections_app.query.errors import FilterError
from collections_app.schema.definition import CollectionDef
from core_app.errors import BadRequest, Forbidden, NotFound
from core_app.request_info import RequestInfo

ONLY_SUPERUSERS = "Only superusers can perform this action."
UNSUPPORTED_TYPE = "Unsupported collection type."

_FREE_EMPTY_LISTS = 3
_WINDOW_S = 3.0
_LONGEST_DELAY_S = 0.5


def rule_for(collection: CollectionDef, act: str, info: RequestInfo | None) -> str:
    """Return the rule that ``info`` must satisfy for ``act`` (list, view, …); ``""``: none.

    Superusers, and code without a request (``None``), pass. Raise ``Forbidden`` if the act is for
    superusers alone.
    """
    if info is None or info.is_superuser:
        return ""
    rule = collection.rule(act)
    if rule is None:
        raise Forbidden(ONLY_SUPERUSERS, reason=f"{collection.name}: the {act} rule is null")
    return rule


def trash_rule_for(collection: CollectionDef, info: RequestInfo | None) -> str:
    """Return the rule that records in the trash must pass for ``info``; see ``rule_for``.

    Raise ``NotFound`` for a collection that has no trash.
    """
    if collection.soft_delete is None:
        raise NotFound(reason=f"{collection.name} has no trash")
    if info is None or info.is_superuser:
        return ""
    rule = collection.soft_delete.trash_rule
    if rule is None:
        raise Forbidden(ONLY_SUPERUSERS, reason=f"{collection.name}: the trash rule is null")
    return rule


class missing_if_broken:
    """Around finding the record that a request names: make a broken rule ``NotFound``.

    A rule is broken if it cannot be read, or if the database cannot run it for this record. Nobody
    passes it then, and who does not pass cannot tell the record from one that is not there.
    """

    __slots__ = ("_act", "_collection")

    def __init__(self, collection: CollectionDef, act: str) -> None:
        self._collection, self._act = collection, act

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, FilterError):
            raise NotFound(reason=f"{self._collection.name}: {self._act} rule: {error}") from error


def require_writable(collection: CollectionDef) -> None:
    """Raise ``BadRequest`` for a collection that stores no records."""
    if not registry.of(collection.type_name).stores_records:
        raise BadRequest(UNSUPPORTED_TYPE)


class EmptyListThrottle:
    """Delays who searches for hidden values by filters that match nothing, time after time.

    Counts are kept per process: a delay only has to blur what response times could tell.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}
        self._lock = threading.Lock()

    def wait(self, ip: str, collection_id: str) -> None:
        """Sleep up to half a second from the fourth empty filtered list within three seconds."""
        if self._count(ip, collection_id, time.monotonic()) > _FREE_EMPTY_LISTS:
            time.sleep(secrets.randbelow(1000) / 1000 * _LONGEST_DELAY_S)

    def _count(self, ip: str, collection_id: str, now: float) -> int:
        with self._lock:
            if len(self._seen) > 10_000:
                self._seen.clear()
            began, count = self._seen.get((ip, collection_id), (now, 0))
            if now - began >= _WINDOW_S:
                began, count = now, 0
            self._seen[ip, collection_id] = began, count + 1
            return count + 1


throttle = EmptyListThrottle()
