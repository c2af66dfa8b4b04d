"""How the bytes of an input become streams: its format, decoders, charset, depth of the probe."""

from typing import Annotated, Literal

from pydantic import Field

from .charsets import Charset
from .raw_formats import PCM_FORMATS, RAW_FORMATS, RAW_VIDEO, Format, PixelFormat
from .section import Section
from .types import CodecName

MAX_PROBE_BYTES = 128 << 20
MAX_PROBE_SECONDS = 600.0
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
    rotate: Literal["auto", "keep"] | None = Field(
        None,
        description="`auto` turns the pictures as the input says; `keep` leaves them as they are"
        " stored. Default: auto.",
        examples=["keep"],
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
