"""Sign-in endpoints side by side with the real PocketBase: same requests, same answers."""

from __future__ import annotations

import pytest

from core_app import ids
from tests.auth_app.forging import encode
from tests.auth_app.side_by_side import Pair

pytestmark = pytest.mark.pocketbase

KINDS = ("auth", "passwordReset", "emailChange", "verification", "file")
SECRETS = {kind: kind[0] * 40 for kind in KINDS}
EXPIRY = 4_102_444_800  # 2100: a fixed moment, so that every run has the same tests
NAME = "members"
TOKEN_KEY = "k" * 40


@pytest.fixture
def pair(pocketbase, make_superuser):
    both = Pair(pocketbase, make_superuser())
    yield both
    both.theirs.http.delete(f"/api/collections/{NAME}")


@pytest.fixture
def collection(pair):
    """Make the collection under test: everybody sees their own record; secrets are known."""

    def make(**options):
        own = "id = @request.auth.id"
        data = {
            "id": "fixedmembers000",
            "name": NAME,
            "type": "auth",
            "listRule": own,
            "viewRule": own,
            "createRule": "",
            "updateRule": own,
            "deleteRule": own,
            "fields": [
                {"name": "uname", "type": "text"},
                {"name": "secretNote", "type": "text", "hidden": True},
                {
                    "name": "password",
                    "type": "password",
                    "cost": 4,
                    "min": 8,
                    "required": True,
                    "hidden": True,
                    "system": True,
                },
            ],
            "indexes": [
                f"CREATE UNIQUE INDEX `idx_uname` ON `{NAME}` (`uname`) WHERE `uname` != ''"
            ],
            "authAlert": {"enabled": False},
            **{f"{kind}Token": {"secret": SECRETS[kind], "duration": 3600} for kind in KINDS},
        }
        pair.collection(**data | options)
        return NAME

    return make


def url(rest, name=NAME):
    return f"/api/collections/{name}/{rest}"


def add_user(pair, name="anna", **values):
    """Create a user by a superuser, and save a token of it under its name."""
    values = {
        "id": f"{name}0000000000000000"[:15],
        "email": f"{name}@example.com",
        "uname": name,
        "password": "12345678",
        "passwordConfirm": "12345678",
        "tokenKey": TOKEN_KEY + name,
        **values,
    }
    pair.step("POST", url("records"), values, auth="su")
    token = forge(values)
    pair.our_values[name] = pair.their_values[name] = token
    return values


def forge(user, kind="auth", *, alg="HS256", key=None, drop=(), **changes):
    claims = {
        "type": kind,
        "id": user["id"],
        "collectionId": "fixedmembers000",
        "exp": EXPIRY,
        "refreshable": True,
        "email": user["email"],
        **changes,
    }
    for name in drop:
        del claims[name]
    return encode(claims, user["tokenKey"] + SECRETS[kind] if key is None else key, alg)


def login(pair, user, password="12345678", auth="", **more):
    body = {"identity": user["email"], "password": password, **more}
    return pair.step("POST", url("auth-with-password"), body, auth=auth)


def test_password(pair, collection):
    collection(passwordAuth={"enabled": True, "identityFields": ["email", "uname"]})
    anna = add_user(pair)
    for body in (
        {"identity": "anna@example.com", "password": "12345678"},
        {"identity": "anna", "password": "12345678"},
        {"identity": "ANNA@example.com", "password": "12345678"},
        {"identity": "anna", "password": "12345678", "identityField": "email"},
        {"identity": "anna", "password": "12345678", "identityField": "uname"},
        {"identity": "anna", "password": "12345678", "identityField": "id"},
        {"identity": "anna", "password": "12345678", "identityField": "x" * 256},
        {"identity": "anna", "password": "12345678", "identityField": None},
        {"identity": "anna", "password": "12345678", "identityField": 1},
        {"identity": "nobody@example.com", "password": "12345678"},
        {"identity": "anna", "password": "wrong"},
        {"identity": anna["id"], "password": "12345678"},
        {"identity": "x" * 256, "password": "é" * 128},
        {"identity": "é" * 127, "password": "x" * 255},
        {"identity": "' OR 1=1", "password": "' OR 1=1"},
        {"IDENTITY": "anna", "Password": "12345678"},
        {"identity": 1, "password": "x"},
        {"identity": "anna", "password": ["12345678"]},
        {},
        None,
    ):
        pair.step("POST", url("auth-with-password"), body)
    for raw in ("null", "[]", "{", '"x"', '{"identity":"anna","password":"12345678"} x', ""):
        pair.step("POST", url("auth-with-password"), raw=raw)
    form = "application/x-www-form-urlencoded"
    pair.step(
        "POST", url("auth-with-password"), raw="identity=anna&password=12345678", content_type=form
    )
    pair.step("POST", url("auth-with-password"), raw="x", content_type="text/plain")
    for query in ("?fields=token", "?fields=record.email", "?expand=nope", "?fields=*:excerpt(x)"):
        pair.step(
            "POST",
            url(f"auth-with-password{query}"),
            {"identity": "anna", "password": "12345678"},
        )


def test_password_is_case_insensitive_where_the_index_says_so(pair, collection):
    collection(
        indexes=[
            f"CREATE UNIQUE INDEX `idx_mail` ON `{NAME}` (`email` COLLATE NOCASE)",
        ]
    )
    add_user(pair)
    for identity in ("anna@example.com", "ANNA@Example.com", "anna@example_com", "anna%"):
        pair.step("POST", url("auth-with-password"), {"identity": identity, "password": "12345678"})


def test_password_disabled(pair, collection):
    collection(passwordAuth={"enabled": False})
    anna = add_user(pair)
    login(pair, anna)
    pair.step("POST", url("auth-with-password"), raw="{")
    pair.step("GET", url("auth-methods"))
    pair.step("POST", url("request-password-reset"), {"email": "anna@example.com"})
    pair.step("POST", url("request-password-reset"), raw="{")


@pytest.mark.parametrize(
    "rule",
    [
        None,
        "verified = true",
        "uname = 'anna'",
        "@request.context = 'password'",
        "@request.body.code = 'x'",
        "@request.auth.id != ''",
    ],
)
def test_auth_rule(pair, collection, rule):
    collection(authRule=rule)
    anna, ben = add_user(pair), add_user(pair, "ben", verified=True)
    for user in (anna, ben):
        login(pair, user)
        login(pair, user, code="x")
        login(pair, user, auth="su")
        login(pair, user, auth="ben")
        pair.step("POST", url("auth-refresh"), auth=user["uname"])
        pair.step("POST", url(f"impersonate/{user['id']}"), {}, auth="su")


def test_wrong_collections(pair, collection):
    collection()
    add_user(pair)
    endings = (
        "auth-with-password",
        "auth-with-oauth2",
        "request-otp",
        "auth-with-otp",
        "auth-refresh",
        "request-password-reset",
        "confirm-password-reset",
        "request-verification",
        "confirm-verification",
        "request-email-change",
        "confirm-email-change",
        "impersonate/anna00000000000",
    )
    for name in ("nope", "_mfas", "_superusers", NAME.upper(), "fixedmembers000"):
        for auth in ("", "anna"):
            pair.step("GET", url("auth-methods", name), auth=auth)
            for ending in endings:
                pair.step("POST", url(ending, name), {}, auth=auth)
    for ending in endings:
        pair.step("GET", url(ending))
        pair.step("PUT", url(ending), {})
        pair.step("POST", url(f"{ending}/"), {})


def test_methods(pair, collection):
    collection(
        passwordAuth={"enabled": True, "identityFields": ["uname", "email"]},
        otp={"enabled": True, "duration": 99},
        mfa={"enabled": True, "duration": 98},
        oauth2={
            "enabled": True,
            "providers": [
                {"name": "github", "clientId": "a b", "clientSecret": "x"},
                {"name": "oidc", "clientId": "c", "clientSecret": "x", "pkce": False},
                {
                    "name": "google",
                    "clientId": "c",
                    "clientSecret": "x",
                    "displayName": "Mine",
                    "authURL": "https://example.com/a?b=c",
                },
            ],
        },
    )
    pair.step("GET", url("auth-methods"))
    pair.step("GET", url("auth-methods?fields=mfa,otp,password,oauth2"))
    pair.step("GET", url("auth-methods?fields=oauth2.providers.displayName"))
    pair.step("GET", url("auth-methods", "_superusers"))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"drop": ["exp"]},
        {"exp": 1},
        {"exp": 0},
        {"exp": str(EXPIRY)},
        {"exp": None},
        {"exp": EXPIRY + 0.5},
        {"nbf": EXPIRY},
        {"iat": EXPIRY},
        {"iat": 5, "nbf": 5},
        {"iat": "x"},
        {"drop": ["refreshable"]},
        {"refreshable": False},
        {"refreshable": "true"},
        {"refreshable": 1},
        {"collectionId": NAME},
        {"collectionId": "nope"},
        {"collectionId": "pbc_3142635823"},
        {"collectionId": ""},
        {"id": "missing00000000"},
        {"id": ""},
        {"id": 1},
        {"type": "file"},
        {"type": ""},
        {"type": "nope"},
        {"kind": "file"},
        {"kind": "verification"},
        {"drop": ["type"]},
        {"drop": ["id"]},
        {"drop": ["collectionId"]},
        {"key": "wrong" * 10},
        {"alg": "none"},
        {"alg": "HS512"},
        {"alg": "RS256"},
        {"alg": ""},
        {"iss": "x", "sub": 5, "aud": ["a"], "jti": 7},
    ],
    ids=str,
)
def test_tokens_made_by_hand(pair, collection, changes):
    collection()
    anna = add_user(pair)
    changes = dict(changes)
    token = forge(anna, changes.pop("kind", "auth"), **changes)
    pair.our_values["forged"] = pair.their_values["forged"] = token
    pair.step("POST", url("auth-refresh"), auth="forged")
    pair.step("GET", url("records"), auth="forged")
    for number, spoiled in enumerate(
        (
            f"Bearer {token}",
            f"bearer {token}",
            f"Bearer  {token}",
            f"Token {token}",
            f"{token}x",
            f"{token[:-2]}",
            token.rpartition(".")[0] + ".",
            token.replace(".", "", 1),
        )
    ):
        name = f"spoiled{number}"
        pair.our_values[name] = pair.their_values[name] = spoiled
        pair.step("GET", url("records"), auth=name)


def test_refresh_and_impersonate(pair, collection):
    collection()
    anna = add_user(pair)
    add_user(pair, "ben")
    for body in (
        None,
        {},
        {"duration": 100},
        {"duration": 0},
        {"duration": -1},
        {"duration": "x"},
        {"duration": 1.5},
        {"duration": None},
        {"Duration": 7},
        [],
    ):
        pair.step("POST", url(f"impersonate/{anna['id']}"), body, auth="su")
    pair.step(
        "POST",
        url(f"impersonate/{anna['id']}"),
        {"duration": 100},
        auth="su",
        save={"borrowed": "token"},
    )
    pair.step("POST", url("auth-refresh"), auth="borrowed", save={"again": "token"})
    assert pair.our_values["again"] == pair.our_values["borrowed"]
    pair.step("POST", url("impersonate/missing"), {}, auth="su")
    pair.step("POST", url(f"impersonate/{anna['id']}"), {}, auth="anna")
    pair.step("POST", url(f"impersonate/{anna['id']}"), {})
    pair.step("POST", url(f"impersonate/{anna['id']}"), {}, auth="borrowed")
    for auth in ("anna", "ben", "su", ""):
        pair.step("POST", url("auth-refresh"), auth=auth)
        pair.step("POST", url("auth-refresh"), raw="{", auth=auth)
        pair.step("POST", url("auth-refresh", "_superusers"), auth=auth)
        pair.step("POST", url("auth-refresh?fields=record.id&expand=x"), auth=auth)


def test_sign_up(pair, collection):
    collection()
    add_user(pair, "boss")
    good = {"email": "new@example.com", "password": "12345678", "passwordConfirm": "12345678"}
    for number, changes in enumerate(
        (
            {},
            {"password": None},
            {"passwordConfirm": ""},
            {"passwordConfirm": "other"},
            {"password": "short", "passwordConfirm": "short"},
            {"password": "x" * 71, "passwordConfirm": "x" * 71},
            {"password": "x" * 72, "passwordConfirm": "x" * 72},
            {"password": "é" * 40, "passwordConfirm": "é" * 40},
            {"email": ""},
            {"email": "bad"},
            {"email": "boss@example.com"},
            {"email": "BOSS@example.com"},
            {"verified": True},
            {"verified": "true"},
            {"emailVisibility": True},
            {"tokenKey": "t" * 40},
            {"tokenKey": "short"},
            {"tokenKey:autogenerate": ""},
            {"secretNote": "x"},
            {"oldPassword": "x"},
            {"uname": "boss"},
            {"id": "boss00000000000"},
            {"verified": True, "email": "bad", "password": "x"},
        )
    ):
        for who in ("", "boss", "su"):
            body = {
                "id": f"new{number:06}{who:x<6}"[:15],
                **good,
                "email": f"new{number}{who}@example.com",
                **changes,
            }
            pair.step("POST", url("records"), body, auth=who)


def test_own_record(pair, collection):
    collection()
    users = iter(range(1000))
    for changes in (
        {},
        {"uname": "x"},
        {"email": "same"},
        {"email": "other@example.com"},
        {"email": ""},
        {"email": None},
        {"email": "bad"},
        {"verified": True},
        {"verified": False},
        {"verified": None},
        {"emailVisibility": True},
        {"tokenKey": "z" * 40},
        {"tokenKey:autogenerate": ""},
        {"secretNote": "x"},
        {"password": "newpassword"},
        {"password": "newpassword", "passwordConfirm": "newpassword"},
        {
            "password": "newpassword",
            "passwordConfirm": "newpassword",
            "oldPassword": "12345678",
        },
        {
            "password": "newpassword",
            "passwordConfirm": "newpassword",
            "oldPassword": "wrong",
        },
        {"password": "newpassword", "oldPassword": "12345678"},
        {"password": "12345678", "passwordConfirm": "12345678", "oldPassword": "12345678"},
        {"password": "", "passwordConfirm": ""},
        {"password": "", "oldPassword": "12345678"},
        {"password": None},
        {"passwordConfirm": "x"},
        {"oldPassword": "12345678"},
        {"oldPassword": "wrong"},
        {"password": "short", "passwordConfirm": "short", "oldPassword": "12345678"},
        {"password": "x" * 72, "passwordConfirm": "x" * 72, "oldPassword": "12345678"},
        {"password": "é" * 40, "passwordConfirm": "é" * 40, "oldPassword": "12345678"},
        {"password": 12345678, "passwordConfirm": "12345678", "oldPassword": 12345678},
        {"id": "other0000000000"},
        {"email": "bad", "verified": True, "password": "x"},
    ):
        for who in ("self", "su", ""):
            name = f"u{next(users):03}"
            user = add_user(pair, name)
            body = {
                key: user["email"] if value == "same" else value for key, value in changes.items()
            }
            auth = name if who == "self" else who
            pair.step("PATCH", url(f"records/{user['id']}"), body, auth=auth)
            pair.step("GET", url(f"records/{user['id']}"), auth=name)
            pair.step("GET", url(f"records/{user['id']}"), auth="su")
            login(pair, user)
            login(pair, user, "newpassword")


def test_manager(pair, collection):
    collection(
        listRule="",
        updateRule="",
        manageRule="@request.auth.uname = 'boss' && uname != 'untouchable'",
    )
    anna = add_user(pair)
    add_user(pair, "boss")
    add_user(pair, "untouchable")
    for who in ("", "anna", "boss", "su"):
        pair.step("GET", url("records?sort=uname"), auth=who)
        pair.step("GET", url("records?sort=uname&filter=(email='anna@example.com')"), auth=who)
        pair.step("GET", url("records?sort=uname&filter=(email~'a')"), auth=who)
        for name in ("untouchable", "anna"):
            record = url(f"records/{name}0000000000000000"[:36])
            record = url("records/" + f"{name}0000000000000000"[:15])
            for body in (
                {"verified": True},
                {"verified": False},
                {"email": f"{who}{name}@example.com"},
                {"password": "newpassword", "passwordConfirm": "newpassword"},
                {"password": "newpassword"},
                {"tokenKey": "short"},
            ):
                pair.step("PATCH", record, body, auth=who)
        body = {
            "id": f"made{who:x<11}",
            "email": f"made{who}@example.com",
            "verified": True,
            "password": "12345678",
            "passwordConfirm": "12345678",
        }
        pair.step("POST", url("records"), body, auth=who)
        pair.step("POST", url("records"), {**body, "uname": "untouchable"}, auth=who)
    assert anna


def test_rotation(pair, collection):
    """What signs a record out, and what does not."""
    collection()
    for number, changes in enumerate(
        (
            {"uname": "other"},
            {"emailVisibility": True},
            {"verified": True},
            {"email": "changed@example.com"},
            {"password": "12345678", "passwordConfirm": "12345678"},
            {"tokenKey": "y" * 40},
            {"tokenKey:autogenerate": ""},
            {"password": "newpassword", "passwordConfirm": "newpassword", "tokenKey": "w" * 40},
        )
    ):
        name = f"r{number:03}"
        user = add_user(pair, name)
        pair.step("PATCH", url(f"records/{user['id']}"), changes, auth="su")
        pair.step("POST", url("auth-refresh"), auth=name)


def test_ids_are_unique_among_all_auth_collections(pair, collection):
    collection()
    anna = add_user(pair)
    body = {
        "id": anna["id"],
        "email": "twin@example.com",
        "password": "12345678",
        "passwordConfirm": "12345678",
    }
    pair.step("POST", url("records", "users"), body)
    pair.step("POST", url("records"), {**body, "email": "anna2@example.com"})


def test_verification(pair, collection):
    collection()
    anna = add_user(pair)
    ben = add_user(pair, "ben")
    for email in ("nobody@example.com", "bad", "", None, 1, "x" * 250 + "@b.co", "A@B.co"):
        pair.step("POST", url("request-verification"), {"email": email})
    tokens = [
        "",
        "nope",
        "a.b.c",
        forge(anna),
        forge(anna, "verification", exp=1),
        forge(anna, "verification", key="x"),
        forge(anna, "verification", email="other@example.com"),
        forge(anna, "verification", email=""),
        forge(anna, "verification", email=1),
        forge(anna, "verification", drop=["email"]),
        forge(anna, "verification", collectionId="nope"),
        forge(anna, "passwordReset"),
        forge(anna, "verification"),
        forge(anna, "verification"),
    ]
    for token in tokens:
        pair.step("POST", url("confirm-verification"), {"token": token})
    pair.step("POST", url("confirm-verification", "users"), {"token": forge(ben, "verification")})
    pair.step("POST", url("confirm-verification"), {"token": 5})
    pair.step("POST", url("confirm-verification"), {})
    for name in ("anna", "ben"):
        pair.step("POST", url("auth-refresh"), auth=name)
    pair.step("POST", url("request-verification"), {"email": "anna@example.com"})


def test_verification_of_a_linked_record(pair, collection):
    """Proving the address drops links made before, and signs out."""
    collection()
    anna = add_user(pair)
    link = {
        "id": "link00000000000",
        "collectionRef": "fixedmembers000",
        "recordRef": anna["id"],
        "provider": "github",
        "providerId": "1",
    }
    pair.step("POST", url("records", "_externalAuths"), link, auth="su")
    pair.step("GET", url("records", "_externalAuths"), auth="anna")
    pair.step("POST", url("confirm-verification"), {"token": forge(anna, "verification")})
    pair.step("GET", url("records", "_externalAuths"), auth="su")
    pair.step("POST", url("auth-refresh"), auth="anna")


def test_password_reset(pair, collection):
    collection()
    anna = add_user(pair)
    for email in ("nobody@example.com", "bad", "", None, 1):
        pair.step("POST", url("request-password-reset"), {"email": email})
    good = {"password": "newpassword", "passwordConfirm": "newpassword"}
    for token in (
        "",
        "nope",
        forge(anna),
        forge(anna, "verification"),
        forge(anna, "passwordReset", exp=1),
        forge(anna, "passwordReset", key="x"),
    ):
        pair.step("POST", url("confirm-password-reset"), {"token": token, **good})
    token = forge(anna, "passwordReset", email="other@example.com")
    for body in (
        {},
        {"password": "short", "passwordConfirm": "short"},
        {"password": "newpassword"},
        {"password": "newpassword", "passwordConfirm": "other"},
        {"password": "x" * 72, "passwordConfirm": "x" * 72},
        {"password": "x" * 256, "passwordConfirm": "x" * 256},
        {"password": "é" * 40, "passwordConfirm": "é" * 40},
        {"password": 12345678, "passwordConfirm": "x"},
    ):
        pair.step("POST", url("confirm-password-reset"), {"token": token, **body})
    pair.step("POST", url("confirm-password-reset", "users"), {"token": token, **good})
    pair.step("POST", url("confirm-password-reset"), {"token": token, **good})
    pair.step("POST", url("confirm-password-reset"), {"token": token, **good})
    pair.step("GET", url(f"records/{anna['id']}"), auth="su")
    pair.step("POST", url("auth-refresh"), auth="anna")
    login(pair, anna)
    login(pair, anna, "newpassword")


def test_bodies_without_a_form(pair, collection):
    """``null`` is an empty form, but a server error for a new password and a new address."""
    collection(otp={"enabled": True}, oauth2={"enabled": True})
    anna = add_user(pair)
    for ending in (
        "confirm-password-reset",
        "request-password-reset",
        "confirm-verification",
        "request-verification",
        "confirm-email-change",
        "auth-with-password",
        "auth-with-oauth2",
        "auth-with-otp",
        "request-otp",
    ):
        for raw in ("null", " null ", "null x", "", "{", "[]"):
            pair.step("POST", url(ending), raw=raw)
        for content_type in ("application/json; charset=utf-8", "text/plain"):
            pair.step("POST", url(ending), raw="null", content_type=content_type)
    for auth in ("", "anna", "su"):
        for ending in ("request-email-change", "auth-refresh", f"impersonate/{anna['id']}"):
            pair.step("POST", url(ending), raw="null", auth=auth)


def test_password_reset_verifies_the_address(pair, collection):
    collection()
    anna = add_user(pair)
    body = {"password": "newpassword", "passwordConfirm": "newpassword"}
    token = forge(anna, "passwordReset")
    pair.step("POST", url("confirm-password-reset"), {"token": token, **body})
    pair.step("GET", url(f"records/{anna['id']}"), auth="su")


def test_email_change(pair, collection):
    collection()
    anna, ben = add_user(pair), add_user(pair, "ben")
    for email in (
        anna["email"],
        ben["email"],
        "bad",
        "",
        None,
        1,
        "x" * 251 + "@b.co",
        "é" * 126 + "@b.co",
    ):
        for auth in ("anna", "", "su"):
            pair.step("POST", url("request-email-change"), {"newEmail": email}, auth=auth)
    for token in (
        "",
        "nope",
        forge(anna, "emailChange"),
        forge(anna, "emailChange", newEmail=""),
        forge(anna, "emailChange", newEmail=5),
        forge(anna, "emailChange", newEmail=ben["email"]),
        forge(anna, "emailChange", newEmail=ben["email"], exp=1),
        forge(anna, "emailChange", newEmail=anna["email"]),
        forge(anna, "emailChange", newEmail="bad"),
        forge(anna, "emailChange", newEmail="new@example.com", exp=1),
        forge(anna, "emailChange", newEmail="new@example.com", key="x"),
        forge(anna, "auth", newEmail="new@example.com"),
        forge(anna, "emailChange", newEmail="new@example.com"),
    ):
        for password in ("wrong", "", "x" * 101, "12345678"):
            pair.step("POST", url("confirm-email-change"), {"token": token, "password": password})
    pair.step("GET", url(f"records/{anna['id']}"), auth="su")
    pair.step("POST", url("auth-refresh"), auth="anna")
    other = forge(ben, "emailChange", newEmail="ben2@example.com")
    body = {"token": other, "password": "12345678"}
    pair.step("POST", url("confirm-email-change", "users"), body)
    pair.step("POST", url("confirm-email-change", "_superusers"), body)


def test_otp(pair, collection):
    collection(otp={"enabled": True, "length": 6, "duration": 60})
    add_user(pair)
    for email in ("nobody@example.com", "bad", "", None, 1, "x" * 250 + "@b.co"):
        pair.step("POST", url("request-otp"), {"email": email})
    for otp_id in ("missing00000000", "", "x" * 256, None, 1):
        for password in ("123456", "", "x" * 72, None):
            pair.step("POST", url("auth-with-otp"), {"otpId": otp_id, "password": password})


@pytest.mark.parametrize("is_verified", [False, True])
@pytest.mark.parametrize("sent_to", ["", "anna@example.com", "other@example.com"])
@pytest.mark.parametrize("with_mfa", [False, True])
def test_otp_that_a_superuser_made(pair, collection, is_verified, sent_to, with_mfa):
    """What signing in with a code does to the record, by where the code was sent."""
    collection(otp={"enabled": True}, mfa={"enabled": with_mfa})
    name = f"anna{ids.random_lower(6)}"  # guesses are counted for each id, over many tests
    anna = add_user(pair, name, verified=is_verified)
    sent_to = sent_to.replace("anna", name)
    otp = {
        "id": "otp000000000000",
        "collectionRef": "fixedmembers000",
        "recordRef": anna["id"],
        "password": "123456",
        "sentTo": sent_to,
    }
    pair.step("POST", url("records", "_otps"), otp, auth="su")
    body = {"otpId": otp["id"], "password": "123456"}
    pair.step("POST", url("auth-with-otp", "users"), body)
    pair.step("POST", url("auth-with-otp"), {**body, "password": "654321"})
    pair.step("POST", url("auth-with-otp"), body)
    pair.step("POST", url("auth-with-otp"), body)
    pair.step("GET", url(f"records/{anna['id']}"), auth="su")
    pair.step("POST", url("auth-refresh"), auth=name)
    login(pair, anna)


def test_otp_guesses_are_limited(pair, collection):
    collection(otp={"enabled": True})
    anna = add_user(pair, f"anna{ids.random_lower(6)}")
    otp = {
        "id": "otp000000000000",
        "collectionRef": "fixedmembers000",
        "recordRef": anna["id"],
        "password": "123456",
    }
    pair.step("POST", url("records", "_otps"), otp, auth="su")
    for _ in range(6):
        pair.step("POST", url("auth-with-otp"), {"otpId": otp["id"], "password": "0"})
    pair.step("POST", url("auth-with-otp"), {"otpId": otp["id"], "password": "123456"})
    pair.step("POST", url("auth-with-otp"), {"otpId": "missing00000000", "password": "0"})


@pytest.mark.parametrize("rule", ["", "uname = 'anna'", "uname != 'anna'"])
def test_mfa(pair, collection, rule):
    name = f"anna{ids.random_lower(6)}"
    rule = rule.replace("anna", name)
    collection(otp={"enabled": True}, mfa={"enabled": True, "rule": rule})
    anna, ben = add_user(pair, name), add_user(pair, "ben")
    otp = {
        "collectionRef": "fixedmembers000",
        "recordRef": anna["id"],
        "password": "123456",
    }
    for number in range(4):
        body = {**otp, "id": f"otp00000000000{number}"}
        pair.step("POST", url("records", "_otps"), body, auth="su")
    if "!=" in rule:
        login(pair, anna)
        login(pair, ben)
        login(pair, ben, auth="su")
        return
    body = {"identity": anna["email"], "password": "12345678"}
    pair.step("POST", url("auth-with-password"), body, save={"mfa": "mfaId"})
    pair.step("POST", url("auth-with-password?mfaId=nope"), body)
    pair.step("POST", url("auth-with-password?mfaId=«mfa»"), body)
    login(pair, ben, mfaId="«mfa»")
    login(pair, anna, mfaId=5)
    second = {"otpId": "otp000000000000", "password": "123456"}
    pair.step("POST", url("auth-with-otp"), {**second, "mfaId": "«mfa»"})
    pair.step("POST", url("auth-with-otp"), {**second, "mfaId": "«mfa»"})
    second["otpId"] = "otp000000000001"
    pair.step("POST", url("auth-with-otp?mfaId=«mfa»"), second)
    second["otpId"] = "otp000000000002"
    pair.step("POST", url("auth-with-otp"), second, save={"mfa": "mfaId"})
    pair.step("POST", url("auth-with-password?mfaId=«mfa»"), {**body, "mfaId": "nope"})
    pair.step("POST", url(f"impersonate/{anna['id']}"), {}, auth="su")
    pair.step("POST", url("auth-refresh"), auth=name)


def test_oauth2_is_refused_where_it_is_off(pair, collection):
    collection()
    for body in ({}, {"provider": "github", "code": "x"}):
        pair.step("POST", url("auth-with-oauth2"), body)
    pair.step("POST", url("auth-with-oauth2"), raw="{")


def test_belongings(pair, collection):
    """Rows that belong to a record: who sees them, what is checked, and that they go with it."""
    collection()
    anna, ben = add_user(pair), add_user(pair, "ben")
    common = {"collectionRef": "fixedmembers000", "recordRef": anna["id"]}
    bodies = {
        "_mfas": {"method": "custom"},
        "_otps": {"password": "123456", "sentTo": "x"},
        "_externalAuths": {"provider": "github", "providerId": "1"},
        "_authOrigins": {"fingerprint": "x"},
    }
    for name, own in bodies.items():
        body = {"id": "row000000000000", **common, **own}
        for changes in (
            {"collectionRef": ""},
            {"collectionRef": "nope"},
            {"collectionRef": NAME},
            {"collectionRef": "pbc_2279338944"},
            {"recordRef": ""},
            {"recordRef": "nope"},
            {"provider": "nope"} if name == "_externalAuths" else {"recordRef": "x"},
            {},
            {"id": "row000000000001"},
        ):
            pair.step("POST", url("records", name), {**body, **changes}, auth="su")
        pair.step("POST", url("records", name), body, auth="anna")
        for auth in ("", "anna", "ben", "su"):
            filter = "filter=(collectionRef='fixedmembers000')"
            pair.step("GET", url(f"records?sort=id&{filter}", name), auth=auth)
            pair.step("GET", url("records/row000000000000", name), auth=auth)
        for auth in ("", "ben", "anna"):
            pair.step("DELETE", url("records/row000000000000", name), auth=auth)
        pair.step("POST", url("records", name), body, auth="su")
    pair.step("DELETE", url(f"records/{anna['id']}"), auth="anna")
    for name in bodies:
        pair.step("GET", url(f"records?{filter}", name), auth="su")
    assert ben


def test_superusers(pair):
    """Their records over the API: what is forced, and that the last one stays."""
    base = url("records", "_superusers")
    body = {
        "id": "second000000000",
        "email": "second@example.com",
        "password": "12345678",
        "passwordConfirm": "12345678",
        "verified": False,
    }
    for auth in ("", "su"):
        pair.step("POST", base, {**body, "passwordConfirm": ""}, auth=auth)
        pair.step("POST", base, body, auth=auth)
    pair.step("GET", f"{base}/{body['id']}", auth="su")
    pair.step("PATCH", f"{base}/{body['id']}", {"verified": False}, auth="su")
    credentials = {"identity": "second@example.com", "password": "12345678"}
    pair.step(
        "POST",
        url("auth-with-password", "_superusers"),
        credentials,
        save={"second": "token"},
    )
    pair.step("POST", url("auth-refresh", "_superusers"), auth="second")
    pair.step("DELETE", f"{base}/{body['id']}", auth="second")
    pair.step("GET", f"{base}?filter=(email='second@example.com')", auth="su")
    pair.step("GET", base, auth="second")
