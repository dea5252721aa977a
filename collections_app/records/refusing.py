"""What stops a write -> what its caller may be told, after the ``…_failed`` signal was sent."""

from __future__ import annotations

import logging
from types import TracebackType

from django.db import DatabaseError, IntegrityError

from collections_app.hooks import RecordEvent
from collections_app.records import first_taken, referenced, writes
from collections_app.records.referenced import RecordsMissing, Wanted
from collections_app.records.undo import undoing
from collections_app.records.writes import Overtaken
from core_app import dialects
from core_app.dialects import late_commits
from core_app.errors import ApiError, BadRequest, FieldErrors, ServiceUnavailable
from core_app.exception_handler import AWAY
from core_app.hooks import HookSignal
from core_app.versions import SchemaMoved

logger = logging.getLogger("holdall.records")


class act(undoing):
    """Turn whatever stops the act in the block into an ``ApiError`` with ``message``.

    ``wanted`` is what the commit makes sure to be there; set it in the block.
    """

    __slots__ = ("_event", "_failed", "_message", "wanted")

    def __init__(self, event: RecordEvent, failed: HookSignal, message: str) -> None:
        self._event, self._failed, self._message = event, failed, message
        self.wanted: Wanted = {}

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        if not isinstance(error, Exception) or isinstance(error, (Overtaken, SchemaMoved)):
            return
        event, reason = self._event, error
        if isinstance(error, RecordsMissing):
            reason = FieldErrors(referenced.gone(self.wanted))
        event.error = reason
        late_commits.stay()
        self._failed.send_robust(event.collection.name, event=event)
        refusal = _refusal(event, reason, self._message)
        if refusal is not error:
            raise refusal from error


def savepoint_for(
    event: RecordEvent, failed: HookSignal, *, in_batch: bool, changes: bool = False
) -> bool:
    """Return whether an act inside a transaction needs a savepoint: something goes on if it fails.

    A batch does not, but receivers of ``failed`` may want to look at the database, and if it
    ``changes`` a record it may have to be asked which of several unique indexes that breaks.
    """
    if not in_batch or failed.has_listeners(event.collection.name):
        return True
    return changes and first_taken.may_break_several(event.collection, is_new=False)


def _refusal(event: RecordEvent, error: Exception, message: str) -> Exception:
    match error:
        case ApiError():
            return error
        case FieldErrors():
            return BadRequest(message, error.errors)
        case IntegrityError():
            return BadRequest(
                message,
                writes.taken_columns(event.collection, event.record, error),
                reason=str(error),
            )
        case DatabaseError() if dialects.is_away(error):
            return ServiceUnavailable(AWAY, reason=str(error))
        case DatabaseError():
            return BadRequest(message, reason=str(error))
        case OSError() if event.info is not None:
            # files could not be stored: a full disk, a bucket out of reach
            logger.error("a write to %s failed", event.collection.name, exc_info=error)
            return BadRequest(message, reason=repr(error))
    if event.info is None:
        return error  # code called this: let it see its own error
    logger.error("a hook of %s failed", event.collection.name, exc_info=error)
    return BadRequest(message, reason=repr(error))
