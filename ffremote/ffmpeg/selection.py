"""Which streams of the input go into the result."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ffremote.spec import JobSpec
from ffremote.states import FailureReason

from .containers import Container
from .facts import MediaFacts, Stream
from .failure import TranscodeError, refuse

_MAP = re.compile(r"(-?)0(?::([vVasdt])(?::([0-9]+))?|:([0-9]+))?(\??)", re.ASCII)
_KINDS = {"v": "video", "V": "video", "a": "audio", "s": "subtitle", "d": "data", "t": "attachment"}
BITMAP_SUBTITLES = frozenset({"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"})


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen streams, in the order of the result; `burned` is drawn into the picture."""

    streams: tuple[Stream, ...]
    burned: Stream | None = None
    burned_at: int = 0

    def of_kind(self, kind: str) -> tuple[Stream, ...]:
        """Return the chosen streams of one kind."""
        return tuple(stream for stream in self.streams if stream.kind == kind)


def select(spec: JobSpec, container: Container, facts: MediaFacts) -> Selection:
    """Choose streams as FFmpeg would, or as the job says.

    Raises TranscodeError (`no_such_stream`) when one that the job names is not there, or none is
    left.
    """
    chosen = _mapped(spec.streams, facts) if spec.streams else _ordinary(spec, container, facts)
    if container.video is None or spec.video is False:
        chosen = [stream for stream in chosen if stream.kind != "video"]
    if container.audio is None or spec.audio is False:
        chosen = [stream for stream in chosen if stream.kind != "audio"]
    burned, at = _burned(spec, facts)
    if not chosen:
        raise _missing(f"{container.name} result would hold no stream", facts)
    return Selection(tuple(chosen), burned, at)


def _ordinary(spec: JobSpec, container: Container, facts: MediaFacts) -> list[Stream]:
    """One film, one sound, and subtitles when the job wants them."""
    chosen: list[Stream] = []
    video, audio = spec.video_options, spec.audio_options
    if container.video and spec.video is not False:
        track = video.track if video else None
        chosen += _one("video", track, facts, covers=container.is_image)
    if container.audio and spec.audio is not False and not container.is_image:
        chosen += _one("audio", audio.track if audio else None, facts)
    wants = spec.subtitles is not None and spec.subtitles.mode in ("copy", "convert")
    if container.subtitle and (wants or not (container.video or container.audio)):
        chosen += _subtitles(spec, facts)
    return chosen


def _one(kind: str, track: int | None, facts: MediaFacts, *, covers: bool = False) -> list[Stream]:
    """The stream with this number, or the best; a cover is no film, but it is a picture."""
    there = facts.of_kind(kind)
    if track is not None:
        if track >= len(there):
            raise _missing(f"{kind} track {track} is not there", facts)
        return [there[track]]
    films = facts.films or (there if covers else ()) if kind == "video" else there
    # the largest picture, the most channels; the file's own default wins, as in FFmpeg
    ranked = sorted(films, key=lambda s: (s.is_default, _size(s)), reverse=True)
    return ranked[:1]


def _size(stream: Stream) -> int:
    return (stream.width or 0) * (stream.height or 0) + (stream.channels or 0)


def _subtitles(spec: JobSpec, facts: MediaFacts) -> list[Stream]:
    there = facts.of_kind("subtitle")
    track = spec.subtitles.track if spec.subtitles else None
    if track is None:
        return list(there)
    if track >= len(there):
        raise _missing(f"subtitle track {track} is not there", facts)
    return [there[track]]


def _burned(spec: JobSpec, facts: MediaFacts) -> tuple[Stream | None, int]:
    if spec.subtitles is None or spec.subtitles.mode != "burn":
        return None, 0
    there, track = facts.of_kind("subtitle"), spec.subtitles.track or 0
    if track >= len(there):
        raise _missing(f"subtitle track {track} is not there", facts)
    return there[track], track


def _mapped(maps: Iterable[str], facts: MediaFacts) -> list[Stream]:
    chosen: list[Stream] = []
    for text in maps:
        match = _MAP.fullmatch(text)
        assert match is not None, text  # the spec's own grammar has passed it
        found = _matching(match, facts)
        if match[1]:
            chosen = [stream for stream in chosen if stream not in found]
        elif not found and not match[5]:
            raise _missing(f"no stream matches {text!r}", facts)
        else:
            chosen += found
    return chosen


def _matching(match: re.Match[str], facts: MediaFacts) -> list[Stream]:
    if match[4]:
        return [stream for stream in facts.streams if stream.index == int(match[4])]
    if not match[2]:
        # a bare 0 means all that a result can carry; data streams mostly have no encoder
        return [s for s in facts.streams if s.kind in ("video", "audio", "subtitle")]
    there = list(facts.films if match[2] == "V" else facts.of_kind(_KINDS[match[2]]))
    if match[3]:
        number = int(match[3])
        return there[number : number + 1]
    return there


def _missing(what: str, facts: MediaFacts) -> TranscodeError:
    there = ", ".join(f"{s.index}: {s.kind} ({s.codec})" for s in facts.streams) or "none"
    return refuse(
        FailureReason.NO_SUCH_STREAM, f"The {what}.", f"The input has these streams: {there}."
    )
