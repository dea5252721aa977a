"""Log records as one JSON object a line, for programs that collect logs."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import orjson

from core_app.dates import to_wire


class JsonFormatter(logging.Formatter):
    """``{"time", "level", "logger", "message", "process", "thread"}``, and ``exception`` if any."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": to_wire(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            "thread": record.threadName,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        elif record.exc_text:
            line["exception"] = record.exc_text
        return orjson.dumps(line, default=str).decode()
