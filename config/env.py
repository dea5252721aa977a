"""What the environment says: the data folder, its secret key, and plain values by name."""

from __future__ import annotations

import fcntl
import math
import os
import secrets
from difflib import get_close_matches
from pathlib import Path

from core_app.origin_form import FORM, can_match

_ABOVE = Path(__file__).resolve().parent.parent
#: the project's folder: the checkout, or the current folder where we are an installed package
BASE_DIR = _ABOVE if (_ABOVE / "manage.py").is_file() else Path.cwd()

#: the file of the data folder that says where the data is
DATABASE_FILE = "database_url"
#: as ``DATABASE_URL``: SQLite, whatever that file says
SQLITE = "sqlite"

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})

_PREFIX = "HOLDALL_"
#: the variables of ours that somebody has asked for, and those that are read before settings are
_known = {"HOLDALL_SERVED", "HOLDALL_TEST_DATABASE", "HOLDALL_TEST_POSTGRES", "HOLDALL_ARTIFACTS"}


def text(name: str, default: str = "") -> str:
    """Return an environment variable, ``default`` where it is absent or empty."""
    _known.add(name)
    return os.environ.get(name) or default


def misspelt() -> dict[str, str]:
    """Return the variables that begin as ours do and mean nothing, each with the likeliest name.

    The name is ``""`` where none is near.
    """
    wrong = [name for name in os.environ if name.startswith(_PREFIX) and name not in _known]
    return {name: _likeliest(name) for name in sorted(wrong)}


def _likeliest(name: str) -> str:
    rest = name.removeprefix(_PREFIX)  # those without our prefix
    near = [rest] if rest in _known else get_close_matches(name, sorted(_known), n=1, cutoff=0.8)
    return near[0] if near else ""


def flag(name: str, default: bool = False) -> bool:
    """Return an environment variable as a yes or no. Any other word ends the program."""
    given = text(name)
    value = given.strip().lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise SystemExit(f"{name} is {given!r}; it must be true or false")
    return value in TRUE


def choice(name: str, *allowed: str) -> str:
    """Return an environment variable that is one of ``allowed``, the first where it is absent.

    Any other value ends the program with a message.
    """
    value = text(name, allowed[0])
    if value not in allowed:
        raise SystemExit(f"{name} is {value!r}; it must be one of: {', '.join(allowed)}")
    return value


def number(name: str, default: float, least: float = 0, *, whole: bool = False) -> float:
    """Return an environment variable that is a number, ``default`` where it is absent.

    Any other value, and a number below ``least``, ends the program with a message.
    """
    value = text(name, str(default))
    try:
        found: float = int(value) if whole else float(value)
    except ValueError:
        found = math.nan
    if not least <= found < math.inf:
        kind = "a whole number" if whole else "a number"
        raise SystemExit(f"{name} is {value!r}; it must be {kind} of at least {least}")
    return found


def redis_url(name: str) -> str:
    """Return the address of a Redis, ``""`` for none. Any other text ends the program."""
    value = text(name)
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise SystemExit(f"{name} must begin with redis://, rediss:// or unix://")
    return value


def origins(name: str) -> list[str]:
    """Return web origins, ``*`` where none are given. What no browser sends ends the program."""
    found = words(name, "*")
    for origin in found:
        if not can_match(origin):
            raise SystemExit(f"{name} has {origin!r}; {FORM}")
    return found


def encryption_key(name: str) -> str:
    """Return the AES key that an environment variable holds, ``""`` for none.

    A key of another length than AES takes ends the program with a message.
    """
    key = text(name)
    if key and len(key.encode()) not in (16, 24, 32):
        raise SystemExit(f"{name} must have 32 characters (or 16, or 24), not {len(key.encode())}")
    return key


def words(name: str, default: str = "") -> list[str]:
    """Return the comma-separated items of an environment variable."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def data_dir() -> Path:
    """Return the data folder (``HOLDALL_DATA_DIR``, else ``data`` here), its owner's alone.

    One that cannot be made ends the program with a message.
    """
    path = Path(text("HOLDALL_DATA_DIR", str(BASE_DIR / "data"))).expanduser().resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SystemExit(
            f"the data folder {path} cannot be made: {error.strerror}; "
            "HOLDALL_DATA_DIR names another"
        ) from error
    return path


def database_url(folder: Path) -> str:
    """Return where the data is, ``""`` for SQLite: ``DATABASE_URL``, else what a move has written.

    ``manage.py move_database --switch`` writes ``database_url`` in the data folder.
    """
    given = text("DATABASE_URL")
    path = folder / DATABASE_FILE
    if given or not path.exists():
        return "" if given == SQLITE else given
    return path.read_text().strip()


def secret_key(folder: Path) -> str:
    """Return the installation's secret, made on first use and readable by its owner alone.

    ``HOLDALL_SECRET_KEY`` wins over the file. A folder of somebody else ends the program with a
    message.
    """
    given = text("HOLDALL_SECRET_KEY")
    if given:
        return given
    path = folder / "secret_key"
    try:
        return _kept(path)
    except OSError as error:
        raise SystemExit(
            f"{path} cannot be used: {error.strerror}; run this as the user whom the data folder "
            "belongs to, or name another folder in HOLDALL_DATA_DIR"
        ) from error


def _kept(path: Path) -> str:
    """Return what the file holds, once one of those who start together has written it."""
    try:
        if key := path.read_text().strip():
            return key
    except FileNotFoundError:
        pass
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        key = file.read().strip()
        if not key:
            key = secrets.token_urlsafe(48)
            file.write(key)
    return key
