"""How the interpreter was built: with a profile of what programs do, or about a fifth slower."""

from __future__ import annotations

import sysconfig
from collections.abc import Mapping
from typing import Any

HINT = (
    "This Python was built without optimisation (pyenv does so unless told otherwise): a server is "
    "up to a fifth slower by it. See docs/operate.md, “Which Python”."
)


def is_optimised(build: Mapping[str, Any] | None = None) -> bool:
    """Return whether it was built with profile-guided optimisation; True if it does not tell.

    ``build``: the variables of a build as ``sysconfig`` gives them, by default this one's.
    """
    build = sysconfig.get_config_vars() if build is None else build
    options = build.get("CONFIG_ARGS") or ""
    # Debian asks for it in another way, which leaves this empty
    is_usual = bool(build.get("PGO_PROF_USE_FLAG"))
    return not options or not is_usual or "--enable-optimizations" in options
