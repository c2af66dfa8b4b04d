"""A job as the JSON text that is sent to the server."""

import json
from collections.abc import Mapping
from typing import Any

from ..errors import Misused


def job_text(job: Mapping[str, Any]) -> str:
    """Return the job as JSON; raise Misused if a value has a byte that is not UTF-8."""
    text = json.dumps(job, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        near = text[max(0, exc.start - 20) : exc.end].encode("utf-8", "backslashreplace").decode()
        raise Misused(
            f"a value of the job is not text in UTF-8: …{near}",
            hint="only file names may hold other bytes",
        ) from exc
    return text


def with_overlap(job: Mapping[str, Any], overlap: str) -> Mapping[str, Any]:
    """Return the job with `overlap`, if that says more than the job, whose own word counts.

    What is `auto` anyway is left out, for servers that do not know the key.
    """
    has_word = "overlap" in job or job.get("probe") or job.get("inputs") == []
    return job if has_word or overlap == "auto" else {**job, "overlap": overlap}
