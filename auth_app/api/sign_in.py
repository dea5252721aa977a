"""Signing in: which ways there are, each of them, and staying signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from auth_app import find, forms, methods
from auth_app.api.endpoint import NOT_AUTH, answer, auth_endpoint, form_of, info_of
from auth_app.authentication import token_of
from auth_app.flows import oauth2, otp, password, refresh
from auth_app.forms import NothingSent
from auth_app.guards import require_same_collection, require_superuser
from collections_app.schema import lookup
from collections_app.schema.definition import CollectionDef
from core_app import bodies, ids, query_string
from core_app.errors import BadRequest, FieldError, NotFound
from core_app.routes import endpoint


@auth_endpoint("listAuthMethods", method="GET")
def auth_methods(request: HttpRequest, collection: CollectionDef) -> HttpResponse:
    """List the ways to sign in."""
    return answer(request, methods.of(collection))


@auth_endpoint("authWithPassword", "auth")
def auth_with_password(request: HttpRequest, collection: CollectionDef) -> HttpResponse:
    """Sign in with an identity and a password."""
    password.require_enabled(collection)
    form, info = form_of(request, "identity", "password", "identityField")
    body = password.sign_in(
        collection,
        info,
        identity=form["identity"],
        password=form["password"],
        identity_field=form["identityField"],
        mfa_id=_mfa_id(request),
    )
    return answer(request, body)


@auth_endpoint("authWithOAuth2", "auth")
def auth_with_oauth2(request: HttpRequest, collection: CollectionDef) -> HttpResponse:
    """Sign in with the code of an OAuth2 provider."""
    oauth2.require_enabled(collection)
    form, info = form_of(
        request,
        *("provider", "code", "codeVerifier", "redirectURL", "createData"),
        types={"createData": dict},
    )
    body = oauth2.sign_in(
        collection,
        info,
        provider=form["provider"],
        code=form["code"],
        verifier=form["codeVerifier"],
        redirect_url=form["redirectURL"],
        create_data=form["createData"],
        mfa_id=_mfa_id(request),
    )
    return answer(request, body)


@auth_endpoint("requestOTP")
def request_otp(request: HttpRequest, collection: CollectionDef) -> HttpResponse:
    """Mail a one-time password."""
    otp.require_enabled(collection)
    form, info = form_of(request, "email")
    try:
        return answer(request, {"otpId": otp.request(collection, form["email"], info)})
    except NothingSent as error:
        response = answer(request, {"otpId": ids.record_id()})
        response.error = error  # type: ignore[attr-defined]
        return response


@auth_endpoint("authWithOTP", "auth")
def auth_with_otp(request: HttpRequest, collection: CollectionDef) -> HttpResponse:
    """Sign in with a one-time password."""
    otp.require_enabled(collection)
    form, info = form_of(request, "otpId", "password")
    body = otp.sign_in(
        collection,
        info,
        otp_id=form["otpId"],
        password=form["password"],
        mfa_id=_mfa_id(request),
    )
    return answer(request, body)


@auth_endpoint("authRefresh", guard=require_same_collection)
def auth_refresh(request: HttpRequest, collection: CollectionDef) -> HttpResponse:
    """Give who is signed in a new token."""
    signed_in = require_same_collection(request, collection)
    token = token_of(request.META["HTTP_AUTHORIZATION"])
    return answer(request, refresh.refresh(signed_in, token, info_of(request)))


@endpoint("POST")
def impersonate(request: HttpRequest, collection: str, record_id: str) -> HttpResponse:
    """Give a superuser a token of somebody else."""
    require_superuser(request)
    found = lookup.find(collection)
    if found is None or not found.is_auth:
        raise NotFound(NOT_AUTH)
    record = find.by_id(found, record_id)
    if record is None:
        raise NotFound
    form, info = form_of(request, "duration", types={"duration": int})
    if form["duration"] < 0:
        code = "validation_min_greater_equal_than_required"
        error = FieldError(code, "Must be no less than 0.", {"threshold": 0})
        forms.refuse({"duration": error})
    return answer(request, refresh.impersonate(record, form["duration"], info))


def _mfa_id(request: HttpRequest) -> str | None:
    """Return the session of the first factor, ``None`` if unreadable; the query comes first."""
    given = query_string.value(request, "mfaId")
    if given:
        return given
    try:
        return str(bodies.read_form(request, ("mfaId",))["mfaId"])
    except BadRequest:
        return None
