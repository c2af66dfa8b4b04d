"""How an input is read, other than the part of it that is converted."""

from typing import Annotated

from pydantic import Field

from .decoding import Decoding
from .types import Fps, Seconds

MAX_OFFSET = 86_400.0
ENDLESS = -1


class Reading(Decoding):
    """The keys of an input that change its times, or repeat it."""

    end_offset: Seconds | None = Field(
        None,
        description="Start this many seconds before the end of the input; excludes `start` and"
        " `end`.",
        examples=[3],
    )
    offset: Annotated[float, Field(ge=-MAX_OFFSET, le=MAX_OFFSET)] | None = Field(
        None, description="Seconds to add to the times of the input.", examples=[0.5]
    )
    loop: int | None = Field(
        None,
        ge=ENDLESS,
        le=1000,
        description="How many times the input is repeated after its first time; -1 is without end,"
        " as for a picture that is shown as video, and requires `duration`, `end`, or an end of the"
        " result: `-t`, `-to` or `-shortest` in `extra_args`, or a `graph` that ends.",
        examples=[2],
    )
    fps: Fps | None = Field(
        None,
        description="Frames per second at which the frames of the input are read, instead of at"
        " their own times.",
        examples=[30],
    )
    generate_pts: bool | None = Field(
        None, description="Derive missing presentation times from decoding times.", examples=[True]
    )

    @property
    def is_endless(self) -> bool:
        """Whether the input is repeated without end, unless its section says where it ends."""
        return self.loop == ENDLESS
