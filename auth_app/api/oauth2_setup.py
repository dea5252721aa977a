"""What superusers need to set up providers: which there are, and Apple's kind of secret."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from auth_app.api.endpoint import answer
from auth_app.guards import require_superuser
from auth_app.oauth2 import apple_secret
from auth_app.oauth2.providers import PROVIDERS
from core_app import bodies
from core_app.routes import endpoint


@endpoint("GET")
def list_providers(request: HttpRequest) -> HttpResponse:
    """List every provider with its name and logo."""
    require_superuser(request)
    shown = [
        {"name": item.id, "displayName": item.name, "logo": item.logo()}
        for item in PROVIDERS.values()
    ]
    return answer(request, shown)


@endpoint("POST")
def apple_client_secret(request: HttpRequest) -> HttpResponse:
    """Make the client secret that Apple wants."""
    require_superuser(request)
    names = ("clientId", "teamId", "keyId", "privateKey", "duration")
    form = bodies.read_form(request, names, {"duration": int}, unsupported=bodies.LOAD_MESSAGE)
    secret = apple_secret.generate(
        client_id=form["clientId"],
        team_id=form["teamId"],
        key_id=form["keyId"],
        private_key=form["privateKey"],
        duration_s=form["duration"],
    )
    return answer(request, {"secret": secret})
