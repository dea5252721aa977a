"""Settings of ``manage.py serve`` and every other command: no debug pages, nothing reloads."""

from __future__ import annotations

from config.settings.base import *  # noqa: F403
