"""Writes the options of the container and the end of a command line."""

from ffremote.spec.types import number_text

from ..formats.containers import Container
from ..formats.decision import Choice
from ..formats.encoders import codec_of
from ..model import tags
from ..model.capabilities import Capabilities
from ..model.limits import Limits
from ..model.media_info import MediaInfo


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
        argv += option.argv
    given = {option.name for option in choice.options}
    if choice.container.has_faststart:
        if "movflags" not in given:
            argv += ["-movflags", "+faststart"]
        encoder = choice.video_encoder
        if encoder and "tag" not in given and codec_of(encoder, capabilities) == "hevc":
            argv += ["-tag:v", "hvc1"]  # Apple's players accept no other tag
    return argv


EXCESS_SECONDS = 10.0
"""FFmpeg stops this long after the limit: a longer result is refused, never cut silently."""


def duration_limit(limits: Limits) -> tuple[str, str]:
    """Return the option that bounds every pass, whatever filters and time stamps produce."""
    return "-t", number_text(limits.max_seconds + EXCESS_SECONDS)


def output_end(container: Container, limits: Limits, output: str) -> list[str]:
    """Return the last words of a command: the bounds of the output, its format and its name."""
    return [
        *("-threads", str(limits.threads), "-max_muxing_queue_size", "1024"),
        *duration_limit(limits),
        *("-f", container.muxer, f"file:{output}"),
    ]
