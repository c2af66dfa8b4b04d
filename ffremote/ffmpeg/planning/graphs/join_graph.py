"""Writes the filter graph that plays inputs one after the other, in the form of the first one."""

from collections.abc import Sequence
from fractions import Fraction

from ffremote.spec import Input, JobSpec, Subtitles
from ffremote.states import FailureReason

from ...formats.frame_size import shown_size
from ...model.claimed_duration import is_plausible
from ...model.failure import refuse
from ...model.media_info import MediaInfo, Stream
from ..held_frames import seconds_read

NO_SUBTITLES = Subtitles(mode="drop")
_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
_MAX_FPS = 240
_SHORTEST_SILENCE = 0.1  # the filter `concat` fills it up to the length of the picture


def with_graph(
    spec: JobSpec,
    infos: Sequence[MediaInfo],
    videos: Sequence[Stream | None],
    audios: Sequence[Stream | None],
) -> JobSpec:
    """Return the job with a graph over these streams; raise TranscodeError if they do not fit."""
    _refuse_missing_video(videos)
    made = [
        *(["v"] if any(videos) else []),
        *(["a"] if any(audios) else []),
    ]
    chains = [*_pictures(videos), *_sounds(audios, infos, spec.sources)]
    pads = "".join(f"[{kind}{number}]" for number in range(len(infos)) for kind in made)
    has = {kind: int(kind in made) for kind in "va"}
    ends = "".join(f"[{kind}]" for kind in made)
    chains.append(f"{pads}concat=n={len(infos)}:v={has['v']}:a={has['a']}{ends}")
    return spec.model_copy(
        update={
            "concat": None,
            "subtitles": NO_SUBTITLES,
            "graph": ";".join(chains),
            "streams": tuple(f"[{kind}]" for kind in made),
        }
    )


def _refuse_missing_video(videos: Sequence[Stream | None]) -> None:
    missing = next((number for number, each in enumerate(videos) if each is None), None)
    if missing is not None and any(videos):
        raise refuse(
            FailureReason.NO_SUCH_STREAM,
            f"Input {missing} has no video, but others have, so they cannot be joined.",
            "Leave it out, or join the audio alone (video: false).",
        )


def _pictures(videos: Sequence[Stream | None]) -> list[str]:
    """Return a chain for each picture: the size of the first with its shape kept, and its rate."""
    first = next((each for each in videos if each), None)
    if first is None:
        return []
    filters = [*_same_size(first), *_same_rate(first)]
    return [
        f"[{number}:{each.index}]{','.join(filters)}[v{number}]"
        for number, each in enumerate(videos)
        if each
    ]


def _same_size(first: Stream) -> list[str]:
    size = shown_size(first)
    if not size.width or not size.height:
        raise refuse(FailureReason.UNSUPPORTED_INPUT, "The size of the first input is not known.")
    wide, high = size.width, size.height
    return [
        f"scale=w='max(2,min({wide},round({high}*dar)))':h='max(2,min({high},round({wide}/dar)))'",
        f"pad=w={wide}:h={high}:x='(ow-iw)/2':y='(oh-ih)/2'",
        "setsar=sar=1",
    ]


def _same_rate(first: Stream) -> list[str]:
    if not first.fps or first.fps > _MAX_FPS:
        return []  # a false claim; the time stamps of the frames are kept
    return [f"fps=fps={Fraction(first.fps).limit_denominator(1001)}"]


def _sounds(
    audios: Sequence[Stream | None], infos: Sequence[MediaInfo], sources: Sequence[Input]
) -> list[str]:
    """Return a chain for each sound, silence where an input has none, all as the first."""
    first = next((each for each in audios if each), None)
    if first is None:
        return []
    rate, layout = first.sample_rate or 48000, _LAYOUTS.get(first.channels or 2)
    same = f"aformat=sample_rates={rate}" + (f":channel_layouts={layout}" if layout else "")
    chains = []
    for number, each in enumerate(audios):
        silence = _silence(infos[number], sources[number])
        read = f"[{number}:{each.index}]" if each else f"anullsrc=r={rate}:d={silence:.3f},"
        chains.append(f"{read}{same}[a{number}]")
    return chains


def _silence(info: MediaInfo, source: Input) -> float:
    """Return the seconds of silence beside the picture of an input."""
    seconds = None if source.is_retimed else seconds_read(info, source)
    if seconds is None or not is_plausible(info, seconds):
        return _SHORTEST_SILENCE
    return max(_SHORTEST_SILENCE, seconds)
