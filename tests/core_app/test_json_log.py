import logging
import sys

import orjson
import pytest

from config import env
from core_app.json_log import JsonFormatter


def formatted(message, *args, exc_info=None):
    record = logging.LogRecord("holdall.x", logging.WARNING, "", 1, message, args, exc_info)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    return orjson.loads(line)


def test_a_line():
    line = formatted("%s\nwith %d lines", "é", 2)
    assert len(line.pop("time")) == len("2024-01-02 03:04:05.678Z")
    assert line.pop("process") > 0
    assert line == {
        "level": "warning",
        "logger": "holdall.x",
        "message": "é\nwith 2 lines",
        "thread": "MainThread",
    }


def test_an_exception():
    try:
        raise KeyError("x")
    except KeyError:
        line = formatted("failed", exc_info=sys.exc_info())
    assert line["message"] == "failed"
    assert line["exception"].startswith("Traceback ")
    assert line["exception"].endswith("KeyError: 'x'")


def test_choice(monkeypatch):
    assert env.choice("HOLDALL_TEST", "text", "json") == "text"
    monkeypatch.setenv("HOLDALL_TEST", "json")
    assert env.choice("HOLDALL_TEST", "text", "json") == "json"
    monkeypatch.setenv("HOLDALL_TEST", "xml")
    with pytest.raises(SystemExit, match="HOLDALL_TEST is 'xml'; it must be one of: text, json"):
        env.choice("HOLDALL_TEST", "text", "json")
