from __future__ import annotations

import re

import pytest

from auth_app import hooks, mail_text, mails
from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind
from collections_app.schema_edit import service as schema_service
from core_app.settings_store import store
from tests.auth_app.forging import claims_of
from tests.makers import geo_point, number, select, text


@pytest.fixture
def app_settings(db):
    store.update({"meta": {"appName": "Shop & Co", "appURL": "https://shop.example.com/"}})


def link_token(message):
    return re.search(r"/_/#/auth/[\w-]+/([\w.-]+)", message.alternatives[0][0])[1]


@pytest.mark.parametrize(
    ("send", "kind", "path", "subject"),
    [
        (
            mails.send_verification,
            TokenKind.VERIFICATION,
            "confirm-verification",
            "Verify your Shop & Co email",
        ),
        (
            mails.send_password_reset,
            TokenKind.PASSWORD_RESET,
            "confirm-password-reset",
            "Reset your Shop & Co password",
        ),
    ],
)
def test_links(app_settings, make_user, mailoutbox, send, kind, path, subject):
    user = make_user()
    send(user)
    (message,) = mailoutbox
    token = link_token(message)
    assert (message.subject, message.to) == (subject, ["user@example.com"])
    assert f"https://shop.example.com/_/#/auth/{path}/{token}" in message.body
    assert sign.verify(token, kind).id == user.id
    assert claims_of(token)["email"] == "user@example.com"


def test_email_change_goes_to_the_new_address(app_settings, make_user, mailoutbox):
    user = make_user()
    mails.send_email_change(user, "new@example.com")
    (message,) = mailoutbox
    token = link_token(message)
    assert message.to == ["new@example.com"]
    assert message.subject == "Confirm your Shop & Co new email address"
    assert claims_of(token)["newEmail"] == "new@example.com"
    assert sign.verify(token, TokenKind.EMAIL_CHANGE).id == user.id


def test_otp(app_settings, make_user, mailoutbox):
    mails.send_otp(make_user(), "otp-id", "123456")
    (message,) = mailoutbox
    assert message.subject == "OTP for Shop & Co"
    assert "Your one-time password is: 123456\n" in message.body


def test_alert_is_escaped(app_settings, make_user, mailoutbox):
    mails.send_auth_alert(make_user(), "1.2.3.4 <script>alert(1)</script>")
    (message,) = mailoutbox
    page = message.alternatives[0][0]
    assert message.subject == "Login from a new location"
    assert "<em>1.2.3.4 &lt;script&gt;alert(1)&lt;/script&gt;</em>" in page
    assert "<script" not in page


def test_placeholders(app_settings, make_collection, make_user):
    members = make_collection(
        "members",
        text("name"),
        text("note", hidden=True),
        number("points"),
        select("tags", "a", "b", maxSelect=2),
        geo_point("place"),
        type="auth",
    )
    user = make_user(
        collection=members,
        name="<b>{TOKEN}",
        note="secret",
        points=1.5,
        tags=["a"],
        place={"lon": 1},
    )
    filled = mails.fill(
        user,
        "{APP_NAME}|{TOKEN}|{RECORD:name}|{RECORD:points}|{RECORD:verified}|{RECORD:tags}|"
        "{RECORD:place}|{RECORD:note}|{RECORD:password}|{RECORD:tokenKey}|{RECORD:nope}|{NOPE}|{ }",
        {"APP_NAME": "<i>", "TOKEN": "t"},
    )
    assert filled == (
        "<i>|t|&lt;b&gt;{TOKEN}|1.5|true||{&quot;lon&quot;:1,&quot;lat&quot;:0}|"
        "{RECORD:note}|{RECORD:password}|{RECORD:tokenKey}|{RECORD:nope}|{NOPE}|{ }"
    )


def test_a_line_break_in_a_record_cannot_add_headers(make_collection, make_user, mailoutbox):
    template = {"subject": "Hello {RECORD:name}", "body": "x"}
    members = make_collection("members", text("name"), type="auth", verificationTemplate=template)
    user = make_user(collection=members, name="x\r\nBcc: victim@example.com")
    mails.send_verification(user)
    (message,) = mailoutbox
    assert message.subject == "Hello x Bcc: victim@example.com"
    assert message.bcc == []


def test_hook_changes_the_message(make_user, mailoutbox):
    seen = {}

    def receiver(event, **_):
        seen.update(event.meta)
        event.message.subject = "changed"

    hooks.before_otp_mail.connect(receiver, sender="users")
    try:
        mails.send_otp(make_user(), "otp-id", "123456")
    finally:
        hooks.before_otp_mail.disconnect(receiver, sender="users")
    assert seen == {"otpId": "otp-id", "password": "123456"}
    assert mailoutbox[0].subject == "changed"


@pytest.mark.parametrize("template", mails.TEST_TEMPLATES)
def test_test_mail_stores_nothing(make_collection, mailoutbox, template):
    members = make_collection("members", type="auth")
    mails.send_test(members, template, "someone@example.com")
    assert [message.to for message in mailoutbox] == [["someone@example.com"]]
    from collections_app import records

    assert records.count("members") == 0
    assert records.count("_otps") == 0


def test_own_template(make_user, mailoutbox):
    user = make_user()
    template = {"subject": "Hi", "body": "<p>Come to {APP_URL}</p>"}
    schema_service.update(user.collection, {"verificationTemplate": template})
    from auth_app import find
    from collections_app.schema import lookup

    mails.send_verification(find.by_id(lookup.get("users"), user.id))
    assert mailoutbox[0].body == "Come to http://localhost:8090"


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<p>a</p><p>b</p>", "a\nb"),
        ("<p>\n  a<br/>\n  b\n</p>", "a\nb"),
        ("<p>x <strong>y</strong> z</p>", "x y z"),
        ("<p>x<b>y</b></p>", "xy"),
        ('<a href="https://a.b/?x=1&amp;y=2">go\n on</a>', "[go on](https://a.b/?x=1&y=2)"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<style>p { color: red }</style><script>x</script>a &lt; b", "a < b"),
        ("", ""),
        ("plain", "plain"),
        ("<a>no target</a>", "[no target]()"),
    ],
)
def test_text_of(html, plain):
    assert mail_text.text_of(html) == plain
