"""``POST /api/settings/test/email``: does mail go out, and what does a template look like?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from auth_app import forms, mails
from auth_app.guards import require_superuser
from collections_app.schema import lookup
from core_app import bodies
from core_app.errors import ApiError, BadRequest, FieldError, required
from core_app.responses import no_content
from core_app.routes import endpoint

MESSAGE = "Failed to send the test email."


@endpoint("POST")
def send(request: HttpRequest) -> HttpResponse:
    """Send one of an auth collection's mails, with made-up values, to any address."""
    require_superuser(request)
    form = bodies.read_form(
        request, ("email", "template", "collection"), unsupported=bodies.LOAD_MESSAGE
    )
    collection = lookup.find(form["collection"] or "_superusers")
    found = {
        "email": forms.email(form["email"]),
        "template": forms.one_of(form["template"], mails.TEST_TEMPLATES)
        if form["template"]
        else required(),
    }
    errors = {name: error for name, error in found.items() if error is not None}
    if collection is None or not collection.is_auth:
        errors["collection"] = FieldError(
            "validation_invalid_auth_collection", "Must be a valid auth collection id or name."
        )
    if errors or collection is None:
        raise BadRequest(MESSAGE, data=errors)
    try:
        mails.send_test(collection, form["template"], form["email"])
    except ApiError as error:
        raise BadRequest(f"{MESSAGE} Raw error: \n{error.message}") from error
    except Exception as error:
        raise BadRequest(f"{MESSAGE} Raw error: \n{error}") from error
    return no_content()
