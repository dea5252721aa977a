"""What a fresh server offers its first superuser: a sample app."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from core_app.errors import ApiError
from dashboard_app.refusals import undone
from dashboard_app.sample import install
from dashboard_app.tools import page


def install_sample(request: HttpRequest) -> HttpResponse:
    """Install the sample app; all of it or nothing."""
    try:
        install.install(page.info(request))
        messages.success(request, "The sample app is here: places, events, reviews and more.")
    except ApiError as refusal:
        messages.error(request, undone(refusal))
    return HttpResponseRedirect(reverse("admin:index"))
