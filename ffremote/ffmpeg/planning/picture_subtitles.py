"""Subtitles that are pictures, drawn into a film of another size."""

from ..model.media_info import Stream

_STRETCHED = "dvd_subtitle"  # made for pixels that are not square, as its film once was


def overlay(film: Stream, burned: Stream) -> list[str]:
    """Return the chains that draw `burned` onto `film`; the last one is open at its end.

    FFmpeg draws on a canvas of the size that the subtitles name. Where the film was scaled or
    cropped since, they would lie beside it, so the whole canvas is made to fit.
    """
    sources = f"[0:{film.index}][0:{burned.index}]"
    size = _shown_size(film)
    canvas = (burned.width, burned.height)
    if size is None or not all(canvas) or canvas == size:
        return [f"{sources}overlay"]
    width, height = size
    keeps = "" if burned.codec == _STRETCHED else ":force_original_aspect_ratio=decrease"
    return [
        f"[0:{burned.index}]scale=w={width}:h={height}{keeps}[drawn]",
        f"[0:{film.index}][drawn]overlay=x=(W-w)/2:y=(H-h)/2",
    ]


def _shown_size(film: Stream) -> tuple[int, int] | None:
    """The film's size once FFmpeg has turned it."""
    if not film.width or not film.height:
        return None
    if (film.rotation or 0) % 180:
        return film.height, film.width
    return film.width, film.height
