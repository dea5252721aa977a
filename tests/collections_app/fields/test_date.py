from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.collections_app.fields.making import REQUIRED, error_of, made, option_errors

DAY = "2024-01-02 00:00:00.000Z"
SECOND = "2024-01-02 03:04:05.000Z"


@pytest.mark.parametrize(
    ("raw", "wire"),
    [
        ("2024-01-02 03:04:05.678Z", "2024-01-02 03:04:05.678Z"),
        ("2024-01-02", DAY),
        ("2024-01-02 03:04:05", SECOND),
        ("2024-01-02 3:04:05", SECOND),
        ("2024-01-02 03:04:05Z", SECOND),
        ("2024-01-02 03:04:05,6Z", "2024-01-02 03:04:05.600Z"),
        ("2024-01-02 03:04:05.9999999Z", "2024-01-02 03:04:05.999Z"),
        ("2024-01-02 03:04:05 +0200", "2024-01-02 01:04:05.000Z"),
        ("2024-01-02 03:04:05 +02:00", "2024-01-02 01:04:05.000Z"),
        ("2024-01-02 03:04:05+02:00", "2024-01-02 01:04:05.000Z"),
        ("2024-01-02 03:04:05.5 +0200 EET", "2024-01-02 01:04:05.500Z"),
        ("2024-01-02T03:04:05", SECOND),
        ("2024-01-02T03:04:05.123456789Z", "2024-01-02 03:04:05.123Z"),
        ("2024-01-02T03:04:05+0200", "2024-01-02 01:04:05.000Z"),
        ("2024-01-02T03:04:05-14:00", "2024-01-02 17:04:05.000Z"),
        ("Tue, 02 Jan 2024 03:04:05 GMT", SECOND),
        ("tue, 02 jan 2024 03:04:05 EST", SECOND),
        ("Tue, 02 Jan 2024 03:04:05 +0100", "2024-01-02 02:04:05.000Z"),
        ("Mon Jan  2 15:04:05 2006", "2006-01-02 15:04:05.000Z"),
        ("Mon Jan 2 15:04:05 MST 2006", "2006-01-02 15:04:05.000Z"),
        ("02 Jan 06 15:04 MST", "2006-01-02 15:04:00.000Z"),
        ("Monday, 02-Jan-69 15:04:05 MST", "1969-01-02 15:04:05.000Z"),
        ("02 Jan 2024", DAY),
        ("3:04PM", "0000-01-01 15:04:00.000Z"),
        ("12:04AM", "0000-01-01 00:04:00.000Z"),
        ("Jan  2 15:04:05", "0000-01-02 15:04:05.000Z"),
        ("0000-01-01T00:00:00+14:00", "-0001-12-31 10:00:00.000Z"),
        ("9999-12-31 23:59:59.999Z", "9999-12-31 23:59:59.999Z"),
        ("2024-02-29", "2024-02-29 00:00:00.000Z"),
    ],
)
def test_prepare(raw, wire):
    assert made("date").prepare(raw) == wire


@pytest.mark.parametrize(
    "raw",
    [
        "",
        1704164645,
        1.5,
        "1704164645",
        "2024-01-02 03:04",
        "2024-01-02T03:04",
        "2024-01",
        "2024",
        "2024/01/02",
        "20240102",
        "2024-1-2",
        "Jan 2 2024",
        "2024-02-30",
        "2023-02-29",
        "1900-02-29",
        "2024-13-01",
        "2024-01-02 24:00:00",
        "2024-01-02 23:59:60",
        "2024-01-02 23:60:00.000Z",
        "2024-04-31 00:00:00.000Z",
        " 2024-01-02",
        "2024-01-02 ",
        "2024-01-02t03:04:05z",
        "2024-01-02 03:04:05z",
        "2024-01-02T03:04:05+25:00",
        "10000-01-01",
        "3:04pm",
        "0001-01-01",
        "0001-01-01 00:00:00.000Z",
        "now",
        "\uff12024-01-02",
        True,
        None,
        ["2024-01-02"],
        {"a": 1},
    ],
)
def test_what_cannot_be_read_is_empty(raw):
    assert made("date").prepare(raw) == ""


def test_prepare_takes_datetimes_of_code():
    moment = datetime(2024, 1, 2, 3, 4, 5, 678900, tzinfo=timezone(timedelta(hours=2)))
    assert made("date").prepare(moment) == "2024-01-02 01:04:05.678Z"
    assert made("date").prepare(datetime(2024, 1, 2, tzinfo=UTC)) == DAY


@pytest.mark.parametrize(
    ("options", "value", "error"),
    [
        ({"required": True}, "", REQUIRED),
        ({"min": "2024-01-01"}, "", None),
        ({"min": "2024-01-01", "max": "2024-01-01"}, "2024-01-01 00:00:00.000Z", None),
        (
            {"min": "2024-01-01"},
            "2023-12-31 23:59:59.999Z",
            {
                "code": "validation_min_greater_equal_than_required",
                "message": "Must be no less than 2024-01-01 00:00:00 +0000 UTC.",
                "params": {"threshold": "2024-01-01T00:00:00Z"},
            },
        ),
        (
            {"max": "2024-12-31 23:50:00.120Z"},
            "2025-01-01 00:00:00.000Z",
            {
                "code": "validation_max_less_equal_than_required",
                "message": "Must be no greater than 2024-12-31 23:50:00.12 +0000 UTC.",
                "params": {"threshold": "2024-12-31T23:50:00.12Z"},
            },
        ),
    ],
)
def test_validate(options, value, error):
    assert error_of(made("date", **options), value) == error


def test_bounds_are_kept_in_wire_form():
    shown = made("date", min="nope", max="2024-01-02T03:04:05.6789+02:00").to_json()
    assert (shown["min"], shown["max"]) == ("", "2024-01-02 01:04:05.678Z")


def test_bounds_in_the_wrong_order_are_accepted():
    assert option_errors(made("date", min="2024-01-02", max="2020-01-01")) == {}
