"""Settings of pytest: a data folder of its own for each process, and cheap passwords.

``HOLDALL_TEST_DATABASE=postgres://…``: the tests run on PostgreSQL (in a database beside that one).
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

os.environ.pop("DATABASE_URL", None)  # tests that want one say so
os.environ["HOLDALL_DATA_DIR"] = tempfile.mkdtemp(prefix="holdall-test-")
atexit.register(shutil.rmtree, os.environ["HOLDALL_DATA_DIR"], ignore_errors=True)

from config.databases import databases  # noqa: E402
from config.settings.base import *  # noqa: E402, F403
from config.settings.base import HOLDALL_DATA_DIR  # noqa: E402

DATABASES = databases(HOLDALL_DATA_DIR, os.environ.get("HOLDALL_TEST_DATABASE", ""))

HOLDALL_SCHEMA_DIR = os.path.join(os.environ["HOLDALL_DATA_DIR"], "schema")
HOLDALL_AUTOMIGRATE = False
HOLDALL_BACKGROUND = False
HOLDALL_PASSWORD_COST = 4
HOLDALL_LOG_THREAD = False
HOLDALL_VERSIONS_LEASE = 0  # changes of the schema need not wait for other processes
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
HOLDALL_MAILER = "django.core.mail.backends.locmem.EmailBackend"
