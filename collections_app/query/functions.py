"""``geoDistance(…)`` and ``strftime(…)``: what they accept and what they stand for."""

from __future__ import annotations

from collections.abc import Callable

from collections_app.query import nodes
from collections_app.query.errors import FilterError, quoted
from collections_app.query.plan import Distance, Operand, TimeText, Value

MAX_TIME_ARGS = 10

ResolveOperand = Callable[[nodes.Operand], Operand]


def resolve(call: nodes.Call, operand: ResolveOperand) -> Operand:
    """Return what ``call`` stands for; ``operand`` resolves its arguments."""
    function = _FUNCTIONS.get(call.name)
    if function is None:
        raise FilterError(f"unknown function {quoted(call.name)}")
    return function(call.args, operand)


def _geo_distance(args: tuple[nodes.Operand, ...], operand: ResolveOperand) -> Distance:
    if len(args) != 4:
        raise FilterError(f"[geoDistance] expected 4 arguments, got {len(args)}")
    points: list[Operand] = []
    for index, arg in enumerate(args):
        if not isinstance(arg, (nodes.Name, nodes.Number)):
            raise FilterError(f"[geoDistance] argument {index} must be an identifier or number")
        try:
            points.append(operand(arg))
        except FilterError as error:
            raise FilterError(
                f"[geoDistance] failed to resolve argument {index}: {error.reason}"
            ) from error
    return Distance(*points)


def _strftime(args: tuple[nodes.Operand, ...], operand: ResolveOperand) -> TimeText:
    if not args:
        raise FilterError("[strftime] expected at least 1 arguments, got 0")
    if len(args) > MAX_TIME_ARGS:
        raise FilterError(
            f"[strftime] too many arguments (max allowed {MAX_TIME_ARGS}, got {len(args)})"
        )
    if not isinstance(args[0], nodes.Text):
        raise FilterError("[strftime] expects the first argument to be a format string")
    time = None
    if len(args) > 1:
        if isinstance(args[1], nodes.Call):
            raise FilterError(
                "[strftime] expects the second argument to be of a valid time-value type"
            )
        try:
            time = operand(args[1])
        except FilterError as error:
            raise FilterError(
                f"[strftime] failed to resolve time-value argument: {error.reason}"
            ) from error
    for index, arg in enumerate(args[2:]):
        if not isinstance(arg, nodes.Text):
            raise FilterError(f"[strftime] invalid modifier argument {index} - can be only string")
    texts = [operand(arg) for arg in (args[0], *args[2:])]
    values = [value for value in texts if isinstance(value, Value)]
    return TimeText(values[0], time, tuple(values[1:]))


_FUNCTIONS: dict[str, Callable[[tuple[nodes.Operand, ...], ResolveOperand], Operand]] = {
    "geoDistance": _geo_distance,
    "strftime": _strftime,
}


def names() -> list[str]:
    """Return the names of all functions."""
    return list(_FUNCTIONS)
