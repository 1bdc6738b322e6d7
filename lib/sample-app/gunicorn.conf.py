"""What gunicorn's command line does not say. The kit gives the command line, and what it says comes first."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

# Loaded once, before the workers: a mistake in the settings ends the start instead of a worker after the other.
preload_app = True
# gunicorn 25.1 and later would open a socket by which a running server can be commanded. Nobody uses it here.
control_socket_disable = True


class JsonLines(logging.Formatter):
    """gunicorn's own messages, one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "log": "application",
            "level": record.levelname,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonLines}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}},
    "loggers": {
        "gunicorn.error": {"handlers": ["stdout"], "propagate": False},
        # The proxy writes one line for each request, with the client's real address.
        "gunicorn.access": {"handlers": [], "propagate": False},
    },
    "root": {"handlers": ["stdout"], "level": "WARNING"},
}
