"""What a result no longer says of its streams, as warnings: it is compared with the input."""

from collections.abc import Callable, Iterable, Sequence

from ffremote.spec import JobSpec

from .facts import MediaFacts, Stream
from .labels import lost_labels
from .plan import Plan
from .texts import BITMAP_SUBTITLES

_WITHOUT_METADATA = frozenset({"srt", "webvtt", "ass"})
_IMMERSIVE = ("Stereo 3D", "Spherical Mapping")
_ASPECT_TOLERANCE = 0.02
Pairs = Sequence[tuple[Stream, Stream]]


def lost_traits(spec: JobSpec, facts: MediaFacts, plan: Plan, made: MediaFacts) -> tuple[str, ...]:
    """Return warnings about chapters, languages, marks and turns that the result has no more."""
    name = plan.output.rpartition(".")[2]
    if plan.demuxer or made.format in _WITHOUT_METADATA:
        return ()  # a picture or a text is asked for without them
    pairs = _pairs(facts, plan, made)
    words = spec.extra_args or ()
    found = []
    if not spec.strip_metadata and "-map_chapters" not in words:
        found += _chapters(spec, facts, made, name)
    if not spec.strip_metadata and "-map_metadata" not in words:
        found += _tags(pairs, name)
        found += lost_labels(spec, facts, made, name)
    found += _marks(pairs, name)
    found += _moved_subtitles(facts, pairs)
    return tuple(found)


def _pairs(facts: MediaFacts, plan: Plan, made: MediaFacts) -> Pairs:
    """The streams of the input beside those of the result, kind by kind, covers left out."""
    inputs = {stream.index: stream for stream in facts.streams}
    chosen = [inputs[n] for n in plan.expected.indexes if n in inputs]
    pairs: list[tuple[Stream, Stream]] = []
    for kind in ("video", "audio", "subtitle"):
        before = [s for s in chosen if s.kind == kind and not s.is_picture]
        after = [s for s in made.of_kind(kind) if not s.is_picture]
        pairs += zip(before, after, strict=False)
    return pairs


def _chapters(spec: JobSpec, facts: MediaFacts, made: MediaFacts, name: str) -> list[str]:
    is_cut = spec.input is not None and (spec.input.start or spec.input.end or spec.input.duration)
    if not facts.chapters or made.chapters or is_cut:
        return []
    return [f"The {facts.chapters} chapters were lost: {name} holds none; mp4, mkv and mp3 do."]


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
        ("The turn of the picture", _is_unturned, "mp4 and mov keep it; so does encoding."),
        ("The mark as 360° or 3D video", _is_flattened, "`--video-codec copy` into mkv keeps it."),
        ("The mastering data of HDR", _is_unmastered, "`--video-codec copy` keeps it."),
    ]
    found = []
    for what, is_lost, hint in checks:
        lost = [a for a, b in pairs if is_lost(a, b)]
        if lost:
            found.append(_named(what, lost, f"{name} or its encoder does not keep it; {hint}"))
    return found


def _is_unturned(before: Stream, after: Stream) -> bool:
    """Whether a copy is no longer turned; an encoder gets turned pictures."""
    same = (before.width, before.height) == (after.width, after.height)
    quarter = (before.rotation or 0) % 180 != 0
    return bool(quarter and not after.rotation and same and before.codec == after.codec)


def _is_flattened(before: Stream, after: Stream) -> bool:
    return any(mark in before.side_data and mark not in after.side_data for mark in _IMMERSIVE)


def _is_unmastered(before: Stream, after: Stream) -> bool:
    """Whether HDR pictures, which a tone-mapped result has no more, lack what displays need."""
    is_hdr = after.color_transfer in ("smpte2084", "arib-std-b67")
    mark = "Mastering display metadata"
    is_copy = before.codec == after.codec and before.profile == after.profile
    return is_hdr and not is_copy and mark in before.side_data and mark not in after.side_data


def _moved_subtitles(facts: MediaFacts, pairs: Pairs) -> list[str]:
    """Subtitles that are pictures keep their places, though the film was cropped or padded."""
    films = [(a, b) for a, b in pairs if a.kind == "video"]
    drawn = [a for a, _ in pairs if a.codec in BITMAP_SUBTITLES]
    if not films or not drawn:
        return []
    before, after = _aspect(films[0][0]), _aspect(films[0][1])
    if before is None or after is None or abs(before / after - 1) <= _ASPECT_TOLERANCE:
        return []
    return [
        _named(
            "The place of picture subtitles",
            drawn,
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
    numbers = ", ".join(str(stream.index) for stream in streams)
    return f"{what} is lost (stream {numbers} of the input): {why}"
