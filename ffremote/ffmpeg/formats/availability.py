"""Check that this FFmpeg build has the filters, options and pixel formats of a job."""

from collections.abc import Iterable, Sequence

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec

from ..model.capabilities import Capabilities
from ..model.planned_output import Form
from ..policy.filter_bugs import known_bug
from ..policy.graph import Filter
from ..policy.options import Option
from ..policy.raw_pictures import is_raw_format, raw_formats
from .containers import Container
from .video import job_filters

PACKAGE_MUXERS = {
    "pictures": "image2",
    "sprites": "image2",
    "segments": "segment",
    "hls": "hls",
    "dash": "dash",
}
_LIBASS = ("ass", "subtitles")  # workers of version 0.1.0 report the second one only
_DRAWING = ("overlay", "scale", "format", "colorchannelmixer", "tpad", "setpts")
_SHEETS = ("fps", "scale", "setsar", "tile")
_MIXING = ("amix", "aformat", "volume")


def check_build(
    spec: JobSpec,
    options: Sequence[Option],
    capabilities: Capabilities,
    in_graph: Iterable[Filter] = (),
) -> None:
    """Raise InvalidArgument for the first allowed feature that this FFmpeg lacks.

    `in_graph` are the filters of the job's graph.
    """
    _check_filters(spec, capabilities)
    _check_layers(spec, capabilities)
    for each in in_graph:
        _check_filter(each, "graph", capabilities)
    video = spec.video_options
    named = video.pix_fmt if video else None
    if named not in (None, "auto", *capabilities.pix_fmts):
        raise InvalidArgument(
            "video.pix_fmt", f"{named!r} is not a pixel format of this server's FFmpeg."
        )
    for option in options:
        if option.name not in capabilities.options:
            raise InvalidArgument(
                option.field,
                f"The server's FFmpeg {capabilities.version} has no option -{option.name}.",
            )


def check_container(container: Container, spec: JobSpec, capabilities: Capabilities) -> None:
    """Raise InvalidArgument if this FFmpeg cannot write the container, or a raw format."""
    field = "container" if spec.container else "output_filename"
    if container.muxer not in capabilities.muxers:
        raise InvalidArgument(
            field,
            f"The server's FFmpeg {capabilities.version} cannot write {container.name}: it has no"
            f" muxer {container.muxer!r}.",
        )
    if spec.package is not None and PACKAGE_MUXERS[spec.package.type] not in capabilities.muxers:
        raise InvalidArgument(
            "package.type",
            f"The server's FFmpeg {capabilities.version} cannot make {spec.package.type}: it has"
            f" no muxer {PACKAGE_MUXERS[spec.package.type]!r}.",
        )
    if container.form is not None and spec.package is not None:
        raise InvalidArgument(field, f"A package is not made of {container.name} files.")
    video = spec.video_options
    wanted = video.pix_fmt if video else None
    if container.form is Form.PICTURES and wanted and not is_raw_format(wanted):
        raise InvalidArgument(
            "video.pix_fmt",
            f"{container.name} is not written as {wanted!r}. Supported: {raw_formats()}.",
        )


def _check_layers(spec: JobSpec, capabilities: Capabilities) -> None:
    """Raise InvalidArgument for overlays, mixed sounds or sprites that this FFmpeg cannot make."""
    audio = spec.audio_options
    for field, value, names in (
        ("overlays", spec.overlays, _DRAWING),
        ("audio.mix", audio and audio.mix, _MIXING),
        ("package.type", spec.package and spec.package.type == "sprites", _SHEETS),
    ):
        for name in names if value else ():
            if name not in capabilities.filters:
                raise InvalidArgument(
                    field,
                    f"The server's FFmpeg {capabilities.version} has no filter {name!r}, which"
                    f" {field} requires.",
                )


def _check_filters(spec: JobSpec, capabilities: Capabilities) -> None:
    burns = spec.subtitles is not None and spec.subtitles.mode == "burn"
    if burns and capabilities.filters.isdisjoint(_LIBASS):
        raise InvalidArgument(
            "subtitles.mode",
            f"The server's FFmpeg {capabilities.version} was built without libass, so it cannot"
            " burn subtitles.",
        )
    for part, kind in (("video", "v"), ("audio", "a")):
        options = spec.video_options if part == "video" else spec.audio_options
        for place, graph in enumerate(
            job_filters((options.filters if options else None) or (), f"{part}.filters", kind)
        ):
            for each in graph.filters:
                _check_filter(each, f"{part}.filters[{place}]", capabilities)


def _check_filter(each: Filter, field: str, capabilities: Capabilities) -> None:
    bug = known_bug(each.name, capabilities.version)
    if bug is not None:
        raise InvalidArgument(
            field,
            f"The filter {each.name!r} is disabled in the server's FFmpeg"
            f" {capabilities.version}: {bug}; FFmpeg 6 and newer have it.",
        )
    if each.name not in capabilities.filters:
        raise InvalidArgument(
            field, f"The server's FFmpeg {capabilities.version} has no filter {each.name!r}."
        )
