"""ffmpeg's lists (-encoders, -filters, …) for the server's FFmpeg, in ffmpeg's own columns.

Programs that drive ffmpeg parse these before their first job. Flags that the server does not
report are dots.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..translate.filters.kinds import kind_of_filter
from .names import kind_of_codec, pads_of_filter, pixel_formats

Capabilities = Mapping[str, Any]
"""The response of `GET /capabilities`."""

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


def encoders(capabilities: Capabilities) -> str:
    """Return the text of `-encoders`."""
    rows = [
        (each["name"], _KINDS[each["kind"]], each["codec"]) for each in capabilities["encoders"]
    ]
    return _coders("Encoders:", (row for row in rows if row[0] != "wrapped_avframe"))


def decoders(capabilities: Capabilities) -> str:
    """Return the text of `-decoders`."""
    rows = (
        (name, kind_of_codec(codec), codec)
        for codec, names in capabilities["decoders"].items()
        for name in names
    )
    return _coders("Decoders:", rows)


def codecs(capabilities: Capabilities) -> str:
    """Return the text of `-codecs`."""
    encoders_of: dict[str, list[str]] = {}
    for each in capabilities["encoders"]:
        encoders_of.setdefault(each["codec"], []).append(each["name"])
    lines = []
    for codec in sorted({*encoders_of, *capabilities["decoders"]}):
        decoding, encoding = capabilities["decoders"].get(codec, ()), encoders_of.get(codec, ())
        flags = f"{'D' if decoding else '.'}{'E' if encoding else '.'}{kind_of_codec(codec)}..."
        names = _coder_names("decoders", decoding, codec) + _coder_names(
            "encoders", encoding, codec
        )
        lines.append(f" {flags} {codec:<20} {codec}{names}")
    return "\n".join(["Codecs:", _CODEC_FLAGS, *lines])


def formats(capabilities: Capabilities, flags: str = "DE") -> str:
    """Return the text of `-formats`, `-muxers` (flags `E`) or `-demuxers` (flags `D`)."""
    demuxers = set(capabilities.get("demuxers") or ()) if "D" in flags else set()
    muxers = muxers_of(capabilities) if "E" in flags else set()
    lines = [
        f" {'D' if name in demuxers else ' '}{'E' if name in muxers else ' '} {name:<15} {name}"
        for name in sorted(demuxers | muxers)
    ]
    return "\n".join(["File formats:", _FORMAT_FLAGS, *lines])


def muxers_of(capabilities: Capabilities) -> set[str]:
    """Return FFmpeg's names of the formats that a job may write, with `image2` for one picture."""
    muxers = set(capabilities.get("muxers") or capabilities["containers"])
    return muxers | ({"image2"} if "image2pipe" in muxers else set())


def filters(capabilities: Capabilities) -> str:
    """Return the text of `-filters`."""
    lines = [
        f" ... {name:<17} {pads_of_filter(name, kind_of_filter(name)):<10} {name}"
        for name in capabilities["filters"]
    ]
    return "\n".join(["Filters:", _FILTER_FLAGS, *lines])


def pix_fmts(capabilities: Capabilities) -> str:
    """Return the text of `-pix_fmts`; of a format unknown to this client only the name is shown."""
    known = pixel_formats()
    lines = []
    for name in capabilities["pixel_formats"]:
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


def _coder_names(title: str, names: Iterable[str], codec: str) -> str:
    """Return the coders of a codec, unless its only one has the codec's own name."""
    listed = list(names)
    return f" ({title}: {' '.join(listed)} )" if listed and listed != [codec] else ""


LISTS: Mapping[str, Callable[[Capabilities], str]] = {
    "encoders": encoders,
    "decoders": decoders,
    "codecs": codecs,
    "formats": formats,
    "muxers": lambda capabilities: formats(capabilities, "E"),
    "demuxers": lambda capabilities: formats(capabilities, "D"),
    "devices": lambda _: f"Devices:\n{_FORMAT_FLAGS}",
    "filters": filters,
    "pix_fmts": pix_fmts,
    "hwaccels": lambda _: "Hardware acceleration methods:",
    "protocols": lambda _: (
        "Supported file protocols:\nInput:\n  file\n  pipe\nOutput:\n  file\n  pipe"
    ),
}
"""Options that print a list, and the function that makes its text."""
