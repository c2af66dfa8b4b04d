"""Writes the job that plays its inputs one after the other as a job that FFmpeg can run.

It gets a filter graph of ours, or one input in place of all, the list of their copies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ffremote.errors import InvalidArgument
from ffremote.spec import Input, JobSpec, Subtitles
from ffremote.spec.grammar import read_stream_map
from ffremote.states import FailureReason

from ...formats.containers import choose
from ...formats.encoders import COPY
from ...formats.frame_size import shown_size
from ...model.claimed_duration import is_plausible
from ...model.failure import refuse
from ...model.media_info import MediaInfo, Stream
from ...policy.extra_args import resolve_extra_args
from ..held_frames import seconds_read
from .alike import Parts, difference, refuse_unlike

_KINDS = {"v": "video", "a": "audio"}
_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
_NO_SUBTITLES = Subtitles(mode="drop")
_MAX_FPS = 240
_SHORTEST_SILENCE = 0.1  # the filter `concat` fills it up to the length of the picture


@dataclass(frozen=True, slots=True)
class Joined:
    """A job without `concat`, its inputs, and what these are joined of if that is not a graph."""

    spec: JobSpec
    infos: tuple[MediaInfo, ...]
    parts: Parts | None = None


def join(spec: JobSpec, infos: Sequence[MediaInfo]) -> Joined:
    """Return the job with its inputs joined; other jobs as they are.

    Raise InvalidArgument for fields that exclude it, TranscodeError for inputs that do not fit
    together.
    """
    if spec.concat is None:
        return Joined(spec, tuple(infos))
    [spec] = spec.products
    kinds = _kinds(resolve_extra_args(spec)[0])
    videos = [_first(info.video_streams, "video", kinds) for info in infos]
    audios = [_first(info.streams, "audio", kinds) for info in infos]
    if not any(videos) and not any(audios):
        raise refuse(FailureReason.NO_SUCH_STREAM, "The inputs have nothing that can be joined.")
    streams = [tuple(each for each in pair if each) for pair in zip(videos, audios, strict=True)]
    copied = _copied(spec)
    if spec.concat == "copy" or (spec.concat == "auto" and (copied or not difference(streams))):
        refuse_unlike(streams)
        parts = Parts(spec, tuple(infos), tuple(streams))
        alone = {"concat": None, "streams": None, "inputs": None, "subtitles": _NO_SUBTITLES}
        return Joined(spec.model_copy(update=alone), (parts.joined,), parts)
    if copied is not None:
        raise InvalidArgument(
            f"{copied}.codec", f"{copied}.codec is copy, but concat: encode encodes all streams."
        )
    return Joined(_with_graph(spec, infos, videos, audios), tuple(infos))


def _copied(spec: JobSpec) -> str | None:
    """Return the kind of streams that the job does not encode."""
    sections = {"video": spec.video_options, "audio": spec.audio_options}
    return next((kind for kind, each in sections.items() if each and each.codec == COPY), None)


def _with_graph(
    spec: JobSpec,
    infos: Sequence[MediaInfo],
    videos: Sequence[Stream | None],
    audios: Sequence[Stream | None],
) -> JobSpec:
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
            "subtitles": _NO_SUBTITLES,
            "graph": ";".join(chains),
            "streams": tuple(f"[{kind}]" for kind in made),
        }
    )


def unjoined_warnings(spec: JobSpec, infos: Sequence[MediaInfo]) -> list[str]:
    """Return a warning for further streams of joined inputs, unless the job chooses streams."""
    if spec.concat is None or not {"0", "0?"} & {*(spec.streams or ["0"])}:
        return []
    subtitles = any(each.kind == "subtitle" for info in infos for each in info.streams)
    drops = spec.subtitles is not None and spec.subtitles.mode == "drop"
    left = ["subtitles"] if subtitles and not drops else []
    tracks = (sum(each.kind == "audio" for each in info.streams) for info in infos)
    if spec.audio is not False and max(tracks) > 1:
        left.append("further audio tracks")
    if not left:
        return []
    return [f"Joined inputs keep one video and one audio track: {' and '.join(left)} are left out."]


def _kinds(spec: JobSpec) -> frozenset[str]:
    """Return the kinds of streams that the job wants of its inputs, which count as one."""
    container = choose(spec)
    if container.is_image:
        raise InvalidArgument(
            "concat", f"Inputs cannot be joined into {container.name}, a picture."
        )
    sections = {"video": spec.video, "audio": spec.audio}
    for kind, section in sections.items():
        if section and section.track is not None:
            raise InvalidArgument(
                f"{kind}.track", f"{kind}.track is not supported in a job with concat."
            )
    if spec.subtitles is not None and spec.subtitles.mode == "burn":
        raise InvalidArgument("subtitles.mode", "Subtitles of joined inputs cannot be burned in.")
    if spec.subtitles is not None and isinstance(spec.subtitles.track, int):
        raise InvalidArgument("subtitles.track", "Joined inputs keep no subtitles.")
    wanted = {k for k, section in sections.items() if section is not False and container.default(k)}
    if spec.streams is not None:
        wanted &= {kind for n, text in enumerate(spec.streams) for kind in _mapped(n, text)}
    return frozenset(wanted)


def _mapped(place: int, text: str) -> Sequence[str]:
    """Return the kinds of a map; raise InvalidArgument for one of other streams than the first."""
    parts = read_stream_map(text)
    if text in ("0", "0?"):
        return list(_KINDS.values())
    for letter, kind in _KINDS.items():
        if parts and text.removesuffix("?") in (f"0:{letter}", f"0:{letter}:0"):
            return [kind]
    field = f"streams[{place}]"
    raise InvalidArgument(
        field, f"{field} is {text}; joined inputs count as one: 0, 0:v and 0:a can be chosen."
    )


def _first(streams: Sequence[Stream], kind: str, kinds: frozenset[str]) -> Stream | None:
    found = (each for each in streams if each.kind == kind and kind in kinds)
    return next((each for each in found if not each.is_picture), None)


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
