"""Chooses the frame-rate mode (`-fps_mode`) where FFmpeg's default for the muxer is wrong."""

from collections.abc import Sequence

from ...formats.decision import Choice
from ...formats.encoders import COPY
from ...model.media_info import MediaInfo
from ...policy.filtergraph import Graph
from .stretch import keeps_length

TIMING = ("fps_mode", "r", "fpsmax")
"""Options that decide which frames both passes see."""
_ANIMATIONS = frozenset({"apng", "gif"})
_CONSTANT_MUXERS = frozenset({"dv", "mpeg", "mxf", "vob"})


def frame_timing(
    choice: Choice, info: MediaInfo, graphs: Sequence[Graph], *, twice: bool
) -> list[str]:
    """Return the option that sets the mode; empty if FFmpeg's default is right.

    With two passes (`twice`) both must see the same frames. The last frame of an animation may
    last for seconds, which most muxers do not store, so constant mode repeats that frame.
    """
    given = {option.name for option in choice.options}
    if "fps_mode" in given or choice.video_encoder in (None, COPY):
        return []
    container = choice.container
    is_shown = not container.is_image and not container.makes_no_file
    becomes_video = choice.video_encoder not in _ANIMATIONS and is_shown
    if info.format in _ANIMATIONS and becomes_video and keeps_length(graphs):
        return ["-fps_mode:v", "cfr"]
    if not twice:
        return []
    constant = not given.isdisjoint(TIMING) or choice.container.muxer in _CONSTANT_MUXERS
    return ["-fps_mode:v", "cfr" if constant else "vfr"]
