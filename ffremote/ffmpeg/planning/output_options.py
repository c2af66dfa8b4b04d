"""Writes the options of the container and the end of a command line."""

from collections.abc import Sequence

from ffremote.spec.types import number_text

from ..formats.decision import Choice
from ..formats.encoders import codec_of
from ..model import tags
from ..model.capabilities import Capabilities
from ..model.limits import Limits
from ..model.media_info import MediaInfo
from ..policy.muxer_options import of_parts
from ..policy.options import Option
from ..policy.value_rules import seconds_of


def container_options(choice: Choice, capabilities: Capabilities, info: MediaInfo) -> list[str]:
    """Return metadata, the job's own further options, and options for players.

    `info` is the first input, whose tags FFmpeg takes.
    """
    spec, argv = choice.spec, []
    if spec.strip_metadata:
        argv += ["-map_metadata", "-1", "-map_chapters", "-1"]
    elif not any(option.name == "map_metadata" for option in choice.options):
        argv += tags.mapping_options(info, choice.container.muxer)
    for key, value in (spec.metadata or {}).items():
        argv += ["-metadata", f"{key}={value}"]
    for option in choice.options:
        argv += () if option.name in _ENDS or _is_of_parts(choice, option) else option.argv
    given = {option.name for option in choice.options}
    if choice.container.has_faststart or (spec.package and choice.container.muxer == "mp4"):
        if "movflags" not in given and spec.package is None:
            argv += ["-movflags", "+faststart"]
        encoder = choice.video_encoder
        if encoder and "tag" not in given and codec_of(encoder, capabilities) == "hevc":
            argv += ["-tag:v", "hvc1"]  # Apple's players accept no other tag
    return argv


def _is_of_parts(choice: Choice, option: Option) -> bool:
    return choice.spec.package is not None and bool(of_parts([option]))


_ENDS = ("t", "to")
"""Options for the end of the result, which the limit of every pass includes."""

EXCESS_SECONDS = 10.0
"""FFmpeg stops this long after the limit: a longer result is refused, never cut silently."""


def duration_limit(limits: Limits) -> tuple[str, str]:
    """Return the option that bounds every pass, whatever filters and time stamps produce."""
    return "-t", number_text(limits.max_seconds + EXCESS_SECONDS)


def output_end(choice: Choice, limits: Limits, output: str) -> list[str]:
    """Return the last words of a command: the bounds of the output, its format and its name."""
    length = _length_of_result(choice.options)
    limit = duration_limit(limits)
    if length is not None and length < limits.max_seconds:
        limit = "-t", number_text(length)
    return [
        *("-threads", str(limits.threads), "-max_muxing_queue_size", "1024"),
        *limit,
        *("-f", choice.muxer, "-" if choice.container.makes_no_file else f"file:{output}"),
    ]


def _length_of_result(options: Sequence[Option]) -> float | None:
    """Return the seconds that -t or -to leaves of the result; FFmpeg ignores -to beside -t."""
    times = {o.name: seconds_of(o.value or "") for o in options if o.name in ("ss", *_ENDS)}
    if "t" in times:
        return times["t"]
    return max(0.0, times["to"] - times.get("ss", 0.0)) if "to" in times else None
