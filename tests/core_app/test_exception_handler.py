import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, connection
from django.http import Http404
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated

from core_app import dialects, exception_handler
from core_app.errors import (
    BadRequest,
    FieldError,
    FieldErrors,
    Forbidden,
    NotFound,
    TooManyRequests,
)


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (NotFound(), 404, "The requested resource wasn't found."),
        (TooManyRequests(), 429, "Too Many Requests."),
        (Forbidden("no way"), 403, "No way."),
        (Http404("x"), 404, "The requested resource wasn't found."),
        (ObjectDoesNotExist("x"), 404, "The requested resource wasn't found."),
        (FileNotFoundError("x"), 404, "The requested resource wasn't found."),
        (PermissionDenied("x"), 403, "You are not allowed to perform this request."),
        (SuspiciousOperation("x"), 400, "Something went wrong while processing your request."),
        (NotAuthenticated(), 401, "Missing or invalid authentication."),
        (MethodNotAllowed("PUT"), 400, "Something went wrong while processing your request."),
        (KeyError("x"), 500, "Something went wrong while processing your request."),
    ],
)
def test_answer(error, status, message):
    response = exception_handler.to_response(error)
    body = {"data": {}, "message": message, "status": status}
    assert (response.status_code, response.content) == (
        status,
        exception_handler.encode(body),
    )
    assert response.error is error


def test_data():
    error = BadRequest(
        "failed", {"b": FieldError("code", "is wrong", {"min": 1, "max": 2}), "a": {"0": object()}}
    )
    assert exception_handler.to_api_error(error).body() == {
        "data": {
            "a": {"0": {"code": "validation_invalid_value", "message": "Invalid value."}},
            "b": {"code": "code", "message": "Is wrong.", "params": {"max": 2, "min": 1}},
        },
        "message": "Failed.",
        "status": 400,
    }


def test_errors_of_fields():
    response = exception_handler.to_response(FieldErrors({"a": FieldError("c", "m")}))
    assert response.status_code == 400


def test_bugs():
    assert exception_handler.is_bug(KeyError("x"))
    assert not exception_handler.is_bug(NotFound())
    assert not exception_handler.is_bug(Http404())


def test_a_statement_that_cannot_run_does_not_mean_that_the_database_is_away(db):
    with pytest.raises(DatabaseError) as refused, connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert not dialects.is_away(refused.value)
