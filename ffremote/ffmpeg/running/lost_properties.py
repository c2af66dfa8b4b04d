"""Warns of properties that the result lost: compares its streams with those of the input."""

from collections.abc import Callable, Iterable, Sequence

from ffremote.spec import JobSpec

from ..formats.hdr import hdr_kind
from ..formats.subtitles import BITMAP_SUBTITLES
from ..model.expected import Expected
from ..model.media_info import MediaInfo, Stream, merge_inputs
from ..model.planned_output import PlannedOutput
from ..model.tags import lost_tags

_WITHOUT_METADATA = frozenset({"srt", "webvtt", "ass"})
_IMMERSIVE = ("Stereo 3D", "Spherical Mapping")
_ASPECT_TOLERANCE = 0.02
Pairs = Sequence[tuple[Stream, Stream]]


def lost_properties(
    spec: JobSpec, infos: Sequence[MediaInfo], output: PlannedOutput, result: MediaInfo
) -> tuple[str, ...]:
    """Return warnings about chapters, tags, dispositions and rotation that the result lacks.

    `spec` is the job as if `output` were its only one; `infos` has what `probe` found in each
    input.
    """
    info = merge_inputs(infos)
    name = output.path.rpartition(".")[2]
    if output.demuxer or output.form or result.format in _WITHOUT_METADATA:
        return ()  # images, subtitle files, raw data and checksums cannot hold them
    pairs = _pairs(info, output.expected, result)
    words = spec.extra_args or ()
    found = []
    if not spec.strip_metadata and "-map_chapters" not in words:
        found += _chapters(spec, infos, result, name)
    if not spec.strip_metadata and "-map_metadata" not in words:
        found += _tags(pairs, name)
        found += lost_tags(spec, info, result, name)
    found += _marks(pairs, name)
    if output.copies_video:
        found += _rotations(pairs, name)
    if not any(word.startswith("-disposition") for word in words):
        found += _defaults(pairs, name)
    found += _moved_subtitles(info, pairs)
    return tuple(found)


def _pairs(info: MediaInfo, expected: Expected, result: MediaInfo) -> Pairs:
    """Return each input stream with its stream in the result, by kind, without covers."""
    inputs = {stream.origin: stream for stream in info.streams}
    chosen = [
        (kind, inputs.get(origin) if origin else None)
        for kind, origin in zip(expected.streams, expected.origins, strict=False)
    ]
    pairs: list[tuple[Stream, Stream]] = []
    for kind in ("video", "audio", "subtitle"):
        before = [s for each, s in chosen if each == kind and not (s and s.is_picture)]
        after = [s for s in result.of_kind(kind) if not s.is_picture]
        pairs += ((a, b) for a, b in zip(before, after, strict=False) if a)
    return pairs


def _chapters(spec: JobSpec, infos: Sequence[MediaInfo], result: MediaInfo, name: str) -> list[str]:
    """Warn of lost chapters; FFmpeg takes those of the first input that has any."""
    sources = zip(spec.sources, infos, strict=True)
    source, info = next(((s, i) for s, i in sources if i.chapters), (None, None))
    if source is None or info is None or result.chapters:
        return []
    if source.start or source.end or source.duration or source.is_retimed:
        return []
    if spec.concat is not None:
        return [f"The {info.chapters} chapters were lost: joined inputs keep none."]
    return [
        f"The {info.chapters} chapters were lost: {name} cannot hold any; mp4, mkv and mp3 can."
    ]


def _tags(pairs: Pairs, name: str) -> list[str]:
    found = []
    for tag, what in (("language", "language"), ("title", "title"), ("timecode", "time code")):
        lost = [a for a, b in pairs if a.tags.get(tag, "und") != "und" and tag not in b.tags]
        if lost:
            found.append(_named(f"The {what}", lost, f"{name} does not keep it; mkv does."))
    return found


def _marks(pairs: Pairs, name: str) -> list[str]:
    checks: list[tuple[str, Callable[[Stream, Stream], bool], str]] = [
        ("The mark `forced`", lambda a, b: a.is_forced and not b.is_forced, "mkv and mp4 keep it."),
        ("The mark as 360° or 3D video", _is_flattened, "`--video-codec copy` into mkv keeps it."),
        ("The mastering data of HDR", _is_unmastered, "`--video-codec copy` and libx265 keep it."),
    ]
    found = []
    for what, is_lost, hint in checks:
        lost = [a for a, b in pairs if is_lost(a, b)]
        if lost:
            found.append(_named(what, lost, f"{name} or its encoder does not keep it; {hint}"))
    return found


def _rotations(pairs: Pairs, name: str) -> list[str]:
    """Warn of copies that lost their rotation; an encoder gets rotated frames."""
    lost = [a for a, b in pairs if a.rotation and not b.rotation]
    hint = f"{name} does not keep it; mp4 and mov do, and so does encoding."
    return [_named("The rotation of the video", lost, hint)] if lost else []


def _defaults(pairs: Pairs, name: str) -> list[str]:
    """Warn of a lost default mark, by which players choose a track; without it, the first."""
    lost = []
    for kind in ("video", "audio"):
        of_kind = [(a, b) for a, b in pairs if a.kind == kind]
        marked = [place for place, (a, _) in enumerate(of_kind) if a.is_default]
        still = [place for place, (_, b) in enumerate(of_kind) if b.is_default]
        if marked and min(marked) != min(still, default=0):
            lost.append(of_kind[min(marked)][0])
    hint = f"{name} does not keep it; mkv and mp4 do."
    return [_named("The mark `default`", lost, hint)] if lost else []


def _is_flattened(before: Stream, after: Stream) -> bool:
    return any(mark in before.side_data and mark not in after.side_data for mark in _IMMERSIVE)


def _is_unmastered(before: Stream, after: Stream) -> bool:
    """Whether HDR video (a tone-mapped result is none) lost the data that displays need."""
    return hdr_kind(after) is not None and _is_mastered(before) and not _is_mastered(after)


def _is_mastered(stream: Stream) -> bool:
    return bool(stream.mastering_display) or "Mastering display metadata" in stream.side_data


def _moved_subtitles(info: MediaInfo, pairs: Pairs) -> list[str]:
    """Warn of misplaced bitmap subtitles: they keep their positions if the video is cropped."""
    videos = [(a, b) for a, b in pairs if a.kind == "video"]
    bitmaps = [a for a, _ in pairs if a.codec in BITMAP_SUBTITLES]
    if not videos or not bitmaps:
        return []
    before, after = _aspect(videos[0][0]), _aspect(videos[0][1])
    if before is None or after is None or abs(before / after - 1) <= _ASPECT_TOLERANCE:
        return []
    return [
        _named(
            "The position of bitmap subtitles",
            bitmaps,
            "the frame has another shape now; `--subtitles burn` (`subtitles.mode`) keeps it.",
        )
    ]


def _aspect(stream: Stream) -> float | None:
    if not stream.width or not stream.height:
        return None
    across, _, down = (stream.sample_aspect_ratio or "1:1").partition(":")
    wide = stream.width * int(across or 1) / max(1, int(down or 1))
    return stream.height / wide if (stream.rotation or 0) % 180 else wide / stream.height


def _named(what: str, streams: Iterable[Stream], why: str) -> str:
    numbers = ", ".join(stream.place for stream in streams)
    return f"{what} is lost (stream {numbers} of the input): {why}"
