"""Options of auth collections side by side with the real PocketBase."""

from __future__ import annotations

import pytest

from tests.auth_app.side_by_side import Pair, normal

pytestmark = pytest.mark.pocketbase

NAME = "optioned"
PROVIDER = {"name": "github", "clientId": "a", "clientSecret": "y"}


@pytest.fixture
def pair(pocketbase, make_superuser):
    both = Pair(pocketbase, make_superuser())
    body = {"name": NAME, "type": "auth", "fields": [{"name": "title", "type": "text"}]}
    both.step("POST", "/api/collections?fields=id,fields,indexes,type", body, auth="su")
    yield both
    both.theirs.http.delete(f"/api/collections/{NAME}")


def patch(pair, body, name=NAME):
    """Change options on both sides and compare what matters of the answer."""
    shown = (
        "fields.name,fields.hidden,fields.required,fields.system,indexes,authRule,manageRule,"
        "oauth2,passwordAuth,mfa,otp.enabled,otp.length,otp.duration,authToken,fileToken"
    )
    return pair.step("PATCH", f"/api/collections/{name}?fields={shown}", body, auth="su")


STEPS = {
    "nulls": [
        {"mfa": None},
        {"mfa": {"enabled": None, "duration": None}},
        {"authToken": None},
        {"authAlert": None},
        {"oauth2": None},
        {"otp": None},
        {"passwordAuth": None},
        {"authRule": None},
        {"manageRule": None},
        {"verificationTemplate": None},
    ],
    "wrong types": [
        {"mfa": {"duration": 5.0}},
        {"mfa": {"duration": "5"}},
        {"mfa": []},
        {"mfa": "x"},
        {"authRule": 5},
        {"authToken": {"duration": True}},
        {"passwordAuth": {"identityFields": "email"}},
        {"passwordAuth": {"identityFields": [5]}},
        {"passwordAuth": {"identityFields": [None]}},
        {"oauth2": {"providers": {}}},
        {"oauth2": {"providers": [{"name": 5}]}},
        {"oauth2": {"providers": [{"extra": []}]}},
        {"oauth2": {"providers": [5]}},
        {"oauth2": {"providers": [{"name": "oidc", "extra": {"b": 1, "a": {"d": 1, "c": 2}}}]}},
        {"oauth2": {"mappedFields": []}},
        {"otp": {"emailTemplate": {"subject": 5}}},
    ],
    "bounds": [
        {"otp": {"enabled": True, "length": 3, "duration": 3}},
        {"otp": {"enabled": True, "length": -1, "duration": 86401}},
        {"otp": {"enabled": True, "length": 0, "duration": 0}},
        {"otp": {"enabled": False, "length": 0, "duration": 0}},
        {"otp": {"enabled": True, "length": 400, "duration": 86400}},
        {"authToken": {"duration": 5}},
        {"authToken": {"duration": 0}},
        {"authToken": {"duration": 94670856}},
        {"authToken": {"duration": 94670857, "secret": "short"}},
        {"authToken": {"secret": ""}},
        {"authToken": {"secret": "é" * 15}},
        {"authToken": {"secret": "x" * 256}},
        {"fileToken": {"secret": "x" * 255}},
        {"verificationTemplate": {"subject": "", "body": None}},
        {"authAlert": {"enabled": False, "emailTemplate": {"subject": ""}}},
        {"otp": {"emailTemplate": {"body": ""}}},
        {"passwordAuth": {"identityFields": []}},
        {"passwordAuth": {"identityFields": ["nope", "title"]}},
        {"passwordAuth": {"identityFields": ["title"]}},
        {"passwordAuth": {"identityFields": ["email", "email"]}},
        {"passwordAuth": {"identityFields": ["tokenKey", "EMAIL"]}},
        {"passwordAuth": {"enabled": False, "identityFields": ["nope"]}},
    ],
    "rules": [
        {"manageRule": ""},
        {"manageRule": "nope = 1", "authRule": "nope = 2"},
        {"manageRule": "id != ''", "authRule": "@request.auth.nope = 1"},
        {"authRule": "  "},
        {"authRule": "id ="},
        {"mfa": {"enabled": False, "rule": "nope = 1"}},
    ],
    "second factor": [
        {"mfa": {"enabled": True, "rule": "nope = 1"}},
        {"mfa": {"enabled": True, "duration": 9}, "passwordAuth": {"enabled": False}},
        {"mfa": {"enabled": True, "duration": 9, "rule": "nope=1"}, "otp": {"enabled": True}},
        {"mfa": {"enabled": True, "duration": 99, "rule": "nope=1"}, "otp": {"enabled": True}},
        {"mfa": {"enabled": True, "duration": 99, "rule": ""}, "otp": {"enabled": True}},
        {"otp": {"enabled": False}},
        {"oauth2": {"enabled": True}, "otp": {"enabled": False}},
    ],
    "providers": [
        {
            "oauth2": {
                "enabled": True,
                "providers": [
                    {"name": "nope"},
                    {"name": "github"},
                    {
                        "name": "google",
                        "clientId": "x",
                        "clientSecret": "y",
                        "authURL": "bad",
                        "tokenURL": "x y",
                    },
                    {"name": ""},
                ],
            }
        },
        {"oauth2": {"enabled": True, "providers": [{"name": "nope"}, {"name": "nope"}, {}, {}]}},
        {
            "oauth2": {
                "enabled": True,
                "providers": [
                    {**PROVIDER, "extra": {"a": 1}},
                    {**PROVIDER, "name": "google", "displayName": "G", "pkce": False},
                ],
            }
        },
        {"oauth2": {"providers": [{"name": "google"}, {"name": "github", "extra": {"b": 2}}]}},
        {
            "oauth2": {
                "providers": [
                    {"name": "google", "pkce": None},
                    {"name": "github", "extra": None},
                ]
            }
        },
        {"oauth2": {"providers": [{"name": "github", "clientSecret": ""}]}},
        {"oauth2": {"providers": [{"name": "github"}, {"name": "google"}]}},
        {"oauth2": {"providers": [{"name": "oidc"}]}},
        {"oauth2": {"enabled": False, "providers": [{"name": "zzz"}, {"name": "zzz"}, None]}},
        {"oauth2": {"providers": None}},
        {"oauth2": {"mappedFields": {"name": "title", "username": "nope", "id": "email"}}},
        {"oauth2": {"mappedFields": {"name": "password", "avatarURL": None}}},
        {"fields": []},
    ],
    "system fields": [
        {"fields": [{"name": "email", "type": "text"}]},
        {"fields": [{"name": "email", "type": "email", "id": "other"}]},
        {
            "fields": [
                {"name": "zz", "type": "text"},
                {
                    "id": "email3885137012",
                    "name": "email",
                    "type": "email",
                    "hidden": True,
                    "system": False,
                },
                {"id": "text2504183744", "name": "tokenKey", "type": "text", "hidden": False},
                {"id": "password901924565", "name": "password", "type": "password", "cost": 5},
                {"id": "bool256245529", "name": "verified", "type": "bool", "hidden": True},
            ]
        },
        {"fields": [{"name": "passwordConfirm", "type": "text"}]},
        {"fields": [{"name": "oldPassword", "type": "text"}]},
        {"indexes": []},
        {"indexes": [f"CREATE INDEX x1 ON {NAME} (email)"]},
        {"indexes": [f"CREATE UNIQUE INDEX x1 ON {NAME} (email COLLATE NOCASE)"]},
    ],
}


@pytest.mark.parametrize("about", STEPS)
def test_changes(pair, about):
    for body in STEPS[about]:
        patch(pair, body)


def test_superusers_are_forced(pair):
    for body in (
        {"passwordAuth": {"enabled": False}},
        {"authRule": None},
        {"manageRule": "id = ''"},
        {"otp": {"enabled": True}},
        {"otp": {"enabled": False}, "mfa": {"enabled": False}},
        {"name": "other"},
        {"listRule": ""},
    ):
        patch(pair, body, "_superusers")


@pytest.mark.parametrize(
    "name", ["_mfas", "_otps", "_externalAuths", "_authOrigins", "_superusers", "users"]
)
def test_system_collections(pair, name):
    ours = pair.ours.get(f"/api/collections/{name}").json()
    theirs = pair.theirs.http.get(f"/api/collections/{name}").json()
    assert list(ours) == list(theirs)
    assert normal(ours) == normal(theirs)


def test_scaffold(pair):
    ours = pair.ours.get("/api/collections/meta/scaffolds").json()["auth"]
    theirs = pair.theirs.http.get("/api/collections/meta/scaffolds").json()["auth"]
    assert list(ours) == list(theirs)
    assert {key for key in ours if ours[key] != theirs[key]} == {"indexes"}
