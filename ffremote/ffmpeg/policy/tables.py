"""The allow-lists, read once from the JSON files in `tables/`."""

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return the table `name`: options, filters, params, codecs, containers, encoders, extras."""
    text = (
        resources.files("ffremote.ffmpeg.policy")
        .joinpath("tables", f"{name}.json")
        .read_text("utf-8")
    )
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def names(key: str) -> frozenset[str]:
    """Return a set of names in the table `codecs`: video_encoders, …, demuxers, decoders."""
    return frozenset(table("codecs")[key])
