"""The allow-lists, read once from the JSON files in `tables/`."""

import json
from functools import cache
from importlib import resources
from typing import Any

KINDS = ("video", "audio", "subtitle")


@cache
def table(name: str) -> dict[str, Any]:
    """Return a table: options, filters, params, codecs, containers, encoders, extras, raw, …."""
    text = (
        resources.files("ffremote.ffmpeg.policy")
        .joinpath("tables", f"{name}.json")
        .read_text("utf-8")
    )
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def names(key: str) -> frozenset[str]:
    """Return a set of names in the table `codecs`: video_encoders, …, demuxers, video_decoders."""
    return frozenset(table("codecs")[key])


def decoders() -> frozenset[str]:
    """Return the names of all decoders that inputs may be read with."""
    return frozenset[str]().union(*(names(f"{kind}_decoders") for kind in KINDS))


def decoder_kind(name: str) -> str | None:
    """Return the kind of stream that a decoder reads; None for one that is not allowed."""
    return next((kind for kind in KINDS if name in names(f"{kind}_decoders")), None)
