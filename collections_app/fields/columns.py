"""Django fields for record columns: Python form in the ORM, PocketBase's column types below.

Each has a constant default in the database, so that a column can be added to a table with rows.
What Django would convert (lists, points, passwords) is converted here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import RawSQL

from collections_app.fields.json_text import VerbatimJson, encode
from collections_app.fields.point import EMPTY_POINT, point_text, read_point
from core_app import dates, ids, numbers

if TYPE_CHECKING:  # these are generic in the stubs only
    _TextField = models.TextField[Any, Any]
    _FloatField = models.FloatField[Any, Any]
    _BooleanField = models.BooleanField[Any, Any]
    _JSONField = models.JSONField[Any, Any]
else:
    _TextField = models.TextField
    _FloatField = models.FloatField
    _BooleanField = models.BooleanField
    _JSONField = models.JSONField

_RANDOM_ID = {
    "sqlite": "('r'||lower(hex(randomblob(7))))",
    "postgresql": "('r'||substr(md5(random()::text),1,14))",
}


class TextColumn(_TextField):
    """``TEXT DEFAULT '' NOT NULL``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", "")
        kwargs.setdefault("db_default", "")
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "TEXT" if connection.vendor == "sqlite" else "text"

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return "" if value is None else value


class IdColumn(TextColumn):
    """``TEXT PRIMARY KEY`` with a random default for rows that raw SQL inserts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["primary_key"] = True
        kwargs["db_default"] = RawSQL(_RANDOM_ID["sqlite"], ())  # noqa: S611 a constant
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["db_default"], kwargs["primary_key"]
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Return the id, a new one for rows that ``bulk_create`` adds without."""
        value = super().pre_save(model_instance, add)
        if add and not value:
            value = ids.record_id()
            setattr(model_instance, self.attname, value)
        return value


class DateColumn(TextColumn):
    """A moment in wire form; filters may name it by ``datetime`` too."""

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return dates.to_wire(value)
        if isinstance(value, date):
            return f"{value.isoformat()} 00:00:00.000Z"
        return super().get_prep_value(value)


class PasswordColumn(TextColumn):
    """A bcrypt hash; ``wrap`` makes the object that records hold."""

    def __init__(self, *args: Any, wrap: Callable[[str], Any], **kwargs: Any) -> None:
        self.wrap = wrap
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"wrap": self.wrap}

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return self.wrap(value or "")

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(getattr(value, "hash", value))


def _plain(value: float | Decimal) -> int | float:
    """Return a number as records hold it; what views compute on PostgreSQL is a ``Decimal``."""
    if isinstance(value, Decimal) and value.as_tuple().exponent == 0:
        return int(value)
    return numbers.canonical(float(value))


class NumberColumn(_FloatField):
    """``NUMERIC DEFAULT 0 NOT NULL``: 5 comes back as 5, 1.5 as 1.5."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", 0)
        kwargs.setdefault("db_default", 0)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "NUMERIC" if connection.vendor == "sqlite" else "double precision"

    def get_prep_value(self, value: Any) -> Any:
        return value if type(value) is int else super().get_prep_value(value)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        # several at once go as one array, and an array has one type
        return float(value) if type(value) is int and connection.vendor != "sqlite" else value

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return _plain(value) if isinstance(value, float | Decimal) else value


class BoolColumn(_BooleanField):
    """``BOOLEAN DEFAULT FALSE NOT NULL``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", False)
        kwargs.setdefault("db_default", False)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "BOOLEAN" if connection.vendor == "sqlite" else "boolean"


class JsonColumn(_JSONField):
    """``JSON DEFAULT NULL``: any JSON value; on SQLite a number may come back as a number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("default", None)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "JSON" if connection.vendor == "sqlite" else "jsonb"

    def db_check(self, connection: BaseDatabaseWrapper) -> None:
        """Nothing is checked by the database: tables are laid out as PocketBase's."""

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(value, str):
            try:
                return orjson.loads(value)
            except orjson.JSONDecodeError:
                return value  # an extracted text, or what a view holds in place of JSON
        return _plain(value) if isinstance(value, Decimal) else value

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        if isinstance(value, VerbatimJson):
            value = value.value
        return super().get_db_prep_value(value, connection, prepared)

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        return value if value is None or hasattr(value, "as_sql") else encode(value)


class ListColumn(JsonColumn):
    """``JSON DEFAULT '[]' NOT NULL``: a list of texts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null", False)
        kwargs.setdefault("default", list)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        return [] if value is None else super().from_db_value(value, expression, connection)

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(value, Sequence) and not isinstance(value, str):
            return encode(list(value))
        return super().get_db_prep_save([] if value is None else value, connection)


class PointColumn(JsonColumn):
    """``JSON DEFAULT '{"lon":0,"lat":0}' NOT NULL``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null", False)
        kwargs.setdefault("default", EMPTY_POINT.copy)
        super().__init__(*args, **kwargs)

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        return value if hasattr(value, "as_sql") else point_text(read_point(value))
