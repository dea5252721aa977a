"""Settings that hold everywhere. ``dev``, ``test`` and ``production`` change a few of them."""

from __future__ import annotations

from functools import partial
from typing import Any

import django

from config import env
from config.databases import databases

BASE_DIR = env.BASE_DIR
HOLDALL_DATA_DIR = env.data_dir()
SECRET_KEY = env.secret_key(HOLDALL_DATA_DIR)
DEBUG = False
ALLOWED_HOSTS = ["*"]  # any app may call the API; CORS and tokens guard it, not the Host header

#: which origins a browser may call from: ``*``, or origins where ``*`` stands for subdomains
HOLDALL_ORIGINS = env.origins("HOLDALL_ORIGINS")
#: unknown paths show ``public/index.html`` where it exists
HOLDALL_INDEX_FALLBACK = env.flag("HOLDALL_INDEX_FALLBACK", True)
HOLDALL_PUBLIC_DIR = env.text("HOLDALL_PUBLIC_DIR", str(HOLDALL_DATA_DIR / "public"))
HOLDALL_HOOKS_DIR = env.text("HOLDALL_HOOKS_DIR", str(HOLDALL_DATA_DIR / "hooks"))
#: where the migrations of collections lie, and whether each change writes one
HOLDALL_SCHEMA_DIR = env.text("HOLDALL_SCHEMA_DIR", str(BASE_DIR / "schema"))
HOLDALL_AUTOMIGRATE = env.flag("HOLDALL_AUTOMIGRATE", False)
#: mails that no answer waits for are sent by threads of their own
HOLDALL_BACKGROUND = True
#: request logs are written by a thread of each worker; without, only when asked to
HOLDALL_LOG_THREAD = True
#: seconds that one reading statement may take, whatever filter it was made of; 0 for any time
HOLDALL_QUERY_TIMEOUT = env.number("HOLDALL_QUERY_TIMEOUT", 30)
#: megabytes of rows that each thread keeps while nobody writes; 0: every read asks the database
HOLDALL_READ_CACHE = env.number("HOLDALL_READ_CACHE", 8)
#: seconds that a look at the versions of schema and settings holds on PostgreSQL, and that changes
#: of them take longer
HOLDALL_VERSIONS_LEASE = 0.1
#: seconds that requests have to end when the server stops
HOLDALL_STOP_TIMEOUT = env.number("HOLDALL_STOP_TIMEOUT", 5, 1, whole=True)
#: seals the app's settings in the database; empty: they are stored as they are
HOLDALL_ENCRYPTION_KEY = env.encryption_key("HOLDALL_ENCRYPTION_KEY")
#: with this token Prometheus may read ``/api/metrics``; empty: superusers only
HOLDALL_METRICS_TOKEN = env.text("HOLDALL_METRICS_TOKEN")
#: where litestream keeps a replica of data.db (``serve --replicate``)
HOLDALL_REPLICATE = env.text("HOLDALL_REPLICATE")
#: the replica whose states this server reads, and never writes to (``serve --follow``)
HOLDALL_FOLLOW = env.text("HOLDALL_FOLLOW")
#: seconds between two looks at it
HOLDALL_FOLLOW_EVERY = env.number("HOLDALL_FOLLOW_EVERY", 5)
#: the litestream binary
HOLDALL_LITESTREAM = env.text("HOLDALL_LITESTREAM")
#: workers on several machines reach each other through this Redis, under keys of this prefix
REDIS_URL = env.redis_url("REDIS_URL")
# read where they are needed; here only refused if they are no such numbers
env.number("HOLDALL_THREADS", 8, 1, whole=True)
env.number("HOLDALL_LANES", 8, 1, whole=True)
env.number("HOLDALL_THUMBS_MAX_WAIT", 60)
for _name in ("HOLDALL_MAX_CONNECTIONS", "HOLDALL_THUMBS_MAX_WORKERS", "PB_ID_TOKEN_LEEWAY"):
    env.number(_name, 0, whole=True)
HOLDALL_REDIS_PREFIX = env.text("HOLDALL_REDIS_PREFIX", "holdall")
#: bcrypt cost of record passwords
HOLDALL_PASSWORD_COST = 10

#: who may read ``/api/openapi.json``
HOLDALL_OPENAPI = env.choice("HOLDALL_OPENAPI", "superusers", "everyone")

INSTALLED_APPS = [
    "dashboard_app",  # before the admin: its templates are the ones that count
    "unfold.apps.BasicAppConfig",
    "dashboard_app.admin_config.DashboardAdminConfig",  # django.contrib.admin on our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "ops_app",  # before staticfiles: its runserver is the one that counts
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular_sidecar",  # Swagger UI, as static files
    "auth_app.oauth2.allauth_apps.Accounts",  # allauth: its classes, not its tables and views
    "auth_app.oauth2.allauth_apps.SocialAccounts",
    "core_app",
    "collections_app",
    "collections_app.migrations_auto.apps.SchemaConfig",
    "auth_app",
    "storage_app",
    "realtime",
    *env.words("HOLDALL_APPS"),  # yours: their hooks.py is found by itself
    "config",  # last: what it does when ready needs all others
]

MIDDLEWARE = [
    "core_app.middleware.edge.Edge",
    "ops_app.replication.reading.Reading",
    "config.middleware.pin_versions",
    "ops_app.logs.middleware.log_requests",
    "auth_app.middleware.authenticate",
    "core_app.middleware.guard.Guard",
    "core_app.middleware.own_writes.note_own_writes",
    "core_app.middleware.only_under.DashboardMiddleware",
]
#: middlewares that requests under ``/_/`` go through in addition; the API pays nothing for them
HOLDALL_DASHBOARD_MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dashboard_app.urls.serve",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "dashboard_app.browsable.serve.serve",
]
# the admin looks for these four in MIDDLEWARE, where they are only indirectly
SILENCED_SYSTEM_CHECKS = ["admin.E408", "admin.E409", "admin.E410", "unfold.E001"]
# so does ``check --deploy``; headers are the edge's, cookies are in our own checks
SILENCED_SYSTEM_CHECKS += ["security.W001", "security.W002", "security.W003", "security.W010"]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = False

#: ``postgres://…``: the data is there and not in SQLite files of the data folder
DATABASE_URL = env.database_url(HOLDALL_DATA_DIR)
DATABASE_FILE = HOLDALL_DATA_DIR / env.DATABASE_FILE
DATABASE_FILE_AT_START = DATABASE_FILE.exists()
#: a streaming replica of it, which answers reads
DATABASE_REPLICA_URL = env.text("DATABASE_REPLICA_URL") if DATABASE_URL else ""
DATABASES = databases(
    HOLDALL_DATA_DIR, DATABASE_URL, DATABASE_REPLICA_URL, follows=bool(HOLDALL_FOLLOW)
)
#: the databases of another address, in the form of ``DATABASES``
DATABASES_AT = partial(databases, HOLDALL_DATA_DIR)
DATABASE_ROUTERS = ["config.db_router.Router"]
#: the apps with a table in the second database; their migrations are applied there too
HOLDALL_AUXILIARY_APPS = ["ops_app"]
MIGRATION_MODULES = {"schema": "schema", "account": None, "socialaccount": None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "auth_app.StaffUser"
LOGIN_REDIRECT_URL = "/_/"
AUTHENTICATION_BACKENDS = [
    "auth_app.backend.SuperuserBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# sent to the API too, which takes it from browsers that ask for pages and from nobody else
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/"
#: a proxy that speaks TLS is in front, and sets X-Forwarded-Proto on every request itself
HOLDALL_BEHIND_TLS = env.flag("HOLDALL_BEHIND_TLS")
if HOLDALL_BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "holdall_session"
CSRF_COOKIE_NAME = "holdall_csrf"

#: what allauth asks providers goes through this; nothing of it is stored
SOCIALACCOUNT_ADAPTER = "auth_app.oauth2.session.Adapter"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

STORAGES = {
    "default": {"BACKEND": "storage_app.local.LocalStorage"},  # the records' files
    # the same while the settings' s3 group is enabled; bucket, region and keys come from there
    "s3": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
#: how mail goes out while SMTP is off in the app's settings
HOLDALL_MAILER = "core_app.mail.sendmail.EmailBackend"
# Django's own ``send_mail()`` goes the same way
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": "core_app.mail.backend.EmailBackend"}}
else:
    EMAIL_BACKEND = "core_app.mail.backend.EmailBackend"

URLIZE_ASSUME_HTTPS = True  # as Django will without being told
STATIC_URL = "/_/static/"
WHITENOISE_USE_FINDERS = True

#: the look of the dashboard; its title is the app's name in the settings
UNFOLD = {
    "SITE_SYMBOL": "inventory_2",
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": f"{STATIC_URL}dashboard/icon.svg"}
    ],
    "STYLES": [f"{STATIC_URL}dashboard/dashboard.css"],
    "SCRIPTS": [
        f"{STATIC_URL}dashboard/{name}.js" for name in ("entry", "alpine_csp", "unsaved", "copy")
    ],
}

# A request body is bounded by core_app.body_limits, before it is parsed.
DATA_UPLOAD_MAX_MEMORY_SIZE = None
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_PERMISSIONS = 0o600

#: the frame of the OpenAPI document; its paths and components are made of the collections
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.0",
    "VERSION": None,  # the release
    "SERVERS": [{"url": "/"}],
    "POSTPROCESSING_HOOKS": [],
}

REST_FRAMEWORK: dict[str, Any] = {
    "EXCEPTION_HANDLER": "core_app.exception_handler.drf_handler",
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
}

USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {"()": "core_app.json_log.JsonFormatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": env.choice("HOLDALL_LOG_FORMAT", "text", "json"),
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # its default handler would say all twice
        # what a client was refused is in the request log, not on the console
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
        "holdall": {"level": "INFO"},
    },
}
