"""Suggestions for a refused job: the nearest codec, preset or container of the server."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from ..client.client import Client
from ..errors import ClientError, Refused
from .ffmpeg_spellings import ENCODER_PRESETS

FAMILIES = ("h264", "hevc", "av1", "vp9", "aac", "opus", "mp3", "flac", "copy")


def suggest(client: Client, error: ClientError, job: Mapping[str, Any]) -> None:
    """Add a hint to the error if the server has a value close to the refused one."""
    if not isinstance(error, Refused) or error.hint is not None:
        return
    field = str(error.details.get("field", ""))
    typed = _value_at(job, field)
    if not isinstance(typed, str):
        return
    if field == "preset" and typed in ENCODER_PRESETS and "video-preset" not in error.message:
        error.hint = f"for the encoder's speed use --video-preset {typed}"
        return
    try:
        close = get_close_matches(typed, list(_known(client, field)), n=1)
    except ClientError:
        return
    if close and close[0] != typed:
        error.hint = f"did you mean {close[0]}?"


def _known(client: Client, field: str) -> Iterable[str]:
    if field in ("video.codec", "audio.codec", "subtitles.codec"):
        kind = {"video": "video", "audio": "audio"}.get(field.partition(".")[0], "subtitle")
        encoders = client.capabilities()["encoders"]
        return [*FAMILIES, *(each["name"] for each in encoders if each["kind"] == kind)]
    if field == "preset":
        return [each["name"] for each in client.presets()["items"]]
    if field == "container":
        return [str(each) for each in client.capabilities()["containers"]]
    return ()


def _value_at(job: Mapping[str, Any], field: str) -> Any:
    value: Any = job
    for step in field.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
