"""Writes the passes that measure motion and loudness before an output is written."""

from collections.abc import Sequence

from ffremote.errors import InvalidArgument

from ..model.plan import Pass
from ..policy.graph import Graph
from .audio_track import AudioTrack
from .graphs.tails import maps, measuring_options
from .output_options import duration_limit
from .resolved_job import ResolvedJob


def motion_pass(
    job: ResolvedJob, motion: Sequence[Graph] | None, head: Sequence[str]
) -> list[Pass]:
    """Return the pass with the filters that measure the motion of the video; none without."""
    if motion is None:
        return []
    videos = job.selection.video_streams
    if len(videos) > 1:
        raise InvalidArgument("video.filters", "vidstabtransform takes one video stream.")
    chain = ",".join(str(graph) for graph in motion)
    words = ["-filter:v", chain, *duration_limit(job.limits), "-f", "null", "-"]
    return [Pass((*head, *maps(videos), *words), 0.5)]


def measuring_pass(job: ResolvedJob, audio: AudioTrack, head: Sequence[str]) -> list[Pass]:
    """Return the pass that measures the loudness of each audio track; none without."""
    loudnorm = audio.loudnorm
    if loudnorm is None:
        return []
    words = [*measuring_options(job, audio), *duration_limit(job.limits), "-f", "null", "-"]
    each = (loudnorm,) * len(job.selection.of_kind("audio"))
    return [Pass((*head, *words), 0.1, loudnorm=each, measures=job.number)]
