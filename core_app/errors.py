"""What a client may be told. Everything else that is raised is a bug and becomes a bare 400/500.

``exception_handler`` alone turns these into ``{"data": …, "message": …, "status": …}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

DEFAULT_MESSAGES = {
    400: "Something went wrong while processing your request.",
    401: "Missing or invalid authentication.",
    403: "You are not allowed to perform this request.",
    404: "The requested resource wasn't found.",
    413: "Request entity too large.",
    429: "Too Many Requests.",
    500: "Something went wrong while processing your request.",
    503: "Too many connections, please try again later.",
}


def sentenize(text: str) -> str:
    """Return ``text`` trimmed, with a capital first letter and a closing mark."""
    text = text.strip()
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".?!" else f"{text}."


class FieldError(Exception):
    """One value is wrong: a PocketBase code, a message and the values the message names."""

    def __init__(self, code: str, message: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.params = dict(sorted(params.items())) if params else {}

    def __repr__(self) -> str:
        return repr(self.message)

    def body(self) -> dict[str, Any]:
        """Return ``{"code", "message"[, "params"]}``."""
        out: dict[str, Any] = {"code": self.code, "message": sentenize(self.message)}
        if self.params:
            out["params"] = self.params
        return out


class ApiError(Exception):
    """A refusal a client may read.

    ``data`` maps names to ``FieldError`` or to further such maps (list positions are string keys).
    ``reason`` is for the log alone. Empty ``message`` means the default of the status.
    """

    status: ClassVar[int] = 400

    def __init__(
        self, message: str = "", data: Mapping[str, Any] | None = None, *, reason: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.data: dict[str, Any] = dict(data) if data else {}
        self.reason = reason

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the response."""
        return {
            "data": _plain(self.data),
            "message": sentenize(self.message) or DEFAULT_MESSAGES[self.status],
            "status": self.status,
        }


class BadRequest(ApiError):
    status = 400


class Unauthorized(ApiError):
    status = 401


class Forbidden(ApiError):
    status = 403


class NotFound(ApiError):
    status = 404


class PayloadTooLarge(ApiError):
    status = 413


class TooManyRequests(ApiError):
    status = 429


class InternalError(ApiError):
    status = 500


class ServiceUnavailable(ApiError):
    status = 503


class FieldErrors(Exception):
    """Several values are wrong at once: ``{name: FieldError | {…}}``.

    Raised by validation; the act that validated wraps it: ``BadRequest(message, data=e.errors)``.
    """

    def __init__(self, errors: Mapping[str, Any]) -> None:
        super().__init__(dict(errors))
        self.errors = dict(errors)

    def __repr__(self) -> str:
        return repr(self.errors)


def required() -> FieldError:
    """The error of a value that must be given."""
    return FieldError("validation_required", "Cannot be blank.")


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key in sorted(data):
        value = data[key]
        if isinstance(value, FieldError):
            out[key] = value.body()
        elif isinstance(value, Mapping):
            out[key] = _plain(value)
        elif isinstance(value, (str, int, float, bool, list)) or value is None:
            out[key] = value
        else:
            out[key] = {"code": "validation_invalid_value", "message": "Invalid value."}
    return out
