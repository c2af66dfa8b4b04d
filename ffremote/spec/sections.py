"""The sections of a job: input, video, subtitles, thumbnail, worker."""

from typing import Annotated, Literal

from pydantic import Field

from .reading import Reading
from .roles import FILES, RoleField
from .section import Section
from .types import (
    Bitrate,
    CodecName,
    Crop,
    Filters,
    Fps,
    Identifier,
    InputNumber,
    Scale,
    Seconds,
    SubtitleStyle,
    TrackNumber,
    Word,
    WorkerLabel,
)


class Input(Reading):
    """The upload to read, and the part of it to convert."""

    upload_id: str | None = Field(
        None,
        pattern=r"^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$",
        description="The upload to read; without it the file is part of the request.",
        examples=["0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69"],
    )
    role: RoleField = "media"
    start: Seconds | None = Field(
        None, description="Start time: seconds or `HH:MM:SS.mmm`.", examples=["00:01:02.500"]
    )
    duration: Seconds | None = Field(
        None, description="Length of the part to convert; excludes `end`.", examples=[30]
    )
    end: Seconds | None = Field(
        None, description="End time, counted from the beginning of the input.", examples=[90]
    )

    @property
    def has_streams(self) -> bool:
        """Whether FFmpeg demuxes the input; a font or a LUT has no streams."""
        return self.role not in FILES

    @property
    def is_sequence(self) -> bool:
        """Whether the upload is an archive of pictures."""
        return self.role == "sequence"

    @property
    def is_retimed(self) -> bool:
        """Whether the times of the input do not predict those of the result."""
        is_paced = self.fps is not None and not (self.is_sequence or self.is_raw)
        is_thinned = self.skip_frames is not None or self.seek == "keyframe"
        is_moved = self.end_offset or self.offset or self.loop or self.is_stretched
        return bool(is_moved or is_paced or is_thinned)


class Video(Section):
    """How video is encoded."""

    codec: CodecName | None = Field(
        None,
        description="A family (`h264`, `hevc`, `av1`, `vp9`: the server picks its best encoder),"
        " an FFmpeg encoder name, or `copy`.",
        examples=["libx265", "h264", "copy"],
    )
    crf: float | None = Field(
        None,
        ge=0,
        le=255,
        description="Constant quality; lower is better (x264, x265: up to 51; AV1, VP9: up to 63)."
        " With `bitrate`, the quality is capped at that rate.",
        examples=[23],
    )
    qp: int | None = Field(None, ge=0, le=255, description="Constant quantizer.", examples=[20])
    bitrate: Bitrate | None = Field(
        None, description="Average bit rate: `3M`, `192k`, `3000000`.", examples=["3M"]
    )
    maxrate: Bitrate | None = Field(None, description="Maximum bit rate.", examples=["4M"])
    bufsize: Bitrate | None = Field(
        None,
        description="Size of the rate control buffer. Default: twice `maxrate`.",
        examples=["12M"],
    )
    preset: Word | None = Field(
        None,
        description="Speed versus size: `ultrafast` … `placebo` (x264, x265), `0` … `13`"
        " (SVT-AV1), `0` … `8` (libaom, VP9: cpu-used).",
        examples=["slow", 8],
    )
    tune: Word | None = Field(
        None,
        description="Kind of content that the encoder is tuned for.",
        examples=["film", "animation"],
    )
    profile: Word | None = Field(None, description="Codec profile.", examples=["high"])
    level: Word | None = Field(None, description="Codec level.", examples=["4.1"])
    pix_fmt: Identifier | None = Field(
        None,
        description="Pixel format; `auto` is the one that FFmpeg chooses for the encoder. Default:"
        " `yuv420p` for H.264, which plays everywhere, else `auto`.",
        examples=["yuv420p", "yuv420p10le"],
    )
    fps: Fps | None = Field(
        None, description="Frames per second, up to 240: a number or a fraction.", examples=[30]
    )
    gop: int | None = Field(
        None,
        ge=0,
        le=100_000,
        description="Maximum distance between key frames, in frames.",
        examples=[48],
    )
    bframes: int | None = Field(
        None, ge=0, le=16, description="Maximum number of consecutive B-frames.", examples=[3]
    )
    scale: Scale | None = Field(
        None,
        description="`width:height`, where `-2` keeps the aspect ratio, even; or a percentage.",
        examples=["1280:720", "1280:-2", "-2:720", "50%"],
    )
    crop: Crop | None = Field(
        None,
        description="`width:height` from the centre, or `width:height:x:y`.",
        examples=["640:480", "640:480:0:60"],
    )
    rotate: Literal[0, 90, 180, 270] | None = Field(
        None, description="Rotation in degrees, clockwise.", examples=[90]
    )
    flip: Literal["horizontal", "vertical", "both"] | None = Field(
        None, description="Mirror the picture.", examples=["horizontal"]
    )
    deinterlace: bool | None = Field(
        None, description="Deinterlace frames that are marked as interlaced.", examples=[True]
    )
    filters: Filters | None = Field(
        None,
        description="FFmpeg filters, one filter or chain per item, applied after the fields above."
        " Each filter and parameter must be allowed (`filters` of GET /api/v1/capabilities).",
        examples=[["hqdn3d", "eq=contrast=1.1"]],
    )
    tonemap: Literal["auto", "off"] | None = Field(
        None,
        description="`auto`: HDR (PQ, HLG) is tone mapped to SDR if a preset, a thumbnail or the"
        " encoder's default makes 8-bit video. `off`: its colours are kept as they are. Default:"
        " auto.",
        examples=["off"],
    )
    two_pass: bool | None = Field(
        None, description="Encode in two passes to meet `bitrate` exactly.", examples=[True]
    )
    hardware: Literal["never", "prefer", "require"] | None = Field(
        None,
        description="Whether a codec family may use a hardware encoder of the worker."
        " Default: never.",
        examples=["prefer"],
    )
    track: TrackNumber | None = Field(
        None, description="Number of the video stream in the input, from 0.", examples=[0]
    )


class Subtitles(Section):
    """How subtitles are handled. Default: MKV and WebM get one track, other results none."""

    mode: Literal["copy", "convert", "burn", "drop"] = Field(
        "convert",
        description="`copy`, `convert` to a format of the container, `burn` into the picture, or"
        " `drop`.",
        examples=["convert"],
    )
    codec: CodecName | None = Field(
        None, description="Subtitle encoder for `convert`.", examples=["mov_text"]
    )
    track: TrackNumber | Literal["auto", "default"] | None = Field(
        None,
        description="Number of the subtitle stream, from 0; `auto` takes the first that fits the"
        " container, or else the first; `default` takes the first that fits, or else none, as"
        " FFmpeg does without -c:s. Default: all (`burn`: the first).",
        examples=[0, "auto"],
    )
    input: InputNumber | None = Field(
        None,
        description="Number of the input whose subtitles are taken (`copy`, `convert`) or burned"
        " in, from 0; `track` then counts its streams. Nothing else of that input is taken by"
        " default, unless it is the first. Default: the subtitles of all inputs.",
        examples=[1],
    )
    style: SubtitleStyle | None = Field(
        None,
        description="Style of burned subtitles that have none of their own (SRT, WebVTT, MP4), as"
        " libass names it.",
        examples=["FontName=DejaVu Sans,FontSize=28"],
    )
    before_filters: bool | None = Field(
        None,
        description="Whether subtitles are burned in before the filters of `video` instead of after"
        " them; bitmap subtitles always are.",
        examples=[True],
    )


class Thumbnail(Section):
    """One still picture as the result; the container is an image format."""

    at: Seconds | None = Field(
        None, description="Time of the picture. Default: a tenth of the duration.", examples=[5]
    )
    width: int | None = Field(
        None,
        ge=2,
        le=8192,
        description="Width in pixels; the height follows from the aspect ratio.",
        examples=[320],
    )


class WorkerChoice(Section):
    """Which workers may run the job."""

    require: Annotated[tuple[WorkerLabel, ...], Field(max_length=8, strict=False)] | None = Field(
        None,
        description="Labels that a worker must have to run the job, as its operator set them in"
        " `FFREMOTE_WORKER_LABELS`. The job waits for one that has all.",
        examples=[["gpu"]],
    )
