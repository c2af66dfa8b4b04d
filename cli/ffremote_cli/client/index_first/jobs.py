"""Says for which jobs the order of the input's bytes may be changed."""

from collections.abc import Mapping
from typing import Any

_PARTS = ("start", "end", "duration", "end_offset", "loop", "format", "excerpt")
"""Keys of an input with which a job waits for all of it; nothing is gained then."""


def may_reorder(job: Mapping[str, Any]) -> bool:
    """Return whether a job encodes or remuxes one input that it may read while that arrives.

    A description of the file, for one, is that of its own bytes.
    """
    if job.get("overlap") == "off" or job.get("probe") or "thumbnail" in job:
        return False
    inputs = job.get("inputs") or [job.get("input") or {}]
    return len(inputs) == 1 and not any(inputs[0].get(key) for key in _PARTS)
