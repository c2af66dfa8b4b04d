"""Plans the video of one job: its filters, and the options of its encoder."""

from collections.abc import Sequence
from dataclasses import dataclass

from ffremote.spec import JobSpec, Video

from ..formats import video
from ..formats.decision import Choice
from ..formats.encoders import COPY
from ..formats.even_sides import chosen_pix_fmt, fitting_size
from ..formats.frame_size import Size, shown_size, size_after
from ..formats.hdr import colour_filters, mastering_params
from ..formats.side_files import located
from ..formats.web_video import NO_ADJUSTMENTS, PLAYBACK_FPS, STILLS, Adjustments, adjustments_for
from ..model.capabilities import Capabilities
from ..model.media_info import MediaInfo, Stream
from ..policy.filtergraph import Graph, read_graph
from .graphs.drawing import NO_LAYERS, Layers, drawing


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """The filters, the encoder's options and the warnings of the video."""

    graphs: tuple[Graph, ...] = ()
    argv: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    drawn: tuple[Graph, ...] = ()
    """Those of the filters that draw overlays, which do not change how long the video is."""

    @property
    def timed_graphs(self) -> tuple[Graph, ...]:
        """The filters that decide how long the video is."""
        return tuple(graph for graph in self.graphs if graph not in self.drawn)


def plan_video(
    choice: Choice,
    info: MediaInfo,
    source: Stream | None,
    capabilities: Capabilities,
    layers: Layers = NO_LAYERS,
) -> VideoTrack:
    """Return filters and options for `source`, the chosen video stream; None if there is none.

    `layers` are drawn on what the filters make. Raises InvalidArgument for options that the encoder
    does not accept, TranscodeError for video that cannot become what a preset promises.
    """
    encoder = choice.video_encoder
    if source is None or encoder is None:
        return VideoTrack()
    if encoder == COPY:
        return VideoTrack(argv=_limit_frames(choice, ["-c:v", COPY]))
    settings = choice.spec.video_options or Video()
    before = [choice.graph] if choice.graph and source.is_made else []
    pix_fmt, argv, warnings = _pixel_format(choice, settings, source)
    adjustments = adjustments_for(choice.spec, encoder, pix_fmt, source, capabilities)
    graphs = _filters(choice, info, source, adjustments, capabilities.version)
    # zscale accepts even sizes only, as many encoders do
    sampled = pix_fmt or chosen_pix_fmt(settings, graphs, source.pix_fmt)
    is_sdr = bool(adjustments.to_sdr)
    fitted, size_warnings = fitting_size(graphs, source, encoder, sampled, even=is_sdr)
    graphs += fitted
    drawn, size_of_layers = _drawn(layers, graphs, source, adjustments, pix_fmt)
    graphs += [*_corrected(graphs, source, adjustments), *colour_filters(choice.options), *drawn]
    graphs += video.palette_filters([*graphs, *before]) if encoder == "gif" else []
    options, encoding_warnings = video.encoding(settings, encoder)
    argv = [*options, *argv, *adjustments.argv, *_rate_bound(adjustments, encoder, source)]
    if encoder == "libx265" and not adjustments.to_sdr:
        argv += mastering_params(source)
    return VideoTrack(
        tuple(graphs),
        _limit_frames(choice, argv),
        (*encoding_warnings, *warnings, *adjustments.warnings, *size_warnings, *size_of_layers),
        tuple(drawn),
    )


def _corrected(graphs: Sequence[Graph], source: Stream, adjustments: Adjustments) -> list[Graph]:
    """Return the filters behind `graphs` that make colours and pixels those of screens."""
    made = size_after([*graphs, *adjustments.to_sdr], shown_size(source))
    is_other = None in (made.width, made.height) or made.shape != 1
    square = [read_graph("setsar=sar=1")] if adjustments.is_square and is_other else []
    return [*adjustments.to_sdr, *square]


def _drawn(
    layers: Layers,
    graphs: Sequence[Graph],
    source: Stream,
    adjustments: Adjustments,
    pix_fmt: str | None,
) -> tuple[list[Graph], list[str]]:
    """Return the filters that draw the layers behind `graphs` and tone mapping, and warnings."""
    size = size_after(graphs, layers.picture or shown_size(source))
    if adjustments.is_square:
        size = Size(size.width, size.height)
    blended = "yuv420p" if adjustments.to_sdr else pix_fmt or source.pix_fmt
    return drawing(layers.items, size, blended)


def _pixel_format(
    choice: Choice, settings: Video, source: Stream
) -> tuple[str | None, list[str], list[str]]:
    """Return the pixel format, None if FFmpeg chooses it; the option that forces it; warnings."""
    encoder = choice.video_encoder or ""
    forced = video.playable_pix_fmt(settings, encoder, source.pix_fmt)
    if forced:
        warning = (
            f"{source.pix_fmt or 'An unknown pixel format'} is encoded as {forced}, which plays"
            " everywhere; set video.pix_fmt to choose."
        )
        return forced, ["-pix_fmt", forced], [] if source.is_made else [warning]
    is_y4m = encoder == "wrapped_avframe" and not choice.container.makes_no_file
    if is_y4m and not settings.pix_fmt:
        return "yuv420p", ["-pix_fmt", "yuv420p"], []
    return None if settings.pix_fmt == video.AUTO else settings.pix_fmt, [], []


def _filters(
    choice: Choice, info: MediaInfo, source: Stream, adjustments: Adjustments, version: str
) -> list[Graph]:
    spec = choice.spec
    settings = spec.video_options or Video()
    if spec.package is not None and spec.package.type == "pictures" and spec.package.rate:
        settings = settings.model_copy(update={"fps": str(spec.package.rate)})
    graphs = video.chain(
        settings,
        adjustments=adjustments,
        seconds=None if _is_repeated(spec, source) else _seconds(info, source),
        known_side=min(source.width, source.height) if source.width and source.height else None,
        pix_fmt=source.pix_fmt,
        version=version,
    )
    if spec.thumbnail and spec.thumbnail.width:
        graphs += video.chain(Video(scale=f"{spec.thumbnail.width}:-2"))
    return located(graphs, choice.files, spec)


def _is_repeated(spec: JobSpec, source: Stream) -> bool:
    return not source.is_made and bool(spec.sources[source.input].loop)


def _seconds(info: MediaInfo, source: Stream) -> float | None:
    """Return the duration of the video; 0 for a still, and for a raw stream, maybe one frame."""
    if source.is_picture:
        return 0.0
    seconds = source.duration if source.duration is not None else info.duration
    return 0.0 if seconds is None and not info.format.startswith("mov") else seconds


def _rate_bound(adjustments: Adjustments, encoder: str, source: Stream) -> list[str]:
    """Return the bound on the rate given to encoders: a 1/90000 s time base is not 90000 fps."""
    if (
        adjustments is NO_ADJUSTMENTS
        or encoder in STILLS
        or (source.base_fps or 0) <= PLAYBACK_FPS * 4
    ):
        return []
    return ["-fpsmax:v", str(PLAYBACK_FPS)]


def _limit_frames(choice: Choice, argv: list[str]) -> tuple[str, ...]:
    return (*argv, *(("-frames:v", "1") if choice.is_one_picture else ()))
