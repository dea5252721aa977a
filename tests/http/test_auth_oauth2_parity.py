"""Signing in through a provider, side by side with the real PocketBase; both ask the same one."""

from __future__ import annotations

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from auth_app.oauth2 import exchange
from core_app import ids
from tests.auth_app.fake_provider import FakeProvider, code_for
from tests.auth_app.oauth2.documented import REFUSED, TOLD
from tests.auth_app.side_by_side import Pair
from tests.http.test_auth_parity import NAME, add_user, login, url

pytestmark = pytest.mark.pocketbase

ADA = {"sub": "1", "name": "Ada", "email": "ada@example.com", "email_verified": True}


@pytest.fixture
def provider():
    running = FakeProvider()
    yield running
    running.close()


@pytest.fixture
def pair(pocketbase, make_superuser):
    both = Pair(pocketbase, make_superuser())
    yield both
    both.theirs.http.delete(f"/api/collections/{NAME}")


@pytest.fixture
def collection(pair, provider):
    def make(*, mapped=None, providers=(), fields=(), enabled=True, **options):
        own = "id = @request.auth.id"
        oauth2 = {
            "enabled": enabled,
            "mappedFields": mapped or {},
            "providers": [provider.config(), provider.config("oidc2"), *providers],
        }
        data = {
            "id": "fixedmembers000",
            "name": NAME,
            "type": "auth",
            "listRule": own,
            "viewRule": own,
            "createRule": "",
            "updateRule": own,
            "fields": [
                {"name": "uname", "type": "text", "max": 20, "pattern": "^\\w+$"},
                {"name": "title", "type": "text"},
                {
                    "name": "password",
                    "type": "password",
                    "cost": 4,
                    "min": 8,
                    "required": True,
                    "hidden": True,
                    "system": True,
                },
                *fields,
            ],
            "indexes": [f"CREATE UNIQUE INDEX `u{NAME}` ON `{NAME}` (`uname`) WHERE uname != ''"],
            "authAlert": {"enabled": False},
            "authToken": {"secret": "a" * 40, "duration": 3600},
            "oauth2": oauth2,
        }
        pair.collection(**data | options)

    return make


def sign_in(pair, user, *, name="oidc", auth="", record_id="", data=None, **more):
    """Sign in as a provider's user; a fixed id makes both sides comparable."""
    body = {"provider": name, "code": code_for(**user), "redirectURL": "http://127.0.0.1/x"}
    data = {"id": record_id or f"new{'0' * 12}", **(data or {})}
    return pair.step(
        "POST", url("auth-with-oauth2"), {**body, "createData": data, **more}, auth=auth
    )


def state(pair):
    """Compare what is stored now."""
    shown = "fields=items.provider,items.providerId,items.recordRef,totalItems"
    filter = "filter=(collectionRef='fixedmembers000')"
    path = f"/api/collections/_externalAuths/records?sort=providerId,provider&{filter}&{shown}"
    pair.step("GET", path, auth="su")
    fields = "fields=items.id,items.email,items.verified,items.uname,items.title"
    pair.step("GET", url(f"records?sort=id&{fields}"), auth="su")


def test_form(pair, collection):
    collection()
    for body in (
        {},
        {"provider": "nope"},
        {"provider": "x" * 101, "code": "x"},
        {"provider": "github", "code": "x"},
        {"provider": "oidc"},
        {"provider": "oidc", "code": "x", "createData": []},
        {"provider": "oidc", "code": 5},
        {"provider": "oidc", "code": "refused"},
        {"provider": "oidc", "code": "refused", "createData": None},
        {"PROVIDER": "oidc", "Code": "refused"},
    ):
        pair.step("POST", url("auth-with-oauth2"), body)
    pair.step("POST", url("auth-with-oauth2"), raw="{")


def test_sign_up_and_in(pair, collection):
    collection()
    for _ in range(2):
        answer = sign_in(pair, ADA)
        assert answer[0] == 200
        state(pair)
    sign_in(pair, {**ADA, "email": "changed@example.com", "name": "Other"})
    state(pair)


@pytest.mark.parametrize(
    "changes",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": 1},
        {"email_verified": None},
        {"email": ""},
        {"email": None},
        {"email": "bad"},
        {"sub": 5},
        {"sub": ""},
        {"preferred_username": "ada", "picture": "http://127.0.0.1/a.png"},
        {"name": None},
        {"status": 500},
        {"status": 302},
        {"token": {"expires_in": 100, "refresh_token": "r"}},
        {"token": {"access_token": ""}},
        {"token": {"error": "no"}},
        {"nested": {"a": [1, 2.5, "x"]}},
    ],
    ids=str,
)
@pytest.mark.parametrize("email_needed", [True, False])
def test_profiles(pair, collection, changes, email_needed):
    email = {"name": "email", "type": "email", "required": email_needed, "system": True}
    collection(fields=[email])
    sign_in(pair, {**ADA, **changes})
    state(pair)


@pytest.mark.parametrize("is_verified", [True, False])
@pytest.mark.parametrize("auth", ["", "anna", "other", "su"])
@pytest.mark.parametrize("same_address", [True, False])
def test_existing_accounts(pair, collection, is_verified, auth, same_address):
    collection()
    anna = add_user(pair, verified=is_verified)
    add_user(pair, "other")
    user = {**ADA, "email": anna["email"]} if same_address else ADA
    sign_in(pair, user, auth=auth)
    state(pair)
    login(pair, anna)
    pair.step("POST", url("auth-refresh"), auth="anna")
    sign_in(pair, {**user, "sub": "2"}, auth=auth, record_id=f"second{'0' * 9}")
    state(pair)
    sign_in(pair, {**user, "sub": "3"}, name="oidc2", auth=auth, record_id=f"third{'0' * 10}")
    state(pair)


@pytest.mark.parametrize("is_verified", [True, False])
def test_accounts_without_an_address(pair, collection, is_verified):
    collection(fields=[{"name": "email", "type": "email", "required": False, "system": True}])
    add_user(pair, email="", verified=is_verified)
    link = {
        "collectionRef": "fixedmembers000",
        "recordRef": "anna00000000000",
        "provider": "oidc",
        "providerId": "1",
    }
    pair.step("POST", "/api/collections/_externalAuths/records?fields=provider", link, auth="su")
    pair.step(
        "POST",
        "/api/collections/_externalAuths/records?fields=provider",
        {**link, "provider": "oidc2"},
        auth="su",
    )
    sign_in(pair, ADA)
    state(pair)
    pair.step("POST", url("auth-refresh"), auth="anna")


@pytest.mark.parametrize(
    "data",
    [
        {"title": "x"},
        {"email": "own@example.com"},
        {"email": ""},
        {"email": "bad"},
        {"verified": True},
        {"hiddenNote": "x"},
        {"tokenKey": "x" * 40},
        {"password": "12345678"},
        {"password": "12345678", "passwordConfirm": "12345678"},
        {"password": "short", "passwordConfirm": "short"},
        {"password": ""},
        {"passwordConfirm": "x"},
        {"uname": "!"},
        {"nope": 1},
        {"emailVisibility": True},
    ],
    ids=str,
)
def test_create_data(pair, collection, data):
    collection(fields=[{"name": "hiddenNote", "type": "text", "hidden": True}])
    sign_in(pair, ADA, data=data)
    state(pair)
    pair.step(
        "POST", url("auth-with-password"), {"identity": "ada@example.com", "password": "12345678"}
    )


@pytest.mark.parametrize(
    ("mapped", "data"),
    [
        ({"name": "title", "username": "uname"}, {}),
        ({"name": "title", "username": "uname"}, {"title": "mine", "uname": "mine"}),
        ({"id": "title", "avatarURL": "uname"}, {}),
        ({"avatarURL": "title"}, {}),
        ({"username": "title"}, {}),
    ],
    ids=str,
)
@pytest.mark.parametrize("username", ["ada", "has space", "x" * 21, "", "taken"])
def test_mapped_fields(pair, collection, mapped, data, username):
    collection(mapped=mapped)
    add_user(pair, "taken")
    picture = "http://127.0.0.1/a.png"
    sign_in(pair, {**ADA, "preferred_username": username, "picture": picture}, data=data)
    state(pair)


def test_pictures_of_our_own_network_are_not_fetched(pair, collection, provider):
    collection(mapped={"avatarURL": "photo"}, fields=[{"name": "photo", "type": "file"}])
    sign_in(pair, {**ADA, "picture": f"{provider.url}/photo.png"})
    assert not any(path == "/photo.png" for path, _, _ in provider.requests)


@pytest.mark.parametrize(
    "rule",
    [
        None,
        "@request.auth.id != ''",
        "@request.context = 'oauth2'",
        "email = 'ada@example.com'",
        "title = 'x'",
        "@request.body.title = 'x'",
        "verified = true",
    ],
)
@pytest.mark.parametrize("data", [{}, {"title": "x"}])
@pytest.mark.parametrize("auth", ["", "su"])
def test_create_rule(pair, collection, rule, data, auth):
    collection(createRule=rule)
    sign_in(pair, ADA, data=data, auth=auth)
    state(pair)


@pytest.mark.parametrize("rule", [None, "verified = true", "@request.context = 'oauth2'"])
def test_auth_rule(pair, collection, rule):
    collection(authRule=rule)
    sign_in(pair, ADA)
    sign_in(pair, {**ADA, "sub": "2", "email_verified": False})
    state(pair)


def test_second_factor(pair, collection):
    collection(mfa={"enabled": True})
    name = f"ada{ids.random_lower(8)}"
    ada = add_user(pair, name, verified=True)
    user = {**ADA, "email": ada["email"]}
    body = {"provider": "oidc", "code": code_for(**user)}
    pair.step("POST", url("auth-with-oauth2"), body, save={"mfa": "mfaId"})
    pair.step("POST", url("auth-with-oauth2?mfaId=«mfa»"), body)
    login(pair, ada, mfaId="«mfa»")
    state(pair)


@pytest.mark.parametrize("token_url", ["token", "token-body", "token-form"])
@pytest.mark.parametrize("pkce", [True, False, None])
def test_what_the_provider_is_asked(pair, collection, provider, token_url, pkce):
    """Both sides send the provider the same requests."""
    address = f"{provider.url}/{token_url}"
    own = provider.config("oidc3", tokenURL=address, pkce=pkce)
    collection(providers=[own])
    for more in ({"codeVerifier": "verifier"}, {}, {"redirectURL": ""}):
        provider.requests.clear()
        exchange._wants_body.clear()  # theirs does not remember it from one sign-in to the next
        sign_in(pair, ADA, name="oidc3", **more)
        asked = [_comparable(*request) for request in provider.requests]
        half = len(asked) // 2
        assert asked[:half] == asked[half:]


def _comparable(path, headers, form):
    names = ("Authorization", "Content-Type")
    return path, {name: headers.get(name) for name in names}, form


@pytest.mark.parametrize(
    "told",
    [told for told in (*TOLD, *REFUSED) if told.provider != "planningcenter"],
    ids=lambda told: told.provider,
)
def test_documented_profiles(pair, collection, provider, told):
    """What every provider's manual shows is read in the same way.

    But for Planning Center's: PocketBase 0.40 looks for ``Attributes``, where its API says
    ``attributes``, so nobody can sign in there (docs/decisions.md).
    """
    own = [] if told.provider in ("oidc", "oidc2") else [provider.config(told.provider)]
    collection(
        providers=own,
        fields=[{"name": "email", "type": "email", "required": False, "system": True}],
    )
    sign_in(pair, told.user(), name=told.provider)
    state(pair)


def test_github(pair, collection, provider):
    collection(providers=[provider.config("github")])
    user = {"id": 7, "login": "ada", "name": "Ada", "avatar_url": "http://x/y"}
    emails = [
        {"email": "no@example.com", "verified": False, "primary": True},
        {"email": "ada@example.com", "verified": True, "primary": True},
    ]
    sign_in(pair, {**user, "emails": emails}, name="github")
    sign_in(pair, {**user, "id": 8, "emails": []}, name="github", record_id=f"two{'0' * 12}")
    state(pair)


def test_redirect(pair):
    for query in ("", "?state=nope&code=x", "?code=x", "?state=nope&error=x"):
        assert _location(pair, "GET", query)[0] == 307
    assert _location(pair, "POST", "")[0] == 303


def _location(pair, method, query):
    path = f"/api/oauth2-redirect{query}"
    theirs = pair.theirs.guest.request(method, path)
    ours = pair.ours.request(method, path)
    got = (ours.status_code, ours.headers.get("Location"), ours.content)
    wanted = (theirs.status_code, theirs.headers.get("Location"))
    assert got[:2] == wanted
    return got


def test_provider_list(pair):
    path = "/api/collections/meta/oauth2-providers"
    for auth in ("", "su"):
        pair.step("GET", path, auth=auth)
    answer = pair.ours.get(path).json()
    assert all(item["logo"].startswith("<svg ") for item in answer)


def test_apple_secret(pair):
    key = ec.generate_private_key(ec.SECP256R1())
    good = {
        "clientId": "client",
        "teamId": "T" * 10,
        "keyId": "K" * 10,
        "privateKey": _pem(key),
        "duration": 100,
    }
    path = "/api/settings/apple/generate-client-secret"
    pair.step("POST", path, good)
    pair.step("POST", path, raw="{", auth="su")
    other_curve = _pem(ec.generate_private_key(ec.SECP384R1()))
    for changes in (
        {"clientId": ""},
        {"teamId": "x"},
        {"teamId": ""},
        {"keyId": "é" * 10},
        {"privateKey": ""},
        {"privateKey": "x"},
        {"privateKey": _pem(rsa.generate_private_key(65537, 2048))},
        {"privateKey": "-----BEGIN PRIVATE KEY-----\nxx\n-----END PRIVATE KEY-----"},
        {"privateKey": _pem(key).replace("PRIVATE", "EC PRIVATE")},
        {"duration": 0},
        {"duration": -1},
        {"duration": 15777001},
        {"duration": 1.5},
        {"duration": "x"},
    ):
        pair.step("POST", path, good | changes, auth="su")
    pair.step("POST", path, {}, auth="su")
    secrets = []
    for send in (pair.theirs.http.post, pair.ours.post):
        body = send(path, json=good) if send == pair.theirs.http.post else send(path, good)
        secrets.append(body.json()["secret"])
    options = {"audience": "https://appleid.apple.com", "algorithms": ["ES256"]}
    theirs, ours = (jwt.decode(item, key.public_key(), **options) for item in secrets)
    assert abs(theirs.pop("exp") - ours.pop("exp")) < 5
    assert abs(theirs.pop("iat") - ours.pop("iat")) < 5
    assert theirs == ours
    assert [jwt.get_unverified_header(item) for item in secrets] == [
        {"alg": "ES256", "kid": "K" * 10, "typ": "JWT"}
    ] * 2
    assert pair.ours.post(path, good | {"privateKey": other_curve}).status_code == 400


def _pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
