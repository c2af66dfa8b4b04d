"""Logging to stderr as text or JSON lines; configured once, in the `main` of a program."""

import json
import logging
import re
import sys

from .clock import to_iso, utc_now
from .config import Settings

# What these libraries say below a warning is in the way: how a request or a link was signed.
QUIET = ("boto3", "botocore", "s3transfer", "urllib3")

# C0, C1, and Unicode's line and paragraph separators
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, message and, for an error, its traceback."""

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


class TextFormatter(logging.Formatter):
    """One line per record, tracebacks excepted: text of a client cannot forge a log line."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return _CONTROL.sub(_escaped, super().formatMessage(record))


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


def configure(settings: Settings) -> None:
    """Send all log records to stderr in the configured level and format."""
    handler = logging.StreamHandler(sys.stderr)
    if settings.log_format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(
            TextFormatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
        )
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
