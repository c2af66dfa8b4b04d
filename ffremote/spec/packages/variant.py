"""A variant of an HLS stream: streams of the result that a player plays together."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from ..section import Section

StreamOfResult = Annotated[str, Field(pattern=r"^[va]:[0-9]{1,2}$")]


class Variant(Section):
    """The streams of one variant, or of a group of audio that variants share."""

    streams: (
        Annotated[tuple[StreamOfResult, ...], Field(min_length=1, max_length=4, strict=False)]
        | None
    ) = Field(
        None,
        description="Streams of the result by kind and number: `v:0` is its first video, `a:1` its"
        " second audio. Default, for the only variant: all.",
        examples=[["v:0", "a:0"]],
    )
    audio_group: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_]{1,32}$",
        description="A group of audio: variants of audio alone belong to it, and those with video"
        " play one of them.",
        examples=["sound"],
    )
    language: str | None = Field(
        None,
        pattern=r"^[A-Za-z]{2,8}$",
        description="Language of a variant of audio alone.",
        examples=["eng"],
    )
    default: bool | None = Field(
        None,
        description="Whether players choose this variant of its group first.",
        examples=[True],
    )

    @property
    def is_audio(self) -> bool:
        """Whether it has no video."""
        return all(stream.startswith("a") for stream in self.streams or ("v",))


def problem_of_variants(variants: Sequence[Variant]) -> tuple[str, str] | None:
    """Return the key of a package whose variants contradict each other, and why; None if none."""
    seen: set[str] = set()
    groups = {each.audio_group for each in variants if each.is_audio}
    for number, each in enumerate(variants):
        field = f"variants[{number}]"
        if each.streams is None and len(variants) > 1:
            return f"{field}.streams", "is required beside other variants"
        for place, stream in enumerate(each.streams or ()):
            if stream in seen:
                return f"{field}.streams[{place}]", f"is {stream}, which another variant has, too"
            seen.add(stream)
        if (each.language is not None or each.default is not None) and not each.is_audio:
            key = "default" if each.language is None else "language"
            return f"{field}.{key}", "is for variants without video"
        if each.audio_group is not None and each.audio_group not in groups:
            return f"{field}.audio_group", f"is {each.audio_group}, which no variant of audio has"
    return None
