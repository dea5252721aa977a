import pytest
from django.core import mail

from core_app.mail.hooks import before_mail_send

PATH = "/api/settings/test/email"
BLANK = {"code": "validation_required", "message": "Cannot be blank."}


def refusal(data, message="Failed to send the test email."):
    return {"data": data, "message": message, "status": 400}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("verification", "Verify your Acme email"),
        ("password-reset", "Reset your Acme password"),
        ("email-change", "Confirm your Acme new email address"),
        ("otp", "OTP for Acme"),
        ("login-alert", "Login from a new location"),
    ],
)
def test_sent(root_api, template, expected):
    body = {"email": "a@b.test", "template": template, "collection": "users"}
    response = root_api.post(PATH, body)
    assert (response.status_code, response.content) == (204, b"")
    [sent] = mail.outbox
    assert (sent.subject, sent.to) == (expected, ["a@b.test"])


def test_own_collection_is_the_superusers(root_api):
    root_api.post(PATH, {"email": "a@b.test", "template": "otp"})
    assert "123456" in mail.outbox[0].alternatives[0].content


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"email": BLANK, "template": BLANK}),
        (
            {"email": "x", "template": "y"},
            {
                "email": {
                    "code": "validation_is_email",
                    "message": "Must be a valid email address.",
                },
                "template": {
                    "code": "validation_in_invalid",
                    "message": "Must be a valid value.",
                },
            },
        ),
        (
            {"email": "a@b.test", "template": "otp", "collection": "nope"},
            {
                "collection": {
                    "code": "validation_invalid_auth_collection",
                    "message": "Must be a valid auth collection id or name.",
                }
            },
        ),
    ],
)
def test_refused(root_api, body, errors):
    assert root_api.post(PATH, body).json() == refusal(errors)
    assert mail.outbox == []


def test_what_stopped_it_is_told(root_api):
    def stop(event, **kwargs):
        raise ValueError("no mail today")

    before_mail_send.connect(stop)
    try:
        response = root_api.post(PATH, {"email": "a@b.test", "template": "otp"})
    finally:
        before_mail_send.disconnect(stop)
    assert response.json() == refusal(
        {}, "Failed to send the test email. Raw error: \nno mail today."
    )


def test_only_superusers(api, make_user):
    assert api.post(PATH, {}).status_code == 401
    assert api.as_(make_user()).post(PATH, {}).status_code == 403
