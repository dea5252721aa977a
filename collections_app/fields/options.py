"""A field's JSON -> its options, and the checks that options of several types share.

Knows the JSON type of each option from its annotation; what an option means, its own type knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from collections_app.fields import patterns
from collections_app.fields.character_classes import PatternError
from core_app import numbers
from core_app.errors import FieldError, required


class WrongShape(Exception):
    """A field's JSON has an option of the wrong JSON type; the whole request is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldOptions:
    """What every field has. Subclasses add the options of their type, named as in the JSON."""

    id: str = ""
    name: str = ""
    system: bool = False
    hidden: bool = False
    presentable: bool = False
    help: str = ""
    required: bool = False


Options = TypeVar("Options", bound=FieldOptions)

RESERVED_NAMES = frozenset(
    {"null", "true", "false", "_rowid_", "collectionId", "collectionName", "expand"}
)
_NAME = re.compile(r"[0-9A-Za-z_]+")
_LARGEST_INTEGER = 2**63


def read(options_class: type[Options], data: Mapping[str, Any]) -> Options:
    """Return the options that ``data`` holds: absent ones as default, ``null`` as zero.

    Raise ``WrongShape`` for an option of the wrong JSON type. Unknown keys are ignored.
    """
    values = {}
    for item in fields(options_class):
        if item.name in data:
            raw = data[item.name]
            kind = str(item.type)
            values[item.name] = _ZERO[kind] if raw is None else _READERS[kind](item.name, raw)
    return options_class(**values)


def common_errors(options: FieldOptions) -> dict[str, Any]:
    """Return what is wrong with the options that every type has."""
    errors: dict[str, Any] = {}
    if error := _length_error(options.id, 100):
        errors["id"] = error
    if error := name_error(options.name):
        errors["name"] = error
    if options.help and (error := _length_error(options.help, 300)):
        errors["help"] = error
    return errors


def name_error(name: str) -> FieldError | None:
    """Return what is wrong with the name of a field."""
    if error := _length_error(name, 100):
        return error
    if not _NAME.fullmatch(name):
        return FieldError("validation_match_invalid", "Must be in a valid format.")
    if name in RESERVED_NAMES:
        return FieldError("validation_not_in_invalid", "Must not be in list.")
    if "_via_" in name.lower():
        return FieldError("validation_found_via", 'The value cannot contain "_via_".')
    return None


def range_error(value: int, low: int, high: int | None = numbers.SAFE) -> FieldError | None:
    """Return the error of an integer option outside its range. 0 counts as not given."""
    if value == 0:
        return None
    if value < low:
        return at_least(low)
    if high is not None and value > high:
        return at_most(high)
    return None


def at_least(low: int) -> FieldError:
    """Return the error of what must not be below ``low``."""
    return FieldError(
        "validation_min_greater_equal_than_required",
        f"Must be no less than {low}.",
        {"threshold": low},
    )


def at_most(high: int) -> FieldError:
    """Return the error of what must not be above ``high``."""
    return FieldError(
        "validation_max_less_equal_than_required",
        f"Must be no greater than {high}.",
        {"threshold": high},
    )


def pattern_error(pattern: str) -> FieldError | None:
    """Return why ``pattern`` is no regular expression; an empty one is fine."""
    try:
        patterns.compile(pattern)
    except PatternError as error:
        return FieldError("validation_invalid_regex", str(error))
    return None


def domain_list_errors(
    only: Sequence[str], excepted: Sequence[str], is_domain: Callable[[str], bool]
) -> dict[str, Any]:
    """Return what is wrong with ``onlyDomains`` and ``exceptDomains``; one must stay empty."""
    if only and excepted:
        blank = FieldError("validation_empty", "Must be blank.")
        return {"onlyDomains": blank, "exceptDomains": blank}
    errors: dict[str, Any] = {}
    for key, domains in (("onlyDomains", only), ("exceptDomains", excepted)):
        bad = {
            str(at): FieldError("validation_is_domain", "Must be a valid domain.")
            for at, domain in enumerate(domains)
            if domain and not is_domain(domain)
        }
        if bad:
            errors[key] = bad
    return errors


def _length_error(text: str, high: int) -> FieldError | None:
    if not text:
        return required()
    if len(text.encode()) > high:
        return FieldError(
            "validation_length_out_of_range",
            f"The length must be between 1 and {high}.",
            {"min": 1, "max": high},
        )
    return None


def _read_bool(name: str, raw: Any) -> bool:
    if type(raw) is not bool:
        raise WrongShape(f"{name} is not a bool")
    return raw


def _read_int(name: str, raw: Any) -> int:
    if type(raw) is not int or not -_LARGEST_INTEGER <= raw < _LARGEST_INTEGER:
        raise WrongShape(f"{name} is not an integer")
    return raw


def _read_float(name: str, raw: Any) -> int | float:
    if type(raw) is not int and type(raw) is not float:
        raise WrongShape(f"{name} is not a number")
    return numbers.canonical(float(raw))


def _read_str(name: str, raw: Any) -> str:
    if not isinstance(raw, str):
        raise WrongShape(f"{name} is not a string")
    return raw


def _read_strings(name: str, raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, (list, tuple)):
        raise WrongShape(f"{name} is not a list")
    return tuple("" if item is None else _read_str(name, item) for item in raw)


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "bool": _read_bool,
    "int": _read_int,
    "float | None": _read_float,
    "str": _read_str,
    "tuple[str, ...]": _read_strings,
}
_ZERO: dict[str, Any] = {
    "bool": False,
    "int": 0,
    "float | None": None,
    "str": "",
    "tuple[str, ...]": (),
}
