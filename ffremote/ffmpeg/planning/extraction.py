"""What a first pass takes out of the input for the last one: subtitles to burn, fonts, covers."""

from collections.abc import Iterable

from ..formats.decision import Choice
from ..formats.subtitles import BITMAP_SUBTITLES
from ..model.media_info import MediaInfo, Stream
from ..streams import covers
from ..streams.selection import Selection

MAX_FONTS = 64
MAX_FONT_BYTES = 32 << 20
_FONT_CODECS = frozenset({"ttf", "otf"})
_FONT_TYPES = ("font/", "application/x-truetype-font", "application/vnd.ms-opentype")
_FONT_NAMES = (".ttf", ".otf", ".ttc", ".otc")


def burns_text(selection: Selection) -> bool:
    """Whether subtitles that are text are drawn into the pictures."""
    burned = selection.burned
    return burned is not None and burned.codec not in BITMAP_SUBTITLES


def outputs(choice: Choice, selection: Selection, attempt: str) -> list[str]:
    """Return the outputs of the first pass; none when it has nothing to do."""
    argv = covers.extraction(choice, selection, attempt)
    burned = selection.burned
    if burned is not None and burns_text(selection):
        argv += ["-map", f"0:{burned.index}", "-c:s", "ass", "-f", "ass", _subtitles(attempt)]
    return argv


def fonts(selection: Selection, info: MediaInfo) -> tuple[Stream, ...]:
    """Return the attached fonts that the subtitles to burn may need, bounded in number and size."""
    if not burns_text(selection):
        return ()
    found = [s for s in info.of_kind("attachment") if _is_font(s) and _has_bounds(s)]
    return tuple(found[:MAX_FONTS])


def lacking_fonts(selection: Selection, info: MediaInfo) -> list[str]:
    """Warn of attached fonts beyond those bounds: without them burned subtitles look otherwise."""
    if not burns_text(selection):
        return []
    there = [stream for stream in info.of_kind("attachment") if _is_font(stream)]
    left = len(there) - len(fonts(selection, info))
    if not left:
        return []
    are = "was" if left == 1 else "were"
    what = f"{left} of {len(there)} attached fonts {are} not used for the burned subtitles"
    bounds = f"{MAX_FONTS} fonts of {MAX_FONT_BYTES >> 20} MiB each are read"
    keeps = "`--subtitles copy` (`subtitles.mode`) into mkv keeps the text, and `--map 0` all fonts"
    return [f"{what}: {bounds}; {keeps}."]


def font_options(found: Iterable[Stream], attempt: str) -> list[str]:
    """Return the options before the input that write each font to a file whose name is ours."""
    return [
        word
        for number, stream in enumerate(found)
        for word in (f"-dump_attachment:{stream.index}", f"file:{fonts_folder(attempt)}/{number}")
    ]


def fonts_folder(attempt: str) -> str:
    """Return where the fonts lie: alone, because libass reads every file that lies there."""
    return f"{attempt}/fonts"


def burning_filter(found: Iterable[Stream], attempt: str) -> str:
    """Return the filter that draws the subtitles which `outputs` takes out.

    libass reads their file itself; the filter `subtitles` would let FFmpeg look for a demuxer by
    its content, and the header in it is the uploader's, byte for byte.
    """
    where = f":fontsdir={fonts_folder(attempt)}" if tuple(found) else ""
    return f"ass=filename={attempt}/subtitles.ass{where}"


def _subtitles(attempt: str) -> str:
    return f"file:{attempt}/subtitles.ass"


def _is_font(stream: Stream) -> bool:
    said = stream.tags.get("mimetype", "").lower()
    named = stream.tags.get("filename", "").lower()
    is_one = stream.codec in _FONT_CODECS or said.startswith(_FONT_TYPES) or "font" in said
    return is_one or named.endswith(_FONT_NAMES)


def _has_bounds(stream: Stream) -> bool:
    return (stream.bytes or 0) <= MAX_FONT_BYTES
