"""Checking and setting the passwords of records, in the same time whoever is asked for."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from collections_app.fields.password import Password
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app import ids, passwords

_RANDOM_LENGTH = 30


def is_right(record: RecordModel, plain: str) -> bool:
    """Whether ``plain`` is the password of ``record``."""
    held: Password = record["password"]
    return held.verify(plain)


def pretend_to_check(collection: CollectionDef, plain: str) -> None:
    """Take as long as a check for a record of ``collection`` does; nobody has this identity."""
    passwords.verify(plain, _somebodys(_cost(collection)))


def pretend_to_set(collection: CollectionDef, plain: str) -> None:
    """Take as long as setting a password in ``collection`` does."""
    passwords.make_hash(plain, _cost(collection))


def set_random(record: RecordModel) -> None:
    """Give ``record`` a password that nobody knows, unsaved; its field's rules do not matter."""
    record.put("password", random_of(record.collection))


def random_of(collection: CollectionDef) -> Password:
    """Return a password that nobody knows, hashed already."""
    plain = ids.random_string(_RANDOM_LENGTH)
    return Password(passwords.make_hash(plain, _cost(collection)))


def _cost(collection: CollectionDef) -> int:
    cost: int = getattr(collection.by_name["password"].options, "cost", 0)
    return cost or int(settings.HOLDALL_PASSWORD_COST)


@cache
def _somebodys(cost: int) -> str:
    """Return the hash of a password that nobody has."""
    return passwords.make_hash(ids.random_string(_RANDOM_LENGTH), cost)
