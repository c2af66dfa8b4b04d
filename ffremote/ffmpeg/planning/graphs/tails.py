"""The filters behind the outputs of a job's graph, in its last pass and in those that measure."""

from collections.abc import Iterable
from dataclasses import replace

from ...formats.loudness import measuring, measuring_filter
from ...model.media_info import Stream
from ..audio_track import AudioTrack
from ..picture_subtitles import overlay_graph
from ..resolved_job import ResolvedJob
from ..video_track import VideoTrack
from .graph_text import Tail, graph_options

_CARRIED = ("language", "title", "timecode")
"""Tags of streams, which FFmpeg drops where a graph stands between input and result."""


def last_tails(
    job: ResolvedJob, video: VideoTrack, audio: AudioTrack, ends: tuple[str, str]
) -> dict[int, Tail]:
    """Return what is behind each output in the last pass.

    `ends` are the texts before and behind the filters of the video.
    """
    first, last = ends
    shown = Tail(video.graphs, last, first)
    if (burned := job.selection.burned) is not None and job.burns_bitmap:
        base = job.base_of(job.selection.video_streams[0])
        shown = replace(shown, graphs=(overlay_graph(base, burned), *video.graphs))
    tails = {stream.index: shown for stream in job.selection.video_streams if stream.is_made}
    for position, stream in enumerate(job.selection.of_kind("audio")):
        if stream.is_made:
            tails[stream.index] = Tail(audio.graphs, audio.correction(job.number, position))
    return tails


def measuring_options(job: ResolvedJob, audio: AudioTrack) -> list[str]:
    """Return the options that map all audio tracks and measure the loudness of each."""
    assert audio.loudnorm is not None
    streams = dict(enumerate(job.selection.of_kind("audio")))
    chain = ",".join(str(graph) for graph in audio.graphs)
    tails = {
        stream.index: Tail(audio.graphs, measuring_filter(track, audio.loudnorm))
        for track, stream in streams.items()
        if stream.is_made
    }
    direct = {track: chain for track, stream in streams.items() if not stream.is_made}
    return [
        *graph_options(job, tails, tuple(tails)),
        *maps(streams.values()),
        *measuring(direct, audio.loudnorm),
    ]


def carried_tags(job: ResolvedJob) -> list[str]:
    """Return the options that keep the tags of streams which the graph only carries on."""
    if job.spec.strip_metadata or any(o.name == "map_metadata" for o in job.choice.options):
        return []
    argv = []
    for kind, letter in (("video", "v"), ("audio", "a")):
        for position, stream in enumerate(job.selection.of_kind(kind)):
            tags = job.base_of(stream).tags if job.base_of(stream) != stream else {}
            for key in _CARRIED:
                if tags.get(key):
                    argv += [f"-metadata:s:{letter}:{position}", f"{key}={tags[key]}"]
    return argv


def maps(streams: Iterable[Stream]) -> list[str]:
    """Return the options that take these streams into an output."""
    return [word for stream in streams for word in ("-map", stream.specifier)]
