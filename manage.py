#!/usr/bin/env python
"""``python manage.py serve``, ``runserver``, ``migrate``, …: commands in a checkout."""

from __future__ import annotations

from config.command_line import main

if __name__ == "__main__":
    main()
