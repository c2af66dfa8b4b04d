"""Plans the pass that extracts subtitles to burn, fonts and covers from the input."""

from collections.abc import Iterable

from ffremote.states import FailureReason

from ..formats.decision import Choice
from ..formats.side_files import SideFile
from ..formats.subtitles import BITMAP_SUBTITLES
from ..model.failure import refuse
from ..model.media_info import MediaInfo, Stream
from ..streams import covers
from ..streams.selection import Selection

MAX_FONTS = 64
MAX_FONT_BYTES = 32 << 20
_WITHOUT_STYLES = frozenset({"mov_text", "subrip", "text", "webvtt"})
_FONT_CODECS = frozenset({"ttf", "otf"})
_FONT_TYPES = ("font/", "application/x-truetype-font", "application/vnd.ms-opentype")
_FONT_NAMES = (".ttf", ".otf", ".ttc", ".otc")


def burns_text(selection: Selection) -> bool:
    """Whether text subtitles are drawn into the video."""
    burned = selection.burned
    return burned is not None and burned.codec not in BITMAP_SUBTITLES


def outputs(choice: Choice, selection: Selection, attempt: str) -> list[str]:
    """Return the outputs of the extracting pass; empty if there is nothing to extract."""
    argv = covers.extraction(choice, selection, attempt)
    burned = selection.burned
    if burned is not None and burns_text(selection):
        argv += ["-map", burned.specifier, "-c:s", "ass", "-f", "ass", _subtitles(attempt)]
    return argv


def fonts(selection: Selection, info: MediaInfo) -> tuple[Stream, ...]:
    """Return the attached fonts for the subtitles to burn, bounded in number and size."""
    if not burns_text(selection):
        return ()
    found = [s for s in _attached_fonts(selection, info) if _is_small(s)]
    return tuple(found[:MAX_FONTS])


def _attached_fonts(selection: Selection, info: MediaInfo) -> list[Stream]:
    """Return the fonts in the input of the subtitles to burn."""
    burned = selection.burned
    attached = info.of_kind("attachment")
    return [s for s in attached if burned and s.input == burned.input and _is_font(s)]


def unused_font_warnings(selection: Selection, info: MediaInfo) -> list[str]:
    """Return a warning if attached fonts exceed the bounds, which changes burned subtitles."""
    if not burns_text(selection):
        return []
    attached = _attached_fonts(selection, info)
    left = len(attached) - len(fonts(selection, info))
    if not left:
        return []
    are = "was" if left == 1 else "were"
    what = f"{left} of {len(attached)} attached fonts {are} not used for the burned subtitles"
    bounds = f"{MAX_FONTS} fonts of {MAX_FONT_BYTES >> 20} MiB each are read"
    keeps = "`--subtitles copy` (`subtitles.mode`) into mkv keeps the text, and `--map 0` all fonts"
    return [f"{what}: {bounds}; {keeps}."]


def font_options(found: Iterable[Stream], attempt: str) -> list[str]:
    """Return the input options that write each font to a file with a number as its name."""
    return [
        word
        for number, stream in enumerate(found)
        for word in (f"-dump_attachment:{stream.index}", f"file:{fonts_folder(attempt)}/{number}")
    ]


def fonts_folder(attempt: str) -> str:
    """Return the directory of the fonts; only fonts, because libass reads every file in it."""
    return f"{attempt}/fonts"


def uploaded_fonts(choice: Choice, selection: Selection) -> tuple[SideFile, ...]:
    """Return the fonts among the inputs of the job if subtitles are burned in by them."""
    if not burns_text(selection):
        return ()
    return tuple(each for each in choice.files if each.role == "font")


def links(choice: Choice, selection: Selection, attempt: str) -> tuple[tuple[str, str], ...]:
    """Return the links to uploaded fonts: a name in their directory, and the input."""
    fonts, folder = uploaded_fonts(choice, selection), fonts_folder(attempt)
    return tuple((f"{folder}/input{each.number}", each.path) for each in fonts)


def burning_filter(selection: Selection, style: str | None, attempt: str, *, fonts: bool) -> str:
    """Return the filter that draws the subtitles which `outputs` extracts.

    The filter `ass` gives the file to libass. The filter `subtitles`, which alone has a style, lets
    FFmpeg choose a demuxer by the content, whose header the uploader of ASS controls byte for byte;
    that of other subtitles is FFmpeg's own. Raise TranscodeError for ASS with a style.
    """
    folder = f":fontsdir={fonts_folder(attempt)}" if fonts else ""
    if style is None:
        return f"ass=filename={attempt}/subtitles.ass{folder}"
    codec = selection.burned.codec if selection.burned else ""
    if codec not in _WITHOUT_STYLES:
        raise refuse(
            FailureReason.BAD_FILTER,
            f"subtitles.style is for subtitles without styles of their own, not for {codec}.",
            "Change the styles in the ASS file, or convert it to SRT first.",
        )
    return f"subtitles=filename={attempt}/subtitles.ass{folder}:force_style='{style}'"


def _subtitles(attempt: str) -> str:
    return f"file:{attempt}/subtitles.ass"


def _is_font(stream: Stream) -> bool:
    mime_type = stream.tags.get("mimetype", "").lower()
    name = stream.tags.get("filename", "").lower()
    has_type = mime_type.startswith(_FONT_TYPES) or "font" in mime_type
    return stream.codec in _FONT_CODECS or has_type or name.endswith(_FONT_NAMES)


def _is_small(stream: Stream) -> bool:
    return (stream.bytes or 0) <= MAX_FONT_BYTES
