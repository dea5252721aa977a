"""Work that no answer waits for: mails, whose time would tell whether an address is known."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import close_old_connections

from core_app.mail.transport import MailFailed

logger = logging.getLogger("holdall.auth")

_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="holdall-mail")


def run(task: Callable[..., None], *args: Any) -> None:
    """Call ``task`` soon, in another thread; what it raises is logged.

    With ``HOLDALL_BACKGROUND = False`` (tests) it is called at once.
    """
    if settings.HOLDALL_BACKGROUND:
        _pool.submit(_in_thread, task, *args)
    else:
        _logged(task, *args)


def _in_thread(task: Callable[..., None], *args: Any) -> None:
    close_old_connections()
    _logged(task, *args)


def _logged(task: Callable[..., None], *args: Any) -> None:
    try:
        task(*args)
    except MailFailed as error:
        logger.error("no mail could be sent (%s): %s", task.__qualname__, error)
    except Exception:  # nobody waits for it, so nobody else could tell
        logger.exception("%s failed", task.__qualname__)
