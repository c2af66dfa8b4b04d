"""What a worker says of inputs and results, as far as clients may be shown it.

These facts are shown beside what the server knows itself, so they must not stand for that.
"""

from collections.abc import Mapping
from typing import Any

from ffremote import ffmpeg
from ffremote.errors import InvalidArgument

KNOWN_OF_INPUTS = frozenset({"upload_id", "filename", "bytes_received", "sha256"})
KNOWN_OF_RESULTS = frozenset({"filename", "sha256", "files"})


def require_capabilities(found: Mapping[str, Any]) -> None:
    """Raise InvalidArgument unless these are capabilities, which jobs are checked against."""
    try:
        text = ffmpeg.Capabilities.from_json(found)
        names = [*text.encoders, *text.decoders, *text.broken, *text.filters, *text.muxers]
        names += [*text.demuxers, *text.pix_fmts, *text.options, text.version]
        is_sound = all(isinstance(name, str) and len(name) <= 300 for name in names)
        is_sound = is_sound and ffmpeg.Capabilities.from_json(text.to_json()) == text
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise InvalidArgument("capabilities", "These are no capabilities of FFmpeg.") from exc
    if not is_sound:
        raise InvalidArgument("capabilities", "These are no capabilities of FFmpeg.")


def require_of_inputs(info: Mapping[str, Any]) -> None:
    """Raise InvalidArgument for facts about inputs that cannot be shown."""
    each = info.get("inputs", [info])
    if not isinstance(each, list) or not all(isinstance(facts, dict) for facts in each):
        raise InvalidArgument("info.inputs", "The facts of each input are an object.")
    for facts in each:
        _refuse(KNOWN_OF_INPUTS, facts)


def of_result(info: Mapping[str, Any], *, size: int | None, files: int) -> dict[str, Any]:
    """Return the facts of a result of `size` bytes, or of several `files`; 0: it is one, or none.

    Raise InvalidArgument for what cannot be shown.
    """
    _refuse(KNOWN_OF_RESULTS, info)
    duration = info.get("duration")
    if duration is not None and not isinstance(duration, int | float):
        raise InvalidArgument("info.duration", "The duration is a number of seconds.")
    if not isinstance(info.get("measurements", {}), dict):
        raise InvalidArgument("info.measurements", "Measurements are an object.")
    measured = {"bytes": size} if "bytes" in info else {}
    return {**({"files": files} if files else {}), **info, **measured}


def _refuse(known: frozenset[str], facts: Mapping[str, Any]) -> None:
    taken = known & facts.keys()
    if taken:
        name = min(taken)
        raise InvalidArgument(f"info.{name}", f"The server itself knows the {name}.")
