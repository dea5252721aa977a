import json

import pytest

from core_app.models import Param

SAVE_FAILED = "An error occurred while saving the new settings."
LOAD_FAILED = {
    "data": {},
    "message": "An error occurred while loading the submitted data.",
    "status": 400,
}
BLANK = {"code": "validation_required", "message": "Cannot be blank."}
BAD_IP = {"code": "validation_invlaid_ip_or_subnet", "message": "Invalid IP or CIDR subnet."}
BAD_HOST = {"code": "validation_is_host", "message": "Must be a valid IP address or DNS name."}
BAD_URL = {"code": "validation_is_url", "message": "Must be a valid URL."}
BAD_CHOICE = {"code": "validation_in_invalid", "message": "Must be a valid value."}
BAD_FORMAT = {"code": "validation_match_invalid", "message": "Must be in a valid format."}

DEFAULTS = {
    "superuserIPs": [],
    "smtp": {
        "enabled": False,
        "port": 587,
        "host": "smtp.example.com",
        "username": "",
        "authMethod": "",
        "tls": False,
        "localName": "",
    },
    "backups": {
        "cron": "",
        "cronMaxKeep": 3,
        "s3": {
            "enabled": False,
            "bucket": "",
            "region": "",
            "endpoint": "",
            "accessKey": "",
            "forcePathStyle": False,
        },
    },
    "s3": {
        "enabled": False,
        "bucket": "",
        "region": "",
        "endpoint": "",
        "accessKey": "",
        "forcePathStyle": False,
    },
    "meta": {
        "accentColor": "#1055c9",
        "appName": "Acme",
        "appURL": "http://localhost:8090",
        "senderName": "Support",
        "senderAddress": "support@example.com",
        "hideControls": False,
    },
    "rateLimits": {
        "rules": [
            {"label": "*:auth", "audience": "", "duration": 3, "maxRequests": 2},
            {"label": "*:create", "audience": "", "duration": 5, "maxRequests": 20},
            {"label": "/api/batch", "audience": "", "duration": 1, "maxRequests": 3},
            {"label": "/api/", "audience": "", "duration": 10, "maxRequests": 300},
        ],
        "excludedIPs": [],
        "enabled": False,
    },
    "trustedProxy": {"headers": [], "useLeftmostIP": False},
    "batch": {"enabled": False, "maxRequests": 50, "timeout": 3, "maxBodySize": 0},
    "logs": {
        "maxDataSize": 0,
        "maxDays": 5,
        "minLevel": 0,
        "logIP": True,
        "logAuthId": False,
    },
}


def least(number):
    return {
        "code": "validation_min_greater_equal_than_required",
        "message": f"Must be no less than {number}.",
        "params": {"threshold": number},
    }


def rule(label="x", audience="", duration=1, max_requests=1):
    return {
        "label": label,
        "audience": audience,
        "duration": duration,
        "maxRequests": max_requests,
    }


def cron(message):
    return {"cron": {"code": "validation_invalid_cron", "message": message}}


def test_defaults_in_order(root_api):
    response = root_api.get("/api/settings")
    assert response.status_code == 200
    assert json.dumps(response.json()) == json.dumps(DEFAULTS)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_guests_and_users_are_refused(api, make_user, method):
    guest = api.request(method, "/api/settings")
    assert guest.json() == {
        "data": {},
        "message": "The request requires valid record authorization token.",
        "status": 401,
    }
    user = api.as_(make_user()).request(method, "/api/settings")
    assert user.json() == {
        "data": {},
        "message": "The authorized record is not allowed to perform this action.",
        "status": 403,
    }


def test_patch_merges_groups_and_replaces_lists(root_api):
    root_api.patch("/api/settings", {"superuserIPs": ["10.0.0.0/8", "127.0.0.1"]})
    response = root_api.patch(
        "/api/settings", {"meta": {"appname": "Shop"}, "superuserIPs": ["127.0.0.1"], "other": 1}
    )
    expected = DEFAULTS | {
        "superuserIPs": ["127.0.0.1"],
        "meta": DEFAULTS["meta"] | {"appName": "Shop"},
    }
    assert (response.status_code, response.json()) == (200, expected)
    assert root_api.get("/api/settings").json() == expected


def test_null_empties_a_group(root_api):
    empty = {
        "enabled": False,
        "port": 0,
        "host": "",
        "username": "",
        "authMethod": "",
        "tls": False,
        "localName": "",
    }
    assert root_api.patch("/api/settings", {"smtp": None}).json()["smtp"] == empty


def test_numbers_too_large_matter_only_where_a_setting_is_meant(root_api):
    for raw, status in (('{"n": 1e999}\xff', 200), ('{"smtp": {"port": 1e999}}', 400)):
        response = root_api.patch("/api/settings", raw)
        assert (response.status_code, root_api.get("/api/settings").json()) == (status, DEFAULTS)


def test_secrets_are_kept_and_never_shown(root_api):
    root_api.patch("/api/settings", {"smtp": {"password": "p"}, "s3": {"secret": "q"}})
    shown = root_api.patch("/api/settings", {"smtp": {"port": 25}}).json()
    assert "password" not in shown["smtp"]
    assert "secret" not in shown["s3"]
    stored = json.loads(Param.objects.get(id="settings").value)
    assert (stored["smtp"]["password"], stored["s3"]["secret"]) == ("p", "q")
    root_api.patch("/api/settings", {"smtp": {"password": ""}})
    stored = json.loads(Param.objects.get(id="settings").value)
    assert (stored["smtp"]["password"], stored["s3"]["secret"]) == ("", "q")


def test_picked_fields(root_api):
    shown = root_api.get("/api/settings", fields="meta.appName").json()
    assert shown == {"meta": {"appName": "Acme"}}


@pytest.mark.parametrize(
    ("_case", "patch", "errors"),
    [
        (
            "addresses",
            {"superuserIPs": ["x", "1.2.3.4", "10.0.0.0/8", "::1/200", ""]},
            {"superuserIPs": {"0": BAD_IP, "3": BAD_IP, "4": BLANK}},
        ),
        (
            "blank meta",
            {"meta": dict.fromkeys(("appName", "senderName", "appURL", "senderAddress"), "")},
            {"meta": dict.fromkeys(("appName", "senderName", "appURL", "senderAddress"), BLANK)},
        ),
        (
            "bad meta",
            {"meta": {"appURL": "foo", "senderAddress": "bar", "accentColor": "#12345"}},
            {
                "meta": {
                    "accentColor": {
                        "code": "validation_length_invalid",
                        "message": "The length must be exactly 7.",
                        "params": {"max": 7, "min": 7},
                    },
                    "appURL": BAD_URL,
                    "senderAddress": {
                        "code": "validation_is_email",
                        "message": "Must be a valid email address.",
                    },
                }
            },
        ),
        (
            "color and long name",
            {"meta": {"accentColor": "#gggggg", "appName": "x" * 256}},
            {
                "meta": {
                    "accentColor": {
                        "code": "validation_is_hex_color",
                        "message": "Must be a valid hexadecimal color code.",
                    },
                    "appName": {
                        "code": "validation_length_out_of_range",
                        "message": "The length must be between 1 and 255.",
                        "params": {"max": 255, "min": 1},
                    },
                }
            },
        ),
        (
            "smtp on without host",
            {"smtp": {"enabled": True, "host": "", "port": 0}},
            {"smtp": {"host": BLANK, "port": BLANK}},
        ),
        (
            "smtp",
            {"smtp": {"host": "a b", "port": -1, "authMethod": "X", "localName": "a b"}},
            {
                "smtp": {
                    "host": BAD_HOST,
                    "port": least(0),
                    "authMethod": BAD_CHOICE,
                    "localName": BAD_HOST,
                }
            },
        ),
        (
            "s3 on",
            {"s3": {"enabled": True}},
            {"s3": dict.fromkeys(("accessKey", "bucket", "endpoint", "region", "secret"), BLANK)},
        ),
        ("s3 endpoint", {"s3": {"endpoint": "x y"}}, {"s3": {"endpoint": BAD_URL}}),
        (
            "s3 of backups",
            {"backups": {"s3": {"endpoint": "x y"}}},
            {"backups": {"s3": {"endpoint": BAD_URL}}},
        ),
        (
            "cron without keep",
            {"backups": {"cron": "0 0 * * *", "cronMaxKeep": 0}},
            {"backups": {"cronMaxKeep": BLANK}},
        ),
        ("keep", {"backups": {"cronMaxKeep": -1}}, {"backups": {"cronMaxKeep": least(1)}}),
        (
            "cron",
            {"backups": {"cron": "a * * * *"}},
            {"backups": cron('Strconv.Atoi: parsing "a": invalid syntax.')},
        ),
        (
            "batch on",
            {"batch": {"enabled": True, "maxRequests": 0, "timeout": 0, "maxBodySize": -1}},
            {"batch": {"maxRequests": BLANK, "timeout": BLANK, "maxBodySize": least(0)}},
        ),
        (
            "logs",
            {"logs": {"maxDays": -1, "maxDataSize": -1, "minLevel": -10}},
            {"logs": {"maxDays": least(0), "maxDataSize": least(0)}},
        ),
        (
            "rate limits on",
            {"rateLimits": {"enabled": True, "rules": []}},
            {"rateLimits": {"rules": BLANK}},
        ),
        (
            "rules",
            {
                "rateLimits": {
                    "rules": [rule("", "x", 0, 0), rule("a b"), rule("/a.b", "", -1, -1)],
                    "excludedIPs": ["x"],
                }
            },
            {
                "rateLimits": {
                    "rules": {
                        "0": {
                            "label": BLANK,
                            "audience": BAD_CHOICE,
                            "duration": BLANK,
                            "maxRequests": BLANK,
                        },
                        "1": {"label": BAD_FORMAT},
                        "2": {
                            "label": BAD_FORMAT,
                            "duration": least(1),
                            "maxRequests": least(1),
                        },
                    },
                    "excludedIPs": {"0": BAD_IP},
                }
            },
        ),
        (
            "same label for all and some",
            {"rateLimits": {"rules": [rule("abc"), rule("abc", "@auth")]}},
            {
                "rateLimits": {
                    "rules": {
                        "1": {
                            "label": {
                                "code": "validation_conflicting_rate_limit_rule",
                                "message": "Rate limit rule configuration with label abc already "
                                "exists or conflicts with another rule.",
                                "params": {"label": "abc"},
                            }
                        }
                    }
                }
            },
        ),
    ],
)
def test_refused_values_change_nothing(root_api, _case, patch, errors):
    response = root_api.patch("/api/settings", patch)
    assert response.json() == {"data": errors, "message": SAVE_FAILED, "status": 400}
    assert root_api.get("/api/settings").json() == DEFAULTS


def test_guests_and_users_may_have_different_limits(root_api):
    rules = [rule("abc", "@auth"), rule("abc", "@guest"), rule("abcd")]
    response = root_api.patch("/api/settings", {"rateLimits": {"rules": rules}})
    assert (response.status_code, response.json()["rateLimits"]["rules"]) == (200, rules)


@pytest.mark.parametrize(
    "body",
    ['{"smtp":{"port":"587"}}', '{"smtp":{"port":1.0}}', '{"smtp":[]}', "[]", "x", '{"a":1,"a":2}'],
)
def test_wrong_types(root_api, body):
    assert root_api.patch("/api/settings", body).json() == LOAD_FAILED


def test_empty_body(root_api):
    assert root_api.patch("/api/settings").json() == DEFAULTS


def test_superusers_from_elsewhere_are_refused_everywhere(root_api, api, make_user):
    root_api.patch("/api/settings", {"superuserIPs": ["10.0.0.0/8"]})
    refused = {
        "data": {},
        "message": "You are not allowed to perform this request.",
        "status": 403,
    }
    assert root_api.get("/api/health").json() == refused
    assert api.get("/api/health").status_code == 200
    assert api.as_(make_user()).get("/api/health").status_code == 200
