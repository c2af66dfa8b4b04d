"""The options of the container and the end of a command line."""

from ffremote.spec.types import number_text

from ..formats.containers import Container
from ..formats.decision import Choice
from ..formats.encoders import codec_of
from ..model import tags
from ..model.capabilities import Capabilities
from ..model.limits import Limits
from ..model.media_info import MediaInfo


def container_options(choice: Choice, capabilities: Capabilities, info: MediaInfo) -> list[str]:
    """Return metadata, the job's own further options, and what players need."""
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
            argv += ["-tag:v", "hvc1"]  # Apple's players know no other
    return argv


OVER = 10.0
"""Seconds past the limit at which FFmpeg stops: a longer result is refused, never cut silently."""


def bound(limits: Limits) -> tuple[str, str]:
    """Return the words that end every pass at last, whatever filters and clocks make of it."""
    return "-t", number_text(limits.max_seconds + OVER)


def end(container: Container, limits: Limits, output: str) -> list[str]:
    """Return the bounds of the output, its format and its name, which come last."""
    return [
        *("-threads", str(limits.threads), "-max_muxing_queue_size", "1024"),
        *bound(limits),
        *("-f", container.muxer, f"file:{output}"),
    ]
