"""How a program of ours logs: configured once, in its main, to stderr."""

import json
import logging
import sys

from .clock import to_iso, utc_now
from .config import Settings


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message and, with an error, its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": to_iso(utc_now()),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure(settings: Settings) -> None:
    """Send all logging to stderr in the operator's level and format."""
    handler = logging.StreamHandler(sys.stderr)
    if settings.log_format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
        )
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
