"""Cron expressions in words."""

from datetime import UTC, datetime

import pytest

from core_app.cron_expression import parse
from dashboard_app.tools import cron_words


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("* * * * *", "every minute"),
        ("*/5 * * * *", "every 5 minutes"),
        ("7-59/13 * * * *", "in the minutes 7, 20, 33, 46 and 59 of every hour"),
        ("0 * * * *", "every hour at minute 0"),
        ("15 */2 * * *", "every 2 hours at minute 15"),
        ("15 8-17 * * *", "in the hours 8 to 17 at minute 15"),
        ("@daily", "every day at 00:00 UTC"),
        ("@weekly", "on Sundays at 00:00 UTC"),
        ("@monthly", "on day 1 of every month at 00:00 UTC"),
        ("@yearly", "on day 1 of January at 00:00 UTC"),
        ("0 */6 * * *", "every day at 00:00, 06:00, 12:00 and 18:00 UTC"),
        ("30 9 * * 1,3,0", "on Mondays, Wednesdays and Sundays at 09:30 UTC"),
        ("0,30 9-17 * * 1-5", "every 30 minutes in the hours 9 to 17, on Mondays to Fridays"),
        ("5,35 * * 7 *", "in the minutes 5 and 35 of every hour, every day in July"),
        ("0 0 1-5,9 1,7 *", "on days 1 to 5 and 9 of January and July at 00:00 UTC"),
        ("0 0 13 * 5", "on day 13 of every month that falls on Fridays at 00:00 UTC"),
    ],
)
def test_words(expression, words):
    assert cron_words.of(parse(expression)) == words


@pytest.mark.parametrize(
    ("expression", "runs"),
    [
        (
            "0 3 * * *",
            [
                "Thursday 31 December, 03:00 UTC (in 4 hours)",
                "Friday 1 January 2027, 03:00 UTC (in 28 hours)",
                "Saturday 2 January 2027, 03:00 UTC (in 2 days)",
            ],
        ),
        ("31 22 30 12 *", ["Wednesday 30 December, 22:31 UTC (in a minute)"]),
        ("0 23 30 * *", ["Wednesday 30 December, 23:00 UTC (in 30 minutes)"]),
        ("0 0 30 2 *", []),
    ],
)
def test_next_runs(expression, runs):
    now = datetime(2026, 12, 30, 22, 30, 10, tzinfo=UTC)
    found = list(cron_words.following(parse(expression), len(runs) or 1, now))
    assert found == runs
