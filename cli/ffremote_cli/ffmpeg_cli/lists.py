"""The lists that ffmpeg prints about itself, of a server, in ffmpeg's own columns.

Programs that drive ffmpeg read these before their first job. Flags that a server does not tell
are dots.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..translate.filters.kinds import kind_of_filter
from .names import kind_of_codec, pads_of_filter, pixel_formats

Said = Mapping[str, Any]
"""What `GET /capabilities` answers."""

_KINDS = {"video": "V", "audio": "A", "subtitle": "S"}
_CODER_FLAGS = """\
 V..... = Video
 A..... = Audio
 S..... = Subtitle
 .F.... = Frame-level multithreading
 ..S... = Slice-level multithreading
 ...X.. = Codec is experimental
 ....B. = Supports draw_horiz_band
 .....D = Supports direct rendering method 1
 ------"""
_CODEC_FLAGS = """\
 D..... = Decoding supported
 .E.... = Encoding supported
 ..V... = Video codec
 ..A... = Audio codec
 ..S... = Subtitle codec
 ..D... = Data codec
 ..T... = Attachment codec
 ...I.. = Intra frame-only codec
 ....L. = Lossy compression
 .....S = Lossless compression
 -------"""
_FORMAT_FLAGS = """\
 D. = Demuxing supported
 .E = Muxing supported
 --"""
_FILTER_FLAGS = """\
  T.. = Timeline support
  .S. = Slice threading
  ..C = Command support
  A = Audio input/output
  V = Video input/output
  N = Dynamic number and/or type of input/output
  | = Source or sink filter"""
_PIXEL_FORMAT_FLAGS = """\
I.... = Supported Input  format for conversion
.O... = Supported Output format for conversion
..H.. = Hardware accelerated format
...P. = Paletted format
....B = Bitstream format
FLAGS NAME            NB_COMPONENTS BITS_PER_PIXEL BIT_DEPTHS
-----"""


def encoders(said: Said) -> str:
    """`-encoders`."""
    found = [(each["name"], _KINDS[each["kind"]], each["codec"]) for each in said["encoders"]]
    return _coders("Encoders:", (row for row in found if row[0] != "wrapped_avframe"))


def decoders(said: Said) -> str:
    """`-decoders`."""
    found = said["decoders"].items()
    rows = ((name, kind_of_codec(codec), codec) for codec, names in found for name in names)
    return _coders("Decoders:", rows)


def codecs(said: Said) -> str:
    """`-codecs`."""
    makers: dict[str, list[str]] = {}
    for each in said["encoders"]:
        makers.setdefault(each["codec"], []).append(each["name"])
    lines = []
    for codec in sorted({*makers, *said["decoders"]}):
        readers, writers = said["decoders"].get(codec, ()), makers.get(codec, ())
        flags = f"{'D' if readers else '.'}{'E' if writers else '.'}{kind_of_codec(codec)}..."
        names = _named("decoders", readers, codec) + _named("encoders", writers, codec)
        lines.append(f" {flags} {codec:<20} {codec}{names}")
    return "\n".join(["Codecs:", _CODEC_FLAGS, *lines])


def formats(said: Said, flags: str = "DE") -> str:
    """`-formats`, `-muxers` (E) or `-demuxers` (D)."""
    read = set(said.get("demuxers") or ()) if "D" in flags else set()
    written = muxers_of(said) if "E" in flags else set()
    lines = [
        f" {'D' if name in read else ' '}{'E' if name in written else ' '} {name:<15} {name}"
        for name in sorted(read | written)
    ]
    return "\n".join(["File formats:", _FORMAT_FLAGS, *lines])


def muxers_of(said: Said) -> set[str]:
    """FFmpeg's names of the formats that a job may write; `image2` is one picture."""
    found = set(said.get("muxers") or said["containers"])
    return found | ({"image2"} if "image2pipe" in found else set())


def filters(said: Said) -> str:
    """`-filters`."""
    lines = [
        f" ... {name:<17} {pads_of_filter(name, kind_of_filter(name)):<10} {name}"
        for name in said["filters"]
    ]
    return "\n".join(["Filters:", _FILTER_FLAGS, *lines])


def pix_fmts(said: Said) -> str:
    """`-pix_fmts`; of a format that is newer than this client only the name is known."""
    known = pixel_formats()
    lines = []
    for name in said["pixel_formats"]:
        flags, components, bits, depths = known.get(name, ("IO...", "?", "?", "?"))
        lines.append(f"{flags} {name:<16}       {components}            {bits:>3}      {depths}")
    return "\n".join(["Pixel formats:", _PIXEL_FORMAT_FLAGS, *lines])


def _coders(title: str, rows: Iterable[tuple[str, str, str]]) -> str:
    order = "VAS"
    lines = [
        f" {kind}..... {name:<20} {codec}{'' if name == codec else f' (codec {codec})'}"
        for name, kind, codec in sorted(rows, key=lambda row: (order.index(row[1]), row[0]))
    ]
    return "\n".join([title, _CODER_FLAGS, *lines])


def _named(what: str, names: Iterable[str], codec: str) -> str:
    found = list(names)
    return f" ({what}: {' '.join(found)} )" if found and found != [codec] else ""


LISTS: Mapping[str, Callable[[Said], str]] = {
    "encoders": encoders,
    "decoders": decoders,
    "codecs": codecs,
    "formats": formats,
    "muxers": lambda said: formats(said, "E"),
    "demuxers": lambda said: formats(said, "D"),
    "devices": lambda said: f"Devices:\n{_FORMAT_FLAGS}",
    "filters": filters,
    "pix_fmts": pix_fmts,
    "hwaccels": lambda said: "Hardware acceleration methods:",
    "protocols": lambda said: (
        "Supported file protocols:\nInput:\n  file\n  pipe\nOutput:\n  file\n  pipe"
    ),
}
"""The questions that are answered by a list."""
