"""What a job adds to its film: pictures and clips, further sounds, attached files."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .section import Section
from .types import Filename, InputNumber, Scale, Seconds, TrackNumber, Volume

_MAX_SIDE = 16384
Pixels = Annotated[int, Field(ge=-_MAX_SIDE, le=_MAX_SIDE)]
Place = Literal[
    "top-left",
    "top",
    "top-right",
    "left",
    "center",
    "right",
    "bottom-left",
    "bottom",
    "bottom-right",
]


class Overlay(Section):
    """A picture or a clip that is drawn on the video."""

    input: InputNumber = Field(
        description="Number of the input that is drawn, from 0. A picture stays to the end of the"
        " video. A clip disappears when it ends, unless its input has `loop`; its sound is not"
        " heard, see `audio.mix`.",
        examples=[1],
    )
    place: Place | None = Field(
        None,
        description="Where it is drawn: a corner, the middle of a side, or `center`. Default:"
        " top-left.",
        examples=["bottom-right"],
    )
    margin: Annotated[int, Field(ge=0, le=_MAX_SIDE)] | None = Field(
        None, description="Pixels between it and the sides of `place`. Default: 0.", examples=[10]
    )
    x: Pixels | None = Field(
        None,
        description="Pixels from the left side, instead of `place`; negative: from the right side.",
        examples=[20],
    )
    y: Pixels | None = Field(
        None,
        description="Pixels from the top, instead of `place`; negative: from the bottom.",
        examples=[-20],
    )
    size: Scale | None = Field(
        None,
        description="Its size as `width:height` in pixels, where `-1` keeps its shape, or a share"
        " of the width of the video, which keeps it too. Default: its own, reduced if that is"
        " larger than the video.",
        examples=["20%", "160:-1"],
    )
    opacity: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None,
        description="From 0, invisible, to 1; transparent parts stay transparent. Default: 1.",
        examples=[0.5],
    )
    start: Seconds | None = Field(
        None,
        description="Time in the result at which it appears, and at which a clip begins to play.",
        examples=[5],
    )
    end: Seconds | None = Field(
        None, description="Time in the result at which it disappears.", examples=[10]
    )

    @model_validator(mode="after")
    def _check_combinations(self) -> Self:
        if (self.x is None) != (self.y is None):
            raise ValueError("x and y belong together")
        if self.x is not None and (self.place is not None or self.margin is not None):
            raise ValueError("x and y exclude place and margin")
        if self.end is not None and self.end <= (self.start or 0):
            raise ValueError("end must be after start")
        return self


class Sound(Section):
    """A sound that is mixed into the audio."""

    input: InputNumber = Field(
        description="Number of the input whose sound is mixed in, from 0. It ends with the sound"
        " that it is mixed into; `loop` of its input repeats it until then.",
        examples=[1],
    )
    volume: Volume | None = Field(
        None, description="A factor up to 10, or decibels. Default: 1.", examples=[0.3, "-12dB"]
    )
    track: TrackNumber | None = Field(
        None, description="Number of the audio stream in the input, from 0.", examples=[0]
    )


class Attachment(Section):
    """A file that is attached to the result as it was uploaded."""

    input: InputNumber = Field(
        description="Number of the input that is attached, from 1: a font (role `font`), or a"
        " picture in JPEG or PNG.",
        examples=[1],
    )
    filename: Filename | None = Field(
        None,
        description="Its name in the result. Default: `font1.ttf`, `cover.jpg` and the like.",
        examples=["DejaVuSans.ttf"],
    )
