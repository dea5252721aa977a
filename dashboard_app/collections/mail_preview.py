"""What a mail will look like: a template as it is being edited, filled in for nobody."""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.template.loader import render_to_string

from auth_app import mails
from collections_app import records
from collections_app.schema import snapshot
from core_app.settings_store import store

#: made up, so that nobody takes them for real ones
SAMPLES = {
    "TOKEN": "SAMPLE.TOKEN",
    "OTP": "123456",
    "OTP_ID": "SAMPLE_OTP_ID",
    "ALERT_INFO": "2026-01-31 12:00:00.000Z - 192.0.2.1 A browser",
}


def answer(request: HttpRequest) -> JsonResponse:
    """Answer ``{"subject", "html"}`` for a subject and a body of a stored auth collection."""
    collection = snapshot.current().by_id.get(request.POST.get("id", ""))
    if collection is None or not collection.is_auth:
        raise Http404
    record = records.new(collection, email="somebody@example.com")
    app = store.current().meta
    values = {"APP_NAME": app.app_name, "APP_URL": app.app_url.rstrip("/"), **SAMPLES}
    subject = mails.fill(record, request.POST.get("subject", ""), values)
    body = mails.fill(record, request.POST.get("body", ""), values)
    page = render_to_string("auth_app/mail.html", {"body": body})
    return JsonResponse({"subject": " ".join(subject.split()), "html": page})
