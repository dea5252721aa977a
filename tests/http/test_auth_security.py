"""What nobody may get or do by way of sign-in: secrets, other people's rights, more rights."""

from __future__ import annotations

import json

import pytest

from auth_app import passwords
from collections_app import records
from collections_app.schema import lookup
from core_app.settings_store import store
from tests.auth_app.fake_provider import FakeProvider, code_for
from tests.auth_app.forging import forge, right_key
from tests.makers import PASSWORD, relation, text

USERS = "/api/collections/users"
MEMBERS = "/api/collections/members"


@pytest.fixture
def members(make_collection):
    """A collection in which everybody may do everything that rules can allow."""
    return make_collection(
        "members",
        text("role"),
        text("hiddenRole", hidden=True),
        type="auth",
        listRule="",
        viewRule="",
        createRule="",
        updateRule="",
        deleteRule="",
        otp={"enabled": True},
        oauth2={
            "enabled": True,
            "providers": [{"name": "github", "clientId": "id", "clientSecret": "very-secret"}],
        },
    )


def secrets_of(record):
    yield record["tokenKey"]
    yield record["password"].hash
    yield from collection_secrets(record.collection)


def collection_secrets(collection):
    for option in ("authToken", "passwordResetToken", "verificationToken", "fileToken"):
        yield collection.options[option]["secret"]
    yield from (item["clientSecret"] for item in collection.options["oauth2"]["providers"])


def test_no_answer_holds_a_secret(api, root_api, members, make_user, make_collection):
    user = make_user(collection=members)
    notes = make_collection(
        "notes", relation("author", members), list_rule="", view_rule="", create_rule=""
    )
    records.create(notes, author=user.id)
    answers = []
    for client in (api, api.as_(user), root_api):
        unhide = (
            "fields=*,password,tokenKey,record.*,record.tokenKey,expand.*,expand.author.tokenKey"
        )
        answers += [
            client.get(f"{MEMBERS}/records?{unhide}"),
            client.get(f"{MEMBERS}/records/{user.id}?{unhide}"),
            client.get(f"{MEMBERS}/records?sort=-created"),
            client.get(f"/api/collections/notes/records?expand=author&{unhide}"),
            client.get(f"{MEMBERS}/records/{user.id}?expand=notes_via_author"),
            client.patch(f"{MEMBERS}/records/{user.id}", {"role": "x"}),
            client.post(
                f"{MEMBERS}/records",
                {"email": "bad", "password": "12345678", "passwordConfirm": "12345678"},
            ),
            client.post(
                f"{MEMBERS}/auth-with-password?{unhide}",
                {"identity": "user@example.com", "password": PASSWORD},
            ),
            client.post(f"{MEMBERS}/auth-refresh"),
            client.post(f"{MEMBERS}/impersonate/{user.id}"),
            client.get(f"{MEMBERS}/auth-methods"),
            client.get("/api/collections"),
            client.get(MEMBERS),
            client.patch(MEMBERS, {"authToken": {"duration": 5}}),
            client.get("/api/collections/meta/scaffolds"),
        ]
    text = b"\n".join(answer.content for answer in answers).decode()
    assert [secret for secret in secrets_of(user) if secret in text] == []
    assert '"tokenKey"' not in text.replace('"name":"tokenKey"', "")


def test_secrets_cannot_be_filtered_or_sorted_by(api, members, make_user):
    user = make_user(collection=members)
    for name in ("tokenKey", "password"):
        for query in (f"filter={name}!=''", f"sort={name}", f"filter={name}~'a'"):
            assert api.as_(user).get(f"{MEMBERS}/records?{query}").status_code == 400


def test_hidden_addresses_cannot_be_guessed_by_filters(api, members, make_user):
    make_user("hidden@example.com", members)
    found = api.get(f"{MEMBERS}/records?filter=email~'hidden'").json()
    assert found["items"] == []


@pytest.mark.parametrize("is_update", [False, True])
@pytest.mark.parametrize(
    "changes",
    [
        {"verified": True},
        {"tokenKey": "k" * 40},
        {"tokenKey:autogenerate": ""},
        {"hiddenRole": "admin"},
        {"hiddenRole+": "admin"},
        {"collectionId": "pbc_3142635823"},
        {"collectionName": "_superusers"},
        {"isSuperuser": True, "type": "auth", "refreshable": True},
    ],
    ids=str,
)
def test_nobody_raises_their_own_rights(api, members, make_user, changes, is_update):
    user = make_user(collection=members, verified=False)
    if is_update:
        api.as_(user).patch(f"{MEMBERS}/records/{user.id}", changes)
        record = records.get(members, user.id)
        assert record["tokenKey"] == user["tokenKey"]
    else:
        body = {"email": "new@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD}
        api.post(f"{MEMBERS}/records", {**body, **changes})
        found = records.first(members, "email = 'new@example.com'")
        if found is None:
            return
        record = found
        assert len(record["tokenKey"]) == 50
    assert (record["verified"], record["hiddenRole"]) == (False, "")
    assert record.collection_name == "members"


RAISED = {
    "verified": True,
    "hiddenRole": "admin",
    "tokenKey": "k" * 40,
    "collectionId": "pbc_3142635823",
    "collectionName": "_superusers",
}
SIGN_UP = {"email": "new@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD}


def rights_of(record):
    return record["verified"], record["hiddenRole"], record.collection_name


def in_batch(api, method, url, body):
    request = {"method": method, "url": url, "body": body}
    return api.post("/api/batch", {"requests": [request]})


def as_json_payload(api, method, url, body):
    return api.upload(url, {"@jsonPayload": json.dumps(body)}, method)


def as_form(api, method, url, body):
    return api.upload(url, {name: str(value).lower() for name, value in body.items()}, method)


def as_upsert(api, method, url, body):
    """As a batch's ``PUT`` of a record that may be there."""
    url, _, id_ = url.partition("/records/")
    url = url.removesuffix("/records") + "/records"
    return in_batch(api, "PUT", url, {"id": id_ or "n" * 15, **body})


def plainly(api, method, url, body):
    return api.request(method, url, body)


@pytest.mark.parametrize("send", [in_batch, as_upsert, as_json_payload, as_form])
def test_no_other_way_to_write_raises_rights(api, members, make_user, send):
    """What create and update refuse or ignore, batches and forms do as well."""
    store.update({"batch": {"enabled": True}})
    user = make_user(collection=members, verified=False)
    mine = api.as_(user)
    for name, value in RAISED.items():
        send(mine, "PATCH", f"{MEMBERS}/records/{user.id}", {"role": "own", name: value})
        send(api, "POST", f"{MEMBERS}/records", SIGN_UP | {name: value})
        for made in records.find(members, "id != {:own}", own=user.id):
            assert rights_of(made) == (False, "", "members")
            assert len(made["tokenKey"]) == 50
            made.delete()
    stored = records.get(members, user.id)
    assert rights_of(stored) == (False, "", "members")
    assert (stored["tokenKey"], stored["role"]) == (user["tokenKey"], "own")


def test_a_batch_does_not_lend_rights_from_one_request_to_the_next(api, members, make_user):
    """Signing up inside a batch signs nobody in: later requests are still the guest's."""
    store.update({"batch": {"enabled": True}})
    superusers = "/api/collections/_superusers/records"
    requests = [
        {"method": "POST", "url": f"{MEMBERS}/records", "body": SIGN_UP},
        {"method": "POST", "url": superusers, "body": SIGN_UP},
    ]
    response = api.post("/api/batch", {"requests": requests})
    assert response.status_code == 400
    refused = response.json()["data"]["requests"]["1"]["response"]
    assert refused["message"] == "Only superusers can perform this action."
    assert (records.count(members), records.count("_superusers")) == (0, 0)


@pytest.mark.parametrize("name", RAISED)
def test_a_sign_up_through_a_provider_raises_no_rights(api, members, root_api, name):
    provider = FakeProvider()
    try:
        oauth2 = {"enabled": True, "providers": [provider.config()]}
        assert root_api.patch(MEMBERS, {"oauth2": oauth2}).status_code == 200
        user = {"sub": "1", "email": "new@example.com", "email_verified": True}
        body = {"provider": "oidc", "code": code_for(**user), "createData": {name: RAISED[name]}}
        response = api.post(f"{MEMBERS}/auth-with-oauth2", body)
    finally:
        provider.close()
    if response.status_code == 400:
        assert (records.count(members), records.count("_externalAuths")) == (0, 0)
        return
    made = records.first(members, "email = 'new@example.com'")
    # verified, since the provider vouches for the address; nothing else
    assert rights_of(made) == (True, "", "members")
    assert len(made["tokenKey"]) == 50


def test_links_in_mails_lead_to_the_apps_address_alone(api, make_user, mailoutbox):
    """A forged Host header must not send tokens to somebody else's server."""
    make_user(verified=False)
    forged = api.using(Host="evil.example.com", X_Forwarded_Host="evil.example.com")
    body = {"email": "user@example.com"}
    for ending in ("request-verification", "request-password-reset"):
        assert forged.post(f"{USERS}/{ending}", body).status_code == 204
    assert len(mailoutbox) == 2
    for message in mailoutbox:
        text = message.message().as_string()
        assert store.current().meta.app_url in message.body
        assert "evil" not in text


EVIL = "x\r\nBcc: evil@example.com\r\n\r\n<b>body</b>"


def header_lines(message):
    """Return the names of a mail's headers as they go over the wire."""
    head = message.message().as_bytes().partition(b"\n\n")[0].decode()
    return sorted(line.partition(":")[0] for line in head.split("\n") if line[:1] not in " \t")


def test_nothing_that_users_or_settings_say_adds_headers(api, root_api, make_user, mailoutbox):
    settings = {"meta": {"appName": EVIL, "senderName": EVIL}}
    assert root_api.patch("/api/settings", settings).status_code == 200
    template = {"subject": "{APP_NAME} for {RECORD:name}", "body": "<p>{RECORD:name} {TOKEN}</p>"}
    root_api.patch(USERS, {"verificationTemplate": template})
    make_user(verified=False, name=EVIL)
    body = {"email": "user@example.com"}
    assert api.post(f"{USERS}/request-verification", body).status_code == 204
    (message,) = mailoutbox
    names = ["Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
    assert header_lines(message) == names
    assert message.recipients() == ["user@example.com"]
    assert "\n" not in message.subject
    assert "&lt;b&gt;body" in message.alternatives[0][0]


@pytest.mark.parametrize("tail", ["\r\nBcc: evil@example.com", "\n", ",evil@example.com", "\x00"])
def test_an_address_is_one_address(api, make_user, mailoutbox, tail):
    user = make_user()
    body = {"newEmail": f"new@example.com{tail}"}
    assert api.as_(user).post(f"{USERS}/request-email-change", body).status_code == 400
    sign_up = SIGN_UP | {"email": f"new@example.com{tail}"}
    assert api.post(f"{USERS}/records", sign_up).status_code == 400
    assert mailoutbox == []
    assert records.count("users") == 1


@pytest.mark.parametrize("kind", ["auth", "verification", "passwordReset", "emailChange", "file"])
def test_tokens_of_one_collection_are_of_no_use_in_another(api, members, make_user, kind):
    """Two accounts with the same address: no token of one does anything to the other."""
    user, other = make_user(verified=False), make_user(collection=members, verified=False)
    token = forge(user, kind, newEmail="new@example.com", refreshable=True)
    new = {"password": "n3w-password", "passwordConfirm": "n3w-password"}
    answers = [
        api.post(f"{MEMBERS}/confirm-verification", {"token": token}),
        api.post(f"{MEMBERS}/confirm-password-reset", {"token": token, **new}),
        api.post(f"{MEMBERS}/confirm-email-change", {"token": token, "password": PASSWORD}),
        api.as_(token).post(f"{MEMBERS}/auth-refresh"),
        api.as_(token).post(f"{MEMBERS}/request-email-change", {"newEmail": "new@example.com"}),
    ]
    assert {answer.status_code for answer in answers} <= {400, 401, 403}
    assert {answer.status_code for answer in answers[:3]} == {400}
    stored = records.get(members, other.id)
    assert (stored["email"], stored["verified"]) == ("user@example.com", False)
    assert stored["password"].verify(PASSWORD)
    assert stored["tokenKey"] == other["tokenKey"]


@pytest.mark.parametrize("alg", ["none", "None", "HS384", "HS512", "RS256", "ES256", ""])
@pytest.mark.parametrize("kind", ["verification", "passwordReset", "emailChange"])
def test_mailed_tokens_know_one_algorithm(api, make_user, kind, alg):
    user = make_user(verified=False)
    token = forge(user, kind, alg=alg, newEmail="new@example.com")
    new = {"password": "n3w-password", "passwordConfirm": "n3w-password"}
    body = {
        "verification": ("confirm-verification", {}),
        "passwordReset": ("confirm-password-reset", new),
        "emailChange": ("confirm-email-change", {"password": PASSWORD}),
    }
    ending, more = body[kind]
    assert api.post(f"{USERS}/{ending}", {"token": token, **more}).status_code == 400
    stored = records.get("users", user.id)
    assert (stored["email"], stored["verified"]) == ("user@example.com", False)
    assert stored["tokenKey"] == user["tokenKey"]


@pytest.mark.parametrize("send", [plainly, in_batch, as_upsert, as_json_payload, as_form])
def test_an_open_update_rule_is_no_way_into_other_accounts(api, members, make_user, send):
    """Anyone may update, yet not without the old password, nor the address."""
    store.update({"batch": {"enabled": True}})
    victim, attacker = make_user("victim@example.com", members), make_user(collection=members)
    path = f"{MEMBERS}/records/{victim.id}"
    for body in (
        {"password": "12345678", "passwordConfirm": "12345678"},
        {"password": "12345678", "passwordConfirm": "12345678", "oldPassword": ""},
        {"password": "12345678", "passwordConfirm": "12345678", "oldPassword": "wrong"},
        {"email": "attacker@example.com"},
    ):
        for client in (api, api.as_(attacker), api.as_(victim)):
            assert send(client, "PATCH", path, body).status_code == 400
    stored = records.get(members, victim.id)
    assert (stored["email"], stored["password"].verify(PASSWORD)) == ("victim@example.com", True)


def test_superuser_records_are_out_of_reach(api, make_user, make_superuser):
    root, user = make_superuser(), make_user()
    base = "/api/collections/_superusers/records"
    body = {"email": "new@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD}
    for client in (api, api.as_(user)):
        assert client.get(base).status_code == 403
        assert client.get(f"{base}/{root.id}").status_code == 403
        assert client.post(base, body).status_code == 403
        assert client.patch(f"{base}/{root.id}", body).status_code == 403
        assert client.delete(f"{base}/{root.id}").status_code == 403
    assert records.count("_superusers") == 1


@pytest.mark.parametrize(
    "path",
    ["_mfas", "_otps", "_externalAuths", "_authOrigins"],
)
def test_belongings_are_not_made_by_their_owners(api, make_user, path):
    user = make_user()
    body = {
        "collectionRef": user.collection.id,
        "recordRef": user.id,
        "method": "otp",
        "password": "1",
        "provider": "github",
        "providerId": "1",
        "fingerprint": "x",
    }
    base = f"/api/collections/{path}/records"
    assert api.as_(user).post(base, body).status_code == 403
    assert records.count(path) == 0


def test_a_users_token_is_no_superusers(api, make_user, make_superuser):
    root, user = make_superuser(), make_user()
    for token in (
        forge(user),
        forge(user, collectionId=root.collection.id),
        forge(user, collectionId=root.collection.id, id=root.id),
        forge(root, key=right_key(user)),
        forge(root, alg="none"),
        forge(root, key=""),
        forge(root, key=root.collection.options["authToken"]["secret"]),
        forge(root, key=root["tokenKey"]),
        forge(root, key=root.collection.options["fileToken"]["secret"] + root["tokenKey"]),
    ):
        assert api.as_(token).get("/api/collections").status_code in (401, 403)
    assert api.as_(forge(root)).get("/api/collections").status_code == 200


def test_unknown_identities_take_a_password_check(api, make_user, monkeypatch):
    checked = []
    verify = passwords.passwords.verify

    def counting(plain, hashed):
        checked.append(hashed[:7])
        return verify(plain, hashed)

    monkeypatch.setattr(passwords.passwords, "verify", counting)
    make_user()
    for identity in ("user@example.com", "nobody@example.com", "nobody"):
        body = {"identity": identity, "password": "wrong"}
        response = api.post(f"{USERS}/auth-with-password", body)
        assert response.json() == {"data": {}, "message": "Failed to authenticate.", "status": 400}
    assert checked == ["$2a$04$"] * 3


def test_a_stolen_mail_token_does_not_sign_in(api, make_user):
    user = make_user()
    for kind in ("verification", "passwordReset", "emailChange", "file"):
        assert api.as_(forge(user, kind)).post(f"{USERS}/auth-refresh").status_code == 401


def test_an_impersonating_token_cannot_be_prolonged(api, root_api, make_user):
    user = make_user()
    path = f"{USERS}/impersonate/{user.id}"
    token = root_api.post(path, {"duration": 60}).json()["token"]
    for _ in range(2):
        assert api.as_(token).post(f"{USERS}/auth-refresh").json()["token"] == token


def test_refused_sign_ins_are_json_without_details(api, make_user, caplog):
    make_user()
    body = {"identity": "user@example.com' OR '1'='1", "password": "' OR ''='"}
    response = api.post(f"{USERS}/auth-with-password", body)
    assert response.json() == {"data": {}, "message": "Failed to authenticate.", "status": 400}
    assert PASSWORD not in caplog.text


def test_passwords_do_not_come_back_in_errors(api, members):
    body = {"email": "bad", "password": "hunter2-hunter2", "passwordConfirm": "hunter2-other"}
    response = api.post(f"{MEMBERS}/records", body)
    assert response.status_code == 400
    assert "hunter2" not in json.dumps(response.json())


def test_deleted_collections_leave_nothing_behind(root_api, members, make_user, api):
    user = make_user(collection=members)
    body = {"identity": "user@example.com", "password": PASSWORD}
    token = api.post(f"{MEMBERS}/auth-with-password", body).json()["token"]
    assert records.count("_authOrigins") == 1
    assert root_api.delete(MEMBERS).status_code == 204
    assert records.count("_authOrigins") == 0
    assert lookup.find("members") is None
    assert api.as_(token).post(f"{USERS}/auth-refresh").status_code == 401
    assert user.id
