"""Renditions: the same video in several sizes and bit rates, for players to choose from."""

from collections.abc import Sequence
from dataclasses import replace

from ffremote.errors import InvalidArgument
from ffremote.spec import Rendition, Video

from ...formats.decision import Choice
from ...formats.encoders import COPY, rate_control
from ...formats.frame_size import shown_size
from ...model.media_info import Stream
from ...streams.selection import Selection
from ..extraction import burns_text
from ..resolved_job import ResolvedJob

MOST_ENCODERS = 8
_BITS_AT_1080 = 5_000_000
_FIELD = "package.renditions"
_NOT_BESIDE = ("scale", "bitrate", "maxrate", "bufsize", "qp", "two_pass", "rotate")


def with_renditions(choice: Choice, selection: Selection) -> Selection:
    """Return the streams with the video once for each rendition, and the audio as often as needed.

    Raise InvalidArgument for a job whose video cannot have renditions.
    """
    package = choice.spec.package
    if package is None or package.renditions is None:
        return selection
    _refuse_others(choice, selection)
    [video] = selection.video_streams
    kept, _ = ladder(package.renditions, video)
    audio = selection.of_kind("audio")[:1]
    streams = (*(video for _ in kept), *audio * (len(kept) if has_own_audio(kept) else 1))
    if len(streams) > MOST_ENCODERS:
        raise InvalidArgument(
            _FIELD, f"{_FIELD} would encode {len(streams)} streams; the limit is {MOST_ENCODERS}."
        )
    return replace(selection, streams=streams)


def ladder(
    renditions: Sequence[Rendition], video: Stream
) -> tuple[tuple[Rendition, ...], tuple[str, ...]]:
    """Return the renditions that are not higher than the video, and warnings about the others.

    If all are higher, the lowest is made in the size of the video.
    """
    height = shown_size(video).height
    if height is None:
        return tuple(renditions), ()
    kept = [each for each in renditions if each.height <= height]
    left = [each for each in renditions if each.height > height]
    if not kept:
        lowest = min(left, key=lambda each: each.height)
        left.remove(lowest)
        kept = [lowest.model_copy(update={"height": max(16, height), "width": None})]
        warning = f"All renditions are higher than the input; one of {height} lines is made."
        return tuple(kept), (warning,)
    return tuple(kept), tuple(
        f"The rendition of {each.height} lines is left out: the input has {height}."
        for each in left
    )


def kept_renditions(job: ResolvedJob) -> tuple[tuple[Rendition, ...], tuple[str, ...]]:
    """Return the renditions of an output and warnings; none if it has no renditions."""
    package = job.spec.package
    if package is None or package.renditions is None:
        return (), ()
    return ladder(package.renditions, job.selection.video_streams[0])


def has_own_audio(renditions: Sequence[Rendition]) -> bool:
    """Whether each rendition has audio of its own instead of one track for all."""
    return any(each.audio_bitrate is not None for each in renditions)


def rendition_filters(renditions: Sequence[Rendition], parts: Sequence[str]) -> list[str]:
    """Return the options that filter the video of each rendition; `parts` come first."""
    argv: list[str] = []
    for number, each in enumerate(renditions):
        width = each.width - each.width % 2 if each.width else -2
        scale = f"scale=w={width}:h={each.height - each.height % 2}"
        argv += [f"-filter:v:{number}", ",".join([*parts, scale])]
    return argv


def rates(job: ResolvedJob, renditions: Sequence[Rendition]) -> list[str]:
    """Return the options for the bit rates of each rendition."""
    argv: list[str] = []
    encoder = job.choice.video_encoder or ""
    for number, each in enumerate(renditions):
        bits = each.bitrate or _default_bitrate(each.height)
        most = each.maxrate or bits * 3 // 2
        settings = job.spec.video_options or Video()
        is_capped = settings.crf is not None
        settings = settings.model_copy(
            update={"maxrate": each.maxrate or bits}
            if is_capped
            else {"bitrate": bits, "maxrate": most}
        )
        options, _ = rate_control(settings, encoder)
        argv += _placed(options, f"v:{number}")
        if each.audio_bitrate is not None and job.selection.of_kind("audio"):
            argv += [f"-b:a:{number}", str(each.audio_bitrate)]
    return argv


def _default_bitrate(height: int) -> int:
    """Return bits per second by height: 5M at 1080, 2.7M at 720, 1.5M at 480."""
    bits = int(_BITS_AT_1080 * (height / 1080) ** 1.5)
    return max(400_000, min(16_000_000, bits // 1000 * 1000))


def _placed(options: Sequence[str], place: str) -> list[str]:
    """Return options with the number of the stream that they are for."""
    pairs = zip(options[::2], options[1::2], strict=True)
    return [word for name, value in pairs for word in (f"{name.removesuffix(':v')}:{place}", value)]


def _refuse_others(choice: Choice, selection: Selection) -> None:
    """Raise InvalidArgument unless one video is encoded, in sizes of the renditions alone."""
    if choice.video_encoder in (None, COPY):
        raise InvalidArgument("video.codec", f"{_FIELD} requires video that is encoded.")
    options = choice.spec.video_options
    for key in _NOT_BESIDE:
        if options is not None and getattr(options, key):
            raise InvalidArgument(f"video.{key}", f"video.{key} and {_FIELD} exclude each other.")
    videos = selection.video_streams
    is_drawn = selection.burned is not None and not burns_text(selection)
    if len(videos) != 1 or videos[0].is_made or is_drawn or choice.spec.overlays:
        raise InvalidArgument(
            _FIELD,
            f"{_FIELD} requires one video stream of an input, without overlays or burned pictures.",
        )
