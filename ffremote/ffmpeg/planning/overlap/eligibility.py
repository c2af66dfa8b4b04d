"""Says why a job must wait for its whole input, from the job alone; pure.

Whatever reads the input twice, from its end or from elsewhere than its beginning waits, and so does
what needs its length, or leaves its end unread: that all of it was read is the proof of the result.
"""

from collections.abc import Iterator

from ffremote.spec import Input, JobSpec

_ENDS = frozenset({"t", "to", "ss", "frames", "vframes", "aframes", "dframes", "shortest", "fs"})
_OF_KNOWN_LENGTH = frozenset({"pictures", "sprites"})


def refusal(spec: JobSpec) -> str | None:
    """Return why the job must wait, None if it may begin while its input arrives."""
    return next(_refusals(spec), None)


def _refusals(spec: JobSpec) -> Iterator[str]:
    if spec.overlap == "off":
        yield "overlap is off"
    if spec.probe or len(spec.sources) != 1:
        yield "it does not have one input that is converted"
        return
    yield from _of_input(spec.sources[0])
    for each in spec.products:
        yield from _of_output(each)


def _of_input(source: Input) -> Iterator[str]:
    if source.role != "media" or source.format or source.excerpt:
        yield "its input is not a whole file whose format is detected"
    if source.start or source.end or source.duration or source.end_offset:
        yield "it takes a part of its input"
    if source.loop:
        yield "it repeats its input"


def _of_output(spec: JobSpec) -> Iterator[str]:
    video, audio, subtitles = spec.video_options, spec.audio_options, spec.subtitles
    if spec.thumbnail:
        yield "it takes one picture"
    if spec.package and spec.package.type in _OF_KNOWN_LENGTH:
        yield "it takes pictures out of its input"
    if video and video.two_pass:
        yield "it encodes in two passes"
    if audio and audio.loudness is not None:
        yield "it measures the loudness first"
    if subtitles and subtitles.mode == "burn":
        yield "it reads its input a second time for the subtitles"
    if any(word.lstrip("-").split(":")[0] in _ENDS for word in spec.extra_args or ()):
        yield "extra_args end the result early"
    if any("reverse" in text for text in _graphs(spec)):
        yield "it plays its input backwards"


def _graphs(spec: JobSpec) -> Iterator[str]:
    """Yield all texts in which filters may be named."""
    for section in (spec.video_options, spec.audio_options):
        yield from (section and section.filters) or ()
    yield from (spec.graph,) if isinstance(spec.graph, str) else spec.graph or ()
    yield from spec.extra_args or ()
