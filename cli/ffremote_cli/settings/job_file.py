"""Reads the job JSON of `--job FILE`."""

import json
import sys
from pathlib import Path
from typing import Any

from ..errors import LocalFileProblem


def read_job(name: str) -> dict[str, Any]:
    """Return the job in the file, or on stdin for `-`; raise LocalFileProblem if it is invalid."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError as exc:
        raise LocalFileProblem(f"{name} is not JSON: it is not UTF-8") from exc
    except OSError as exc:
        raise LocalFileProblem(f"{name} cannot be read: {exc.strerror}") from exc
    try:
        job = json.loads(text)
    except ValueError as exc:
        raise LocalFileProblem(f"{name} is not JSON: {exc}") from exc
    if not isinstance(job, dict):
        raise LocalFileProblem(f"{name} is not a JSON object")
    return job
