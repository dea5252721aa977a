"""Proving an address, a forgotten password, a new address: the mail, and following its link."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from auth_app.api.endpoint import auth_endpoint, form_of
from auth_app.flows import email_change, password_reset, verification
from auth_app.forms import NothingSent
from auth_app.guards import require_same_collection
from collections_app.schema.definition import CollectionDef
from core_app import bodies
from core_app.bodies import LOAD_MESSAGE
from core_app.errors import InternalError
from core_app.request_info import RequestInfo
from core_app.responses import no_content


@auth_endpoint("requestVerification")
def request_verification(request: HttpRequest, collection: CollectionDef) -> HttpResponse:
    """Mail the link that proves an address."""
    verification.refuse_superusers(collection)
    form, info = form_of(request, "email")
    return _asked(verification.request, collection, form["email"], info)


@auth_endpoint("confirmVerification")
def confirm_verification(request: HttpRequest, collection: CollectionDef) -> HttpResponse:
    """Follow that link."""
    verification.refuse_superusers(collection)
    form, info = form_of(request, "token")
    verification.confirm(collection, form["token"], info)
    return no_content()


@auth_endpoint("requestPasswordReset")
def request_password_reset(request: HttpRequest, collection: CollectionDef) -> HttpResponse:
    """Mail the link to a new password."""
    password_reset.require_enabled(collection)
    form, info = form_of(request, "email")
    return _asked(password_reset.request, collection, form["email"], info)


@auth_endpoint("confirmPasswordReset")
def confirm_password_reset(request: HttpRequest, collection: CollectionDef) -> HttpResponse:
    """Follow that link."""
    _refuse_null(request)
    form, info = form_of(request, "token", "password", "passwordConfirm", unsupported=LOAD_MESSAGE)
    password_reset.confirm(
        collection,
        info,
        token=form["token"],
        password=form["password"],
        repeated=form["passwordConfirm"],
    )
    return no_content()


@auth_endpoint("requestEmailChange", guard=require_same_collection)
def request_email_change(request: HttpRequest, collection: CollectionDef) -> HttpResponse:
    """Mail the link that proves a new address, to that address."""
    signed_in = require_same_collection(request, collection)
    email_change.refuse_superusers(collection)
    _refuse_null(request)
    form, info = form_of(request, "newEmail")
    email_change.request(signed_in, form["newEmail"], info)
    return no_content()


@auth_endpoint("confirmEmailChange")
def confirm_email_change(request: HttpRequest, collection: CollectionDef) -> HttpResponse:
    """Follow that link, with the account's password."""
    email_change.refuse_superusers(collection)
    form, info = form_of(request, "token", "password")
    email_change.confirm(collection, info, token=form["token"], password=form["password"])
    return no_content()


def _refuse_null(request: HttpRequest) -> None:
    """Raise ``InternalError`` for ``null``: what two of PocketBase's forms make of it."""
    if bodies.is_null(request):
        raise InternalError(reason="the body is null")


def _asked(
    act: Callable[[CollectionDef, str, RequestInfo], None],
    collection: CollectionDef,
    email: str,
    info: RequestInfo,
) -> HttpResponse:
    """Return the same answer whether or not a mail was sent; the log learns why not."""
    response = no_content()
    try:
        act(collection, email, info)
    except NothingSent as error:
        response.error = error  # type: ignore[attr-defined]
    return response
