"""The section `audio` of a job."""

from typing import Annotated

from pydantic import Field

from .layers import Sound
from .section import Section
from .types import Bitrate, CodecName, Filters, InputNumber, TrackNumber, Volume

Lufs = Annotated[float, Field(ge=-70, le=-5)]


class Loudness(Section):
    """The target of a two-pass EBU R128 loudness normalisation."""

    integrated: float = Field(-16, ge=-70, le=-5, description="Integrated loudness in LUFS.")
    true_peak: float = Field(-1.5, ge=-9, le=0, description="Maximum true peak in dBTP.")
    range: float = Field(11, ge=1, le=50, description="Loudness range in LU.")


class Audio(Section):
    """How audio is encoded."""

    codec: CodecName | None = Field(
        None,
        description="A family (`aac`, `opus`, `mp3`, `flac`, `vorbis`), an FFmpeg encoder name,"
        " or `copy`.",
        examples=["aac", "opus", "copy"],
    )
    bitrate: Bitrate | None = Field(None, description="Average bit rate.", examples=["192k"])
    quality: float | None = Field(
        None,
        ge=-1,
        le=12,
        description="Variable bit rate at this quality of the encoder (mp3: 0, best, to 9).",
        examples=[2],
    )
    sample_rate: int | None = Field(
        None, ge=4000, le=384_000, description="Samples per second.", examples=[48000]
    )
    channels: int | None = Field(
        None, ge=1, le=16, description="Number of channels to mix to.", examples=[2]
    )
    volume: Volume | None = Field(
        None, description="A factor up to 10, or decibels.", examples=["-3dB", 1.5]
    )
    loudness: Loudness | Lufs | None = Field(
        None,
        description="Normalise to this loudness (EBU R128, measured in one pass, corrected in the"
        " next): LUFS, or an object with `integrated`, `true_peak`, `range`.",
        examples=[-16, {"integrated": -23, "true_peak": -1}],
    )
    input: InputNumber | None = Field(
        None,
        description="Number of the input whose sound the result gets, from 0, as to replace that of"
        " a film; `track` then counts its streams. Nothing else of that input is taken by default,"
        " unless it is the first. The result lasts as long as the longest stream; `-shortest` in"
        " `extra_args` ends it with the shortest.",
        examples=[1],
    )
    mix: Annotated[tuple[Sound, ...], Field(min_length=1, max_length=15, strict=False)] | None = (
        Field(
            None,
            description="Sounds of inputs to mix into the sound of the result, which keeps its"
            " length and its volume. `volume`, `loudness` and `filters` apply to the mix.",
            examples=[[{"input": 1, "volume": 0.3}]],
        )
    )
    filters: Filters | None = Field(
        None, description="FFmpeg audio filters, as for video.", examples=[["highpass=f=80"]]
    )
    track: TrackNumber | None = Field(
        None, description="Number of the audio stream in the input, from 0.", examples=[1]
    )
