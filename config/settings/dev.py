"""Settings of ``manage.py runserver``: debug on, autoreload, mails on the console."""

from __future__ import annotations

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, HOLDALL_DATA_DIR

DEBUG = True
# a data folder elsewhere is somebody else's, or on trial: it tells the project's history nothing
HOLDALL_AUTOMIGRATE = env.flag("HOLDALL_AUTOMIGRATE", HOLDALL_DATA_DIR.is_relative_to(BASE_DIR))
HOLDALL_MAILER = "django.core.mail.backends.console.EmailBackend"
