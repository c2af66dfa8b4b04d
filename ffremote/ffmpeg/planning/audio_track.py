"""Plans the audio of one job: its filters, and the options of its encoder."""

from dataclasses import dataclass

from ffremote.spec import Audio

from ..formats import audio, audio_limits
from ..formats.decision import Choice
from ..formats.encoders import COPY
from ..model.media_info import Stream
from ..model.plan import MEASURED
from ..policy.filtergraph import Graph
from ..policy.pitch_bug import guarded_sound
from .audio_copy import reencode_incompatible
from .resolved_job import ResolvedJob


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """What all audio streams of the result have in common."""

    settings: Audio
    """The options of the job, within the limits of the encoder."""
    graphs: tuple[Graph, ...] = ()
    loudnorm: str | None = None
    """The filter that reaches the job's loudness, still without measurements; None for none."""
    warnings: tuple[str, ...] = ()

    def correction(self, output: int, position: int) -> str:
        """Return the filter that corrects the loudness of a track, empty for none."""
        return "" if self.loudnorm is None else MEASURED.format(output, position)


def plan_audio(choice: Choice, streams: tuple[Stream, ...]) -> AudioTrack:
    """Return settings and filters for `streams`, the chosen audio streams; none for a copy."""
    settings, encoder = choice.spec.audio_options or Audio(), choice.audio_encoder
    if not streams or encoder is None or encoder == COPY:
        return AudioTrack(settings)
    settings, warnings = audio_limits.adjust(settings, encoder)
    target = audio.loudness_target(settings)
    return AudioTrack(
        settings,
        (
            *audio_limits.downmix(settings, encoder, streams),
            *guarded_sound(audio.chain(settings), [stream.sample_rate for stream in streams]),
        ),
        None if target is None else audio.loudnorm(target),
        tuple(warnings),
    )


def encoding_options(track: AudioTrack, job: ResolvedJob) -> tuple[list[str], list[str]]:
    """Return the options of the audio streams in the last pass, and warnings.

    Raises TranscodeError for a stream that can neither be copied nor decoded.
    """
    choice, streams = job.choice, job.selection.of_kind("audio")
    if not streams:
        return [], []
    encoder = choice.audio_encoder
    assert encoder is not None
    argv = [*_filters(track, streams, job.number), *audio.encoding(track.settings, encoder)]
    fitted, warnings = audio_limits.stream_options(track.settings, encoder, streams)
    reencoded, more = reencode_incompatible(choice, streams, job.capabilities)
    return [*argv, *fitted, *reencoded], [*warnings, *more]


def filter_options(letter: str, text: str, streams: tuple[Stream, ...]) -> list[str]:
    """Return the option that filters the streams of a kind that no filter graph makes."""
    if not text:
        return []
    if not any(stream.is_made for stream in streams):
        return [f"-filter:{letter}", text]
    direct = [place for place, stream in enumerate(streams) if not stream.is_made]
    return [word for place in direct for word in (f"-filter:{letter}:{place}", text)]


def _filters(track: AudioTrack, streams: tuple[Stream, ...], output: int) -> list[str]:
    parts = [str(graph) for graph in track.graphs]
    if track.loudnorm is None:
        return filter_options("a", ",".join(parts), streams)
    argv = []
    for position, stream in enumerate(streams):
        if not stream.is_made:
            corrected = ",".join([*parts, track.correction(output, position)])
            argv += [f"-filter:a:{position}", corrected]
    return argv
