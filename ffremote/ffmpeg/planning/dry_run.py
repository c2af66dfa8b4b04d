"""What the front desk asks before there is an input."""

from dataclasses import dataclass, replace

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec
from ffremote.spec.grammar import read_stream_map
from ffremote.states import FailureReason

from ..formats.decision import decide
from ..model.capabilities import Capabilities
from ..model.failure import Failure, TranscodeError
from ..model.limits import Limits
from ..model.media_info import ASSUMED, MediaInfo, Stream
from ..streams.stream_maps import assumed
from .planner import write_plan


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a job would run: the argument lists, the command for people, and warnings."""

    argv: tuple[tuple[str, ...], ...]
    command: str
    warnings: tuple[str, ...]


def check(spec: JobSpec, capabilities: Capabilities) -> tuple[str, ...]:
    """Refuse what no input could make right, with InvalidArgument; return warnings."""
    return dry_run(spec, capabilities, Limits()).warnings


def needs(spec: JobSpec, capabilities: Capabilities) -> frozenset[str]:
    """Return the encoders that a worker must have for this job."""
    return decide(spec, capabilities).encoders


def dry_run(spec: JobSpec, capabilities: Capabilities, limits: Limits) -> DryRun:
    """Plan the job for an ordinary film that has every stream that the job names."""
    try:
        planned = write_plan(spec, _assume(spec), capabilities, limits, attempt="attempt")
    except TranscodeError as exc:
        raise InvalidArgument("job", _without_streams(exc.failure)) from exc
    argv = tuple(("ffmpeg", *each.argv) for each in planned.passes)
    return DryRun(argv, planned.command, planned.warnings)


def _without_streams(failure: Failure) -> str:
    """Return message and hint, but not the streams of a film that the client does not have."""
    if failure.reason is FailureReason.NO_SUCH_STREAM:
        return failure.message
    return f"{failure.message} {failure.hint}".strip()


def _assume(spec: JobSpec) -> MediaInfo:
    """An ordinary film, with more streams where the job counts to them."""
    parts = (spec.video_options, spec.audio_options, spec.subtitles)
    tracks = [part.track for part in parts if part and isinstance(part.track, int)]
    words = [*(spec.streams or ()), *(spec.extra_args or ())]
    maps = [found for word in words if (found := read_stream_map(word))]
    extra = max([0, *tracks, *(each.number or 0 for each in maps)])
    streams = list(ASSUMED.streams)
    for _ in range(extra):
        for each in ASSUMED.streams[:3]:
            streams.append(_at(each, len(streams)))
    for kind, letter in (("data", "d"), ("attachment", "t")):
        most = max(((each.number or 0) + 1 for each in maps if each.kind == letter), default=0)
        streams += [Stream(len(streams) + n, kind, "bin_data", tag="gpmd") for n in range(most)]
    for word in words:
        for each in assumed(word, ASSUMED.streams[:3]):
            streams.append(replace(each, index=len(streams)))
    return MediaInfo(ASSUMED.format, ASSUMED.duration, tuple(streams))


def _at(stream: Stream, index: int) -> Stream:
    return Stream(
        index,
        stream.kind,
        stream.codec,
        stream.width,
        stream.height,
        stream.fps,
        stream.pix_fmt,
        stream.sample_rate,
        stream.channels,
    )
