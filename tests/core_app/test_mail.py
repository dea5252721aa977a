import email
import ssl
import subprocess

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from django.core import mail

from config.settings import base
from core_app.mail import transport
from core_app.mail.hooks import before_mail_send, mail_sent
from core_app.mail.message import Attachment, Message
from core_app.mail.transport import MailFailed
from core_app.settings_store import store
from tests.ports import free_port

pytestmark = pytest.mark.django_db


class Inbox:
    """An SMTP server's handler that keeps what it gets."""

    def __init__(self):
        self.messages = []
        self.logins = []
        self.refuse = ""

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.hostname = hostname
        return responses

    async def handle_DATA(self, server, session, envelope):
        if self.refuse:
            return self.refuse
        self.messages.append((envelope, session))
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, data):
        assert isinstance(data, LoginPassword)
        self.logins.append((mechanism, data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)


class Server(Controller):
    def __init__(self, inbox, **options):
        self.options = options
        super().__init__(inbox, hostname="127.0.0.1", port=free_port())

    def factory(self):
        return SMTP(
            self.handler,
            authenticator=self.handler.authenticate,
            auth_require_tls=False,
            **self.options,
        )


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def smtp(inbox):
    server = Server(inbox)
    server.start()
    yield server
    server.stop()


def use(server, **smtp):
    store.update({"smtp": {"enabled": True, "host": "127.0.0.1", "port": server.port, **smtp}})


def message(**options):
    return Message(**{"to": "a@b.test", "subject": "Hi", "html": "<p>Hé</p>", **options})


def received(inbox):
    [(envelope, _session)] = inbox.messages
    return envelope, email.message_from_bytes(envelope.content)


def test_message(smtp, inbox):
    use(smtp, localName="mail.test")
    store.update({"meta": {"senderName": "Shop, Ltd", "senderAddress": "shop@x.test"}})
    transport.send(
        message(
            text="Hé",
            cc=["c@b.test"],
            bcc=["d@b.test"],
            headers={"X-Kind": "test"},
            attachments=[
                Attachment(name="a.txt", content=b"text", content_type="text/plain"),
                Attachment(name="logo.png", content=b"png", content_type="image/png", inline=True),
            ],
        )
    )
    envelope, got = received(inbox)
    assert (envelope.mail_from, envelope.rcpt_tos) == (
        "shop@x.test",
        ["a@b.test", "c@b.test", "d@b.test"],
    )
    assert inbox.hostname == "mail.test"
    assert (got["From"], got["To"], got["Cc"], got["Bcc"], got["Subject"], got["X-Kind"]) == (
        '"Shop, Ltd" <shop@x.test>',
        "a@b.test",
        "c@b.test",
        None,
        "Hi",
        "test",
    )
    assert got["Message-ID"].endswith("@x.test>")
    parts = {part.get_content_type(): part for part in got.walk()}
    assert parts["text/html"].get_payload(decode=True).decode().rstrip() == "<p>Hé</p>"
    texts = [part for part in got.walk() if part.get_content_type() == "text/plain"]
    assert [part.get_payload(decode=True).decode().rstrip() for part in texts] == ["Hé", "text"]
    assert parts["image/png"]["Content-ID"] == "<logo.png>"


@pytest.mark.parametrize(("method", "mechanism"), [("", "PLAIN"), ("LOGIN", "LOGIN")])
def test_signs_in(smtp, inbox, method, mechanism):
    use(smtp, username="u", password="right", authMethod=method)
    transport.send(message())
    assert inbox.logins == [(mechanism, b"u", b"right")]
    assert len(inbox.messages) == 1


def test_refused_sign_in(smtp, inbox):
    use(smtp, username="u", password="wrong")
    with pytest.raises(MailFailed, match="535"):
        transport.send(message())
    assert inbox.messages == []


def test_refused_message(smtp, inbox):
    use(smtp)
    inbox.refuse = "554 no spam"
    with pytest.raises(MailFailed, match="no spam"):
        transport.send(message())


def test_nobody_listens():
    store.update({"smtp": {"enabled": True, "host": "127.0.0.1", "port": free_port()}})
    with pytest.raises(MailFailed, match="refused"):
        transport.send(message())


@pytest.fixture
def certificate(tmp_path):
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-keyout",
            key,
            "-out",
            cert,
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context, cert


def test_starttls_where_offered(inbox, certificate, monkeypatch):
    context, cert = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    server = Server(inbox, tls_context=context, require_starttls=True)
    server.start()
    try:
        use(server)
        transport.send(message())
    finally:
        server.stop()
    [(_envelope, session)] = inbox.messages
    assert session.ssl is not None


def test_untrusted_certificate(inbox, certificate):
    server = Server(inbox, tls_context=certificate[0])
    server.start()
    try:
        use(server)
        with pytest.raises(MailFailed, match="certificate verify failed"):
            transport.send(message())
    finally:
        server.stop()
    assert inbox.messages == []


def test_without_smtp_the_backend_of_the_settings(inbox):
    transport.send(message())
    [sent] = mail.outbox
    assert (sent.subject, sent.to, sent.from_email) == (
        "Hi",
        ["a@b.test"],
        "Support <support@example.com>",
    )


def test_django_sends_by_the_same_server(smtp, inbox, settings):
    # pytest has put a mailbox in its place
    for name in ("MAILERS", "EMAIL_BACKEND"):
        if hasattr(base, name):
            setattr(settings, name, getattr(base, name))
    use(smtp, localName="mail.test")
    assert mail.send_mail("Hi", "Hello", "shop@x.test", ["a@b.test"]) == 1
    envelope, got = received(inbox)
    assert (envelope.mail_from, envelope.rcpt_tos, got["Subject"]) == (
        *("shop@x.test", ["a@b.test"]),
        "Hi",
    )


def test_no_sendmail(settings, monkeypatch):
    settings.HOLDALL_MAILER = "core_app.mail.sendmail.EmailBackend"
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(MailFailed, match="failed to locate a sendmail executable path"):
        transport.send(message())


def test_sendmail(settings, monkeypatch, tmp_path):
    program = tmp_path / "sendmail"
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/args\ncat > {tmp_path}/message\n')
    program.chmod(0o755)
    settings.HOLDALL_MAILER = "core_app.mail.sendmail.EmailBackend"
    monkeypatch.setattr("shutil.which", lambda name: str(program))
    transport.send(message())
    assert (tmp_path / "args").read_text().split() == [
        *("-i", "-f", "support@example.com", "--", "a@b.test"),
    ]
    assert b"Subject: Hi" in (tmp_path / "message").read_bytes()


def test_hooks_change_and_stop(inbox):
    sent = []

    def change(event, **kwargs):
        event.message.subject = "Changed"

    def stop(event, **kwargs):
        raise ValueError("not today")

    def note(event, **kwargs):
        sent.append(event.message.subject)

    before_mail_send.connect(change)
    mail_sent.connect(note)
    try:
        transport.send(message())
        assert (mail.outbox[0].subject, sent) == ("Changed", ["Changed"])
        before_mail_send.connect(stop)
        with pytest.raises(ValueError, match="not today"):
            transport.send(message())
        assert (len(mail.outbox), sent) == (1, ["Changed"])
    finally:
        before_mail_send.disconnect(change)
        before_mail_send.disconnect(stop)
        mail_sent.disconnect(note)
