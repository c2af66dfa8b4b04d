"""Burns subtitles into a video: text by a filter, bitmaps on a canvas of a size of its own."""

from ..model.media_info import Stream
from ..policy.graph import Filter, Graph
from .extraction import burning_filter
from .resolved_job import ResolvedJob

_STRETCHED = "dvd_subtitle"  # drawn for non-square pixels, as those of the original video
_CENTRED = (("x", "(W-w)/2"), ("y", "(H-h)/2"))


def text_filters(job: ResolvedJob, *, fonts: bool) -> tuple[list[str], list[str]]:
    """Return the filter that burns in text: before the other filters, or behind them."""
    section = job.spec.subtitles
    if section is None or not job.burns_text:
        return [], []
    text = burning_filter(job.selection, section.style, job.attempt, fonts=fonts)
    return ([text], []) if section.before_filters else ([], [text])


def overlay(video: Stream, burned: Stream) -> list[str]:
    """Return the filter chains that draw `burned` onto `video`; the last has no output label.

    FFmpeg draws on a canvas of the size that the subtitles declare. If the video was scaled or
    cropped after they were made, they would be misplaced, so the canvas is scaled to the video.
    """
    sources = f"[{video.specifier}][{burned.specifier}]"
    size = _shown_size(video)
    canvas = (burned.width, burned.height)
    if size is None or not all(canvas) or canvas == size:
        return [f"{sources}overlay"]
    width, height = size
    keeps = "" if burned.codec == _STRETCHED else ":force_original_aspect_ratio=decrease"
    return [
        f"[{burned.specifier}]scale=w={width}:h={height}{keeps}[drawn]",
        f"[{video.specifier}][drawn]overlay=x=(W-w)/2:y=(H-h)/2",
    ]


def overlay_graph(video: Stream, burned: Stream) -> Graph:
    """Return the filters that draw `burned` onto `video` behind an output of the job's graph."""
    size, canvas = _shown_size(video), (burned.width, burned.height)
    reads, base = (burned.specifier,), Filter("null", outputs=("video",))
    if size is None or not all(canvas) or canvas == size:
        return Graph(((base,), (Filter("overlay", inputs=("video", *reads)),)))
    params = [("w", str(size[0])), ("h", str(size[1]))]
    if burned.codec != _STRETCHED:
        params.append(("force_original_aspect_ratio", "decrease"))
    return Graph(
        (
            (base,),
            (Filter("scale", tuple(params), reads, ("drawn",)),),
            (Filter("overlay", _CENTRED, ("video", "drawn")),),
        )
    )


def _shown_size(video: Stream) -> tuple[int, int] | None:
    """Return width and height after FFmpeg has rotated the video."""
    if not video.width or not video.height:
        return None
    if (video.rotation or 0) % 180:
        return video.height, video.width
    return video.width, video.height
