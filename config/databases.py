"""The databases: records in ``default``, request logs and counters in ``auxiliary``.

SQLite files in the data folder, or one PostgreSQL database. A second file, or a second schema with
connections of its own, for what is written all the time keeps it from ever standing in the way of
the data.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

#: run on every new connection, in this order
READING_PRAGMAS = ("temp_store = MEMORY", "cache_size = -32000", "mmap_size = 268435456")
PRAGMAS = (
    "busy_timeout = 10000",
    "journal_mode = WAL",
    "journal_size_limit = 200000000",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    *READING_PRAGMAS,
)

#: the schema of PostgreSQL that holds what is in ``auxiliary.db`` otherwise
AUXILIARY_SCHEMA = "auxiliary"
#: what every connection to PostgreSQL begins with: plans of small statements are not compiled, and
#: text that was made for SQLite reads the same
_SERVER_OPTIONS = {"jit": "off", "standard_conforming_strings": "on"}
#: what is without an address
_OTHERWISE = {"DATABASE_URL": "SQLite files", "DATABASE_REPLICA_URL": "no replica"}
#: seconds that reaching the server may take
_CONNECT_TIMEOUT = 5


def databases(
    folder: Path, url: str = "", replica_url: str = "", *, follows: bool = False
) -> dict[str, dict[str, Any]]:
    """Return Django's ``DATABASES`` for a data folder, or for the PostgreSQL of ``url``.

    ``replica`` is there where ``replica_url`` leads to a standby of PostgreSQL. ``follows``: the
    records are states of a replica of SQLite, which are only read.

    An address that cannot be read ends the program with a message.
    """
    if url:
        replica = (
            {"replica": postgresql(replica_url, variable="DATABASE_REPLICA_URL")}
            if replica_url
            else {}
        )
        return {
            "default": postgresql(url),
            "auxiliary": postgresql(url, schema=AUXILIARY_SCHEMA),
            **replica,
        }
    return {
        "default": (state_of_replica if follows else sqlite)(folder / "data.db"),
        "auxiliary": sqlite(folder / "auxiliary.db"),
    }


def sqlite(path: Path) -> dict[str, Any]:
    """Return one SQLite database; connections are set up once and live as long as their thread."""
    return {
        "ENGINE": "core_app.sqlite_backend",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "; ".join(f"PRAGMA {pragma}" for pragma in PRAGMAS),
        },
        "TEST": {"NAME": str(path.with_name(f"test_{path.name}"))},
    }


def state_of_replica(path: Path) -> dict[str, Any]:
    """Return a SQLite file that nobody writes to: another one takes its place (``os.replace``).

    SQLite neither locks it nor looks for a log beside it, and refuses every write.
    """
    opened = sqlite(path)
    opened["OPTIONS"] = {
        "database": f"{path.as_uri()}?mode=ro&immutable=1",
        "init_command": "; ".join(f"PRAGMA {pragma}" for pragma in READING_PRAGMAS),
    }
    return opened


def postgresql(url: str, schema: str = "", *, variable: str = "DATABASE_URL") -> dict[str, Any]:
    """Return one PostgreSQL database, or a schema of it; connections live as long as their thread.

    ``url`` is what psql takes: ``postgres://user:password@host:port/name?sslmode=require``. One
    that cannot be read ends the program with a message that names ``variable``.
    """
    given = _parts(url, variable)
    server = dict(_SERVER_OPTIONS)
    if schema:
        server["search_path"] = schema
    options = " ".join(f"-c {name}={value}" for name, value in server.items())
    rest = {key: value for key, value in given.items() if key not in _OWN_SETTINGS}
    rest["options"] = f"{rest.get('options', '')} {options}".strip()
    rest.setdefault("connect_timeout", _CONNECT_TIMEOUT)
    rest.setdefault("application_name", "holdall")
    return {
        "ENGINE": "core_app.postgresql_backend",
        **{ours: given.get(theirs, "") for theirs, ours in _OWN_SETTINGS.items()},
        "CONN_MAX_AGE": None,
        "OPTIONS": rest,
    }


#: keys of a connection string -> Django's
_OWN_SETTINGS = {
    "dbname": "NAME",
    "user": "USER",
    "password": "PASSWORD",
    "host": "HOST",
    "port": "PORT",
}


def _parts(url: str, variable: str) -> dict[str, Any]:
    scheme = url.partition("://")[0]
    if scheme not in ("postgres", "postgresql"):
        raise SystemExit(
            f"{variable} must begin with postgres:// (without it: {_OTHERWISE[variable]})"
        )
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        raise SystemExit(f"{variable} cannot be read: {error}") from error
    if not parts.get("dbname"):
        raise SystemExit(f"{variable} must name a database: postgres://user@host/NAME")
    return parts
