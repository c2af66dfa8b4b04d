"""Variants of HLS: which streams of the result go together, and the names of their files."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ffremote.errors import InvalidArgument
from ffremote.spec import Rendition, Variant

from ...formats.encoders import COPY
from ..resolved_job import ResolvedJob
from .renditions import MOST_ENCODERS, has_own_audio

_FIELD = "package.variants"


@dataclass(frozen=True, slots=True)
class NamedVariant:
    """A variant as an item of FFmpeg's `-var_stream_map`; its files are named by `name`."""

    name: str
    streams: str

    @property
    def text(self) -> str:
        """The item."""
        return f"{self.streams},name:{self.name}"


def named_variants(job: ResolvedJob, renditions: Sequence[Rendition]) -> list[NamedVariant]:
    """Return the variants in the order of the master playlist; none for a stream of one quality.

    Raise InvalidArgument unless variants of the job have each stream of the result once.
    """
    package = job.spec.package
    if package is not None and package.variants is not None:
        _check(job, package.variants)
        every = _streams(job)
        return [
            NamedVariant(f"variant{number}", _parts(each, every))
            for number, each in enumerate(package.variants)
        ]
    return _of_renditions(job, renditions)


def _of_renditions(job: ResolvedJob, renditions: Sequence[Rendition]) -> list[NamedVariant]:
    numbers = range(len(renditions))
    if not renditions or not job.selection.of_kind("audio"):
        return [NamedVariant(f"video{n}", f"v:{n}") for n in numbers]
    if has_own_audio(renditions):
        return [NamedVariant(f"video{n}", f"v:{n},a:{n}") for n in numbers]
    videos = [NamedVariant(f"video{n}", f"v:{n},agroup:sound") for n in numbers]
    return [*videos, NamedVariant("sound", "a:0,agroup:sound,default:yes")]


def _streams(job: ResolvedJob) -> list[str]:
    """Return all streams of the result, by kind and number."""
    numbers: Counter[str] = Counter()
    found = []
    for stream in job.selection.streams:
        letter = stream.kind[0]
        found.append(f"{letter}:{numbers[letter]}")
        numbers[letter] += 1
    return found


def _parts(variant: Variant, every: Sequence[str]) -> str:
    parts = list(variant.streams or every)
    if variant.audio_group is not None:
        parts.append(f"agroup:{variant.audio_group}")
    if variant.default is not None:
        parts.append(f"default:{'yes' if variant.default else 'no'}")
    if variant.language is not None:
        parts.append(f"language:{variant.language}")
    return ",".join(parts)


def _check(job: ResolvedJob, variants: Sequence[Variant]) -> None:
    """Raise InvalidArgument for a stream that no variant has, or that the result does not have."""
    there = _streams(job)
    named = {stream for each in variants for stream in each.streams or there}
    for number, each in enumerate(variants):
        for place, stream in enumerate(each.streams or ()):
            if stream not in there:
                field = f"{_FIELD}[{number}].streams[{place}]"
                raise InvalidArgument(
                    field, f"{field} is {stream}; the result has {', '.join(there)}."
                )
    if left := [stream for stream in there if stream not in named]:
        raise InvalidArgument(
            _FIELD, f"{_FIELD} leaves out {', '.join(left)}, which the result has."
        )
    encoders = {"v": job.choice.video_encoder, "a": job.choice.audio_encoder}
    encoded = sum(encoders.get(stream[0]) != COPY for stream in there)
    if encoded > MOST_ENCODERS:
        raise InvalidArgument(
            _FIELD, f"{_FIELD} would encode {encoded} streams; the limit is {MOST_ENCODERS}."
        )
