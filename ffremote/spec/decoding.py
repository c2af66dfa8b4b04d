"""How the bytes of an input become streams: its format, decoders, charset, depth of the probe."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .charsets import Charset
from .raw_formats import PCM_FORMATS, RAW_FORMATS, RAW_VIDEO, Format, PixelFormat
from .section import Section
from .types import CodecName

MAX_PROBE_BYTES = 128 << 20
MAX_PROBE_SECONDS = 600.0
MAX_EXCERPT_BYTES = 256 << 20
MAX_EXCERPT_SIZE = 100_000_000_000
MAX_PARTS = 32
PART_UNIT = 64 << 10
"""Parts begin and end at multiples of it, which are ends of memory pages on every machine."""
_OF_PCM = ("sample_rate", "channels")
_OF_RAW_VIDEO = ("size", "pix_fmt")


class Probe(Section):
    """How far FFmpeg reads into an input to find its streams."""

    bytes: int | None = Field(
        None, ge=32, le=MAX_PROBE_BYTES, description="Bytes (`-probesize`).", examples=[50_000_000]
    )
    seconds: Annotated[float, Field(ge=0, le=MAX_PROBE_SECONDS)] | None = Field(
        None, description="Seconds of the input (`-analyzeduration`).", examples=[60]
    )


_Bytes = Annotated[int, Field(ge=0, le=MAX_EXCERPT_SIZE)]
_Part = Annotated[tuple[_Bytes, ...], Field(min_length=2, max_length=2, strict=False)]
_Parts = Annotated[tuple[_Part, ...], Field(min_length=1, max_length=MAX_PARTS, strict=False)]


class Excerpt(Section):
    """Which parts of a file the upload of a probe has, one after the other."""

    size: int = Field(
        ge=1,
        le=MAX_EXCERPT_SIZE,
        description="Bytes of the whole file.",
        examples=[1_000_000_000],
    )
    parts: _Parts = Field(
        description="Offset and length of each part, in the order of the file, the first one at 0."
        f" Parts begin and end at multiples of {PART_UNIT}, or at the end of the file; together"
        f" they have at most {MAX_EXCERPT_BYTES >> 20} MiB.",
        examples=[[[0, 6_291_456], [998_244_352, 1_755_648]]],
    )

    @model_validator(mode="after")
    def _check_parts(self) -> Self:
        end = 0
        for number, (offset, length) in enumerate(self.ranges):
            if number == 0 and offset:
                raise ValueError(f"parts[0] begins at {offset}; the first part begins at 0")
            if offset < end:
                raise ValueError(f"parts[{number}] begins at {offset}, before {end}")
            end = offset + length
            if not length or end > self.size:
                raise ValueError(f"parts[{number}] ends at {end}; the file has {self.size} bytes")
            if offset % PART_UNIT or (end % PART_UNIT and end != self.size):
                raise ValueError(
                    f"parts[{number}] does not begin and end at multiples of {PART_UNIT}"
                )
        if self.bytes > MAX_EXCERPT_BYTES:
            raise ValueError(
                f"parts have {self.bytes} bytes together, more than {MAX_EXCERPT_BYTES}"
            )
        return self

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """Offset and length of each part."""
        return tuple((part[0], part[1]) for part in self.parts)

    @property
    def bytes(self) -> int:
        """The bytes of all parts."""
        return sum(length for _, length in self.ranges)

    @property
    def holes(self) -> tuple[tuple[int, int], ...]:
        """Offset and length of what lies between the parts and behind the last one."""
        ends = [offset + length for offset, length in self.ranges]
        begins = [*(offset for offset, _ in self.ranges[1:]), self.size]
        return tuple((a, b - a) for a, b in zip(ends, begins, strict=True) if b > a)


class Decoding(Section):
    """The keys of an input that say what its bytes are, and how they are decoded."""

    format: Format | None = Field(
        None,
        description="Read the input as this format instead of detecting it: samples without a"
        " header (`s16le`, `f32le`, `mulaw`, …), `rawvideo`, or a stream without a container such"
        " as `h264`.",
        examples=["s16le"],
    )
    sample_rate: int | None = Field(
        None,
        ge=4000,
        le=384_000,
        description="Samples per second of raw audio. Default: 44100.",
        examples=[16000],
    )
    channels: int | None = Field(
        None, ge=1, le=16, description="Channels of raw audio. Default: 1.", examples=[2]
    )
    size: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$")] | None = Field(
        None,
        description="`WIDTHxHEIGHT` of `rawvideo`, which requires it; `fps` is its frame rate"
        " (default: 25).",
        examples=["640x360"],
    )
    pix_fmt: PixelFormat | None = Field(
        None, description="Pixel format of `rawvideo`. Default: yuv420p.", examples=["rgb24"]
    )
    decoder: (
        CodecName
        | Annotated[tuple[CodecName, ...], Field(min_length=1, max_length=4, strict=False)]
        | None
    ) = Field(
        None,
        description="The decoder, or one for each codec, instead of FFmpeg's default for the codec:"
        " `libvpx-vp9` reads the transparency of VP9.",
        examples=["libvpx-vp9"],
    )
    charset: Charset | None = Field(
        None,
        description="Charset of the text subtitles, instead of the server's guess.",
        examples=["CP1251"],
    )
    probe: Probe | None = Field(
        None,
        description="How far FFmpeg reads to find the streams, where its default is wrong.",
        examples=[{"bytes": 50_000_000}],
    )
    excerpt: Excerpt | None = Field(
        None,
        description="The upload has only parts of the file, for a job with `probe`. If FFmpeg reads"
        " outside of them, `input` of the completed job has `missing`, offset and length of what to"
        " send as well, and no description.",
        examples=[{"size": 1_000_000_000, "parts": [[0, 6_291_456], [998_244_352, 1_755_648]]}],
    )
    rotate: Literal["auto", "keep"] | None = Field(
        None,
        description="`auto` turns the pictures as the input says; `keep` leaves them as they are"
        " stored. Default: auto.",
        examples=["keep"],
    )
    skip_frames: Literal["nokey", "nointra", "bidir", "noref"] | None = Field(
        None,
        description="Frames of the video that are not decoded: all but key frames (`nokey`), all"
        " but intra frames, B frames, frames that no other needs.",
        examples=["nokey"],
    )
    seek: Literal["exact", "keyframe"] | None = Field(
        None,
        description="Whether encoded video begins exactly at `start`, or at the key frame before"
        " it. Default: `exact`.",
        examples=["keyframe"],
    )
    motion_vectors: bool | None = Field(
        None,
        description="Decode the motion vectors, too, which the filter `codecview` draws.",
        examples=[True],
    )
    stretch: Annotated[float, Field(ge=0.01, le=100)] | None = Field(
        None,
        description="Factor for the times of the input, also of copied streams: 2 is half the"
        " speed.",
        examples=[2],
    )

    @property
    def is_raw(self) -> bool:
        """Whether the input has no header, so that any bytes are valid."""
        return self.format in RAW_FORMATS

    @property
    def is_stretched(self) -> bool:
        """Whether the times of the input are multiplied."""
        return self.stretch not in (None, 1)

    @property
    def decoders(self) -> tuple[str, ...]:
        """The decoders that the job names."""
        return (self.decoder,) if isinstance(self.decoder, str) else self.decoder or ()


def check_decoding(source: Decoding, field: str) -> None:
    """Raise ValueError for keys of the input at `field` that its format does not have or lacks."""
    if source.format == RAW_VIDEO and source.size is None:
        raise ValueError(f"{field}.format rawvideo requires {field}.size, such as 640x360")
    if source.format not in PCM_FORMATS:
        _refuse(source, field, _OF_PCM, "a format of raw audio such as s16le")
    if source.format != RAW_VIDEO:
        _refuse(source, field, _OF_RAW_VIDEO, "the format rawvideo")
    if source.is_raw and source.charset is not None:
        raise ValueError(f"{field}.charset is for subtitles, and {source.format} has none")


def _refuse(source: Decoding, field: str, names: tuple[str, ...], needed: str) -> None:
    given = next((name for name in names if getattr(source, name) is not None), None)
    if given is not None:
        raise ValueError(f"{field}.{given} requires {field}.format, {needed}")
