"""Writes the job that plays its inputs one after the other as a job that FFmpeg can run.

It gets a filter graph of ours, or one input in place of all, the list of their copies.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec
from ffremote.spec.grammar import read_stream_map
from ffremote.states import FailureReason

from ...formats.containers import choose
from ...formats.encoders import COPY
from ...model.failure import refuse
from ...model.media_info import MediaInfo, Stream
from ...policy.extra_args import resolve_extra_args
from .alike import Parts
from .join_graph import NO_SUBTITLES, with_graph
from .unlike import Chosen, difference, refuse_unlike, with_own_header

_KINDS = {"v": "video", "a": "audio"}


@dataclass(frozen=True, slots=True)
class Joined:
    """A job without `concat`, its inputs, and what these are joined of if that is not a graph."""

    spec: JobSpec
    infos: tuple[MediaInfo, ...]
    parts: Parts | None = None
    warnings: tuple[str, ...] = ()


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
    audios = _audios(infos, kinds)
    if not any(videos) and not any(audios):
        raise refuse(FailureReason.NO_SUCH_STREAM, "The inputs have nothing that can be joined.")
    streams = [tuple(each for each in pair if each) for pair in zip(videos, audios, strict=True)]
    copied = _copied(spec)
    if spec.concat == "copy" or (spec.concat == "auto" and (copied or _are_alike(streams))):
        return _joined_packets(spec, infos, streams)
    if copied is not None:
        raise InvalidArgument(
            f"{copied}.codec", f"{copied}.codec is copy, but concat: encode encodes all streams."
        )
    losses = [*_left_out(spec, infos), *_other_languages(audios)]
    return Joined(with_graph(spec, infos, videos, audios), tuple(infos), None, tuple(losses))


def _are_alike(streams: Sequence[Chosen]) -> bool:
    return not difference(streams) and not with_own_header(streams)


def _joined_packets(spec: JobSpec, infos: Sequence[MediaInfo], streams: Sequence[Chosen]) -> Joined:
    refuse_unlike(streams)
    parts = Parts(spec, tuple(infos), tuple(streams))
    alone = {"concat": None, "streams": None, "inputs": None, "subtitles": NO_SUBTITLES}
    warnings = _left_out(spec, infos)
    numbers = with_own_header(streams)
    video = spec.video_options
    if numbers and video and video.codec == COPY:
        warnings.append(
            f"The H.264 settings of input {' and '.join(map(str, numbers))} are not those of input"
            " 0, or are stored in another way. FFmpeg decodes the result, but some players do not:"
            " concat: encode makes one for all."
        )
    return Joined(spec.model_copy(update=alone), (parts.joined,), parts, tuple(warnings))


def _copied(spec: JobSpec) -> str | None:
    """Return the kind of streams that the job does not encode."""
    sections = {"video": spec.video_options, "audio": spec.audio_options}
    return next((kind for kind, each in sections.items() if each and each.codec == COPY), None)


def _left_out(spec: JobSpec, infos: Sequence[MediaInfo]) -> list[str]:
    """Return a warning for further streams of joined inputs, unless the job chooses streams."""
    if not {"0", "0?"} & {*(spec.streams or ["0"])}:
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


def _other_languages(audios: Sequence[Stream | None]) -> list[str]:
    """Return a warning for each sound in another language than the first."""
    first = next((each.language for each in audios if each and each.language), None)
    return [
        f"The audio of input {number} is in {each.language}, but that of the others in {first}."
        for number, each in enumerate(audios)
        if each and each.language not in (None, first)
    ]


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


def _audios(infos: Sequence[MediaInfo], kinds: frozenset[str]) -> list[Stream | None]:
    """Return the first audio of each input; after the first input, that in the same language."""
    found: list[Stream | None] = []
    for info in infos:
        wanted = found[0].language if found and found[0] else None
        fitting = [s for s in info.streams if wanted is not None and s.language == wanted]
        found.append(_first(fitting, "audio", kinds) or _first(info.streams, "audio", kinds))
    return found
