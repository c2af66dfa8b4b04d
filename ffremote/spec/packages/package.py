"""The section for an output of many files: pictures, segments, a stream for players, sprites."""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from ..section import Section
from ..types import Bitrate, Fps, Seconds
from .variant import Variant

MAX_PICTURES = 20_000
MIN_SIDE, MAX_SIDE = 16, 512
"""Of a picture of sprites, in pixels."""
SegmentContainer = Literal[
    "mp4",
    "mov",
    "mkv",
    "webm",
    "ts",
    "avi",
    "mpg",
    "mp3",
    "m4a",
    "aac",
    "ogg",
    "opus",
    "flac",
    "wav",
]


class Rendition(Section):
    """One quality of a stream for players."""

    height: int = Field(
        ge=16,
        le=8192,
        description="Height of the picture; one higher than the input is left out.",
        examples=[720],
    )
    width: int | None = Field(
        None, ge=16, le=8192, description="Width. Default: from the aspect ratio.", examples=[1280]
    )
    bitrate: Bitrate | None = Field(
        None,
        description="Bit rate of the video. Default: by height, from 400k to 16M.",
        examples=["3M"],
    )
    maxrate: Bitrate | None = Field(
        None, description="Maximum bit rate. Default: 1.5 times `bitrate`.", examples=["4M"]
    )
    audio_bitrate: Bitrate | None = Field(
        None,
        description="Bit rate of the audio of this rendition. Default: that of `audio`.",
        examples=["128k"],
    )


class Package(Section):
    """An output of many files, which get names of ours; `output_filename` names all together."""

    type: Literal["pictures", "segments", "hls", "dash", "sprites"] = Field(
        description="`pictures`: numbered pictures; `segments`: parts of a film or a sound; `hls`,"
        " `dash`: a stream for players, with a playlist; `sprites`: sheets of small pictures, with"
        " an index for the preview of players.",
        examples=["segments"],
    )
    format: Literal["jpg", "png", "webp", "bmp", "tiff"] | None = Field(
        None, description="Format of pictures. Default: `jpg`.", examples=["png"]
    )
    fps: Fps | None = Field(
        None,
        description="Pictures for each second of the video. Default: all of its frames; of"
        " `sprites`, one every 10 seconds.",
        examples=[1],
    )
    every: Annotated[Seconds, Field(ge=0.005, le=100)] | None = Field(
        None, description="Seconds from one picture to the next, instead of `fps`.", examples=[5]
    )
    count: int | None = Field(
        None,
        ge=1,
        le=MAX_PICTURES,
        description="Most pictures to make; of `sprites`, how many, evenly over the video.",
        examples=[25],
    )
    quality: int | None = Field(
        None,
        ge=0,
        le=100,
        description="Quality of pictures: 1 (best) to 31 for `jpg`, 0 to 100 (best) for `webp`.",
        examples=[2],
    )
    seconds: Annotated[Seconds, Field(ge=0.1, le=86400)] | None = Field(
        None,
        description="Length of a segment. Copied video is cut at the next key frame; encoded video"
        " gets key frames there. Default for `hls` and `dash`: 6, at most 60.",
        examples=[6],
    )
    times: (
        Annotated[tuple[Seconds, ...], Field(min_length=1, max_length=64, strict=False)] | None
    ) = Field(
        None,
        description="Times at which segments begin, instead of `seconds`, rising.",
        examples=[[10, 25.5]],
    )
    container: SegmentContainer | None = Field(
        None,
        description="Container of segments. Default: the extension of `output_filename`, else mp4.",
        examples=["mp4"],
    )
    list: Literal["m3u8", "csv", "none"] | None = Field(
        None,
        description="List of the segments, as a further file: a playlist, or names with begin and"
        " end. Default: `none`.",
        examples=["csv"],
    )
    reset_timestamps: bool | None = Field(
        None,
        description="Whether the time of each segment begins at 0. Default: true, but not with a"
        " playlist.",
        examples=[True],
    )
    segment_type: Literal["ts", "fmp4"] | None = Field(
        None,
        description="Form of the segments of `hls`: MPEG-TS, or fragments of MP4. Default: `ts`.",
        examples=["fmp4"],
    )
    renditions: (
        Annotated[tuple[Rendition, ...], Field(min_length=1, max_length=7, strict=False)] | None
    ) = Field(
        None,
        description="Qualities of the video that players choose from, for `hls` and `dash`. Without"
        " `audio_bitrate` they share one audio track.",
        examples=[[{"height": 1080, "bitrate": "5M"}, {"height": 480}]],
    )
    width: int | None = Field(
        None,
        ge=MIN_SIDE,
        le=MAX_SIDE,
        description="Width of a picture of `sprites`. Default: 160, or from `height`.",
        examples=[160],
    )
    height: int | None = Field(
        None,
        ge=MIN_SIDE,
        le=MAX_SIDE,
        description="Height of a picture of `sprites`. Default: from the aspect ratio.",
        examples=[90],
    )
    columns: int | None = Field(
        None, ge=1, le=20, description="Pictures beside each other. Default: 5.", examples=[10]
    )
    rows: int | None = Field(
        None, ge=1, le=20, description="Pictures below each other. Default: 5.", examples=[10]
    )
    variants: (
        Annotated[tuple[Variant, ...], Field(min_length=1, max_length=8, strict=False)] | None
    ) = Field(
        None,
        description="The streams of the result that belong together, for `hls`, instead of"
        " `renditions`: they are made by `streams`, `graph` and options such as `-b:v:1`. Each"
        " stream belongs to one variant.",
        examples=[[{"streams": ["v:0", "a:0"]}, {"streams": ["v:1", "a:1"]}]],
    )
    key_frames: bool | None = Field(
        None,
        description="Whether encoded video gets key frames where segments begin. Default: true;"
        " with false a segment ends at the first key frame that the encoder sets itself.",
        examples=[False],
    )
    start_number: int | None = Field(
        None,
        ge=0,
        le=1_000_000,
        description="First number in the names. Default: 1 for pictures, else 0.",
        examples=[0],
    )
    digits: int | None = Field(
        None,
        ge=1,
        le=9,
        description="Digits of the numbers in the names. Default: 5.",
        examples=[4],
    )

    @property
    def is_for_players(self) -> bool:
        """Whether it is a stream for players, with a playlist."""
        return self.type in ("hls", "dash")

    @property
    def is_of_pictures(self) -> bool:
        """Whether its files are pictures of a video."""
        return self.type in ("pictures", "sprites")

    @property
    def rate(self) -> Fraction | None:
        """The pictures for each second of the video; None for all frames."""
        if self.every is not None:
            return 1 / Fraction(self.every).limit_denominator(1000)
        return None if self.fps is None else Fraction(self.fps)
