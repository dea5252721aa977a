"""How long a body may be, by path. Upper floors register the paths where it is not the default."""

from __future__ import annotations

from collections.abc import Callable

DEFAULT_LIMIT = 32 << 20

#: path, ``Authorization`` header -> limit in bytes (0 or less: none), ``None`` where the function
#: does not know the path; may raise an ``ApiError`` for who may not send anything there
PathLimit = Callable[[str, str], int | None]

_limits: list[PathLimit] = []


def register(limit: PathLimit) -> PathLimit:
    """Let ``limit`` decide for the paths it knows. It is asked only for bodies above 32 MiB."""
    _limits.append(limit)
    return limit


def limit_of(path: str, authorization: str = "") -> int:
    """Return the most bytes that a body sent to ``path`` may have. Raise ``ApiError``."""
    for limit in _limits:
        found = limit(path, authorization)
        if found is not None:
            return found if found > 0 else 1 << 62
    return DEFAULT_LIMIT
