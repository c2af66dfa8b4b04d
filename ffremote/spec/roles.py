"""What an input is for: which bytes it may have, and whether it has streams."""

from typing import Annotated, Literal

from pydantic import Field

Role = Literal["media", "subtitle", "font", "lut", "sequence", "metadata"]
ROLES: tuple[Role, ...] = ("media", "subtitle", "font", "lut", "sequence", "metadata")
FILES: tuple[Role, ...] = ("font", "lut")
"""The roles without streams: filters and attachments use such a file as it is."""

UNPROBED: tuple[Role, ...] = (*FILES, "metadata")
"""The roles that ffprobe does not describe."""

MAX_BYTES: dict[Role, int] = {
    "subtitle": 32 << 20,
    "font": 64 << 20,
    "lut": 32 << 20,
    "metadata": 1 << 20,
}
"""How large a file of a role may be; media are bounded by the server's own limit."""

RoleField = Annotated[
    Role,
    Field(
        description="What the input is for: `media` has streams for the result; `subtitle` is a"
        " text file of subtitles; `font` is used by `drawtext=input=N` and by burned subtitles;"
        " `lut` is a table of colours for `lut3d=input=N` or `lut1d=input=N`. Fonts and LUTs"
        " have no streams and come after the others. `sequence` is an uncompressed ustar archive of"
        " up to 20000 pictures of one format, shown one after the other, `fps` (25) in a second."
        " `metadata` is a file of tags and chapters (ffmetadata) for `-map_metadata N` and"
        " `-map_chapters N` in `extra_args`.",
        examples=["subtitle"],
    ),
]
