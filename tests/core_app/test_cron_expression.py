from datetime import UTC, datetime
from itertools import islice

import pytest

from core_app.cron_expression import BadExpression, parse

SEGMENTS = (
    "invalid cron expression - must be a valid macro or to have exactly 5 space separated segments"
)
BOUNDS = "invalid segment value - must be between the min and max of the segment"


@pytest.mark.parametrize(
    ("text", "moments"),
    [
        ("* * * * *", ["2024-05-15 10:07", "2024-01-01 00:00"]),
        ("*/15 * * * *", ["2024-05-15 10:45", "2024-05-15 10:00"]),
        ("5,7-9 10 * * *", ["2024-05-15 10:05", "2024-05-15 10:08"]),
        ("0-30/10 * * * *", ["2024-05-15 10:20"]),
        ("0 0 * * 0", ["2024-05-19 00:00"]),
        ("0 0 15 5 3", ["2024-05-15 00:00"]),
        ("@daily", ["2024-05-15 00:00"]),
        ("@hourly", ["2024-05-15 10:00"]),
        ("@yearly", ["2024-01-01 00:00"]),
    ],
)
def test_due(text, moments):
    schedule = parse(text)
    assert all(schedule.is_due(at(moment)) for moment in moments)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("*/15 * * * *", "2024-05-15 10:46"),
        ("0 0 15 5 1", "2024-05-15 00:00"),  # the day is right, the weekday is not
        ("0 0 * * 0", "2024-05-18 00:00"),
        ("@monthly", "2024-05-02 00:00"),
    ],
)
def test_not_due(text, moment):
    assert not parse(text).is_due(at(moment))


def test_macros_are_shown_expanded():
    assert parse("@daily").text == "0 0 * * *"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", SEGMENTS),
        ("", SEGMENTS),
        ("@daily2", SEGMENTS),
        ("*  * * * *", SEGMENTS),
        ("* * * * 7", BOUNDS),
        ("* * 0 * *", BOUNDS),
        ("60 * * * *", BOUNDS),
        ("a * * * *", 'strconv.Atoi: parsing "a": invalid syntax'),
        ("1,2,x * * * *", 'strconv.Atoi: parsing "x": invalid syntax'),
        ("5-1 * * * *", "invalid segment range maximum - must be between 5 and 59"),
        ("1-2-3 * * * *", "invalid segment range format - the range must have 1 or 2 parts"),
        (
            "*/0 * * * *",
            "invalid segment step boundary - the step must be between 1 and the 59",
        ),
        (
            "1/2/3 * * * *",
            "invalid segment step format - must be in the format */n or 1-30/n",
        ),
        (
            "1/2 * * * *",
            "invalid segment step - step > 1 could be used only with the wildcard or range format",
        ),
    ],
)
def test_refused(text, message):
    with pytest.raises(BadExpression) as caught:
        parse(text)
    assert str(caught.value) == message


def at(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("*/20 * * * *", ["2026-01-31 23:40", "2026-02-01 00:00", "2026-02-01 00:20"]),
        ("0 3 * * 1", ["2026-02-02 03:00", "2026-02-09 03:00", "2026-02-16 03:00"]),
        ("30 23 31 * *", ["2026-01-31 23:30", "2026-03-31 23:30", "2026-05-31 23:30"]),
        ("0 0 29 2 0", ["2032-02-29 00:00", "2060-02-29 00:00"]),
        ("0 0 30 2 *", []),
    ],
)
def test_the_next_runs(expression, found):
    begin = datetime(2026, 1, 31, 23, 20, 5, tzinfo=UTC)
    upcoming = islice(parse(expression).following(begin), 3)
    assert [f"{moment:%Y-%m-%d %H:%M}" for moment in upcoming] == found


def test_the_end_of_the_calendar_is_the_end():
    assert list(parse("0 0 1 1 *").following(datetime(9999, 1, 1, tzinfo=UTC))) == []
