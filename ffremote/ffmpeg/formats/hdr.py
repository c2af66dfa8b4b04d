"""High dynamic range: what it is, how it becomes the ordinary, and how it is kept."""

from collections.abc import Iterable

from ..model.media_info import Stream
from ..policy.filtergraph import Filter, Graph, read_graph
from ..policy.options import Option
from ..policy.tables import table
from ..policy.value_rules import read_value

_TRANSFERS = {"smpte2084": "PQ", "arib-std-b67": "HLG"}
TONE_MAPPERS = frozenset({"zscale", "tonemap"})
SIDE_DATA_FILTER = "sidedata"
_STALE = ("MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL")
SDR_TAGS = (
    *("-color_primaries:v", "bt709", "-color_trc:v", "bt709"),
    *("-colorspace:v", "bt709", "-color_range:v", "tv"),
)
_NAMED = ("color_primaries", "color_trc")
# what the options call otherwise than the filter does
_RENAMED = {
    "gamma22": "bt470m",
    "gamma28": "bt470bg",
    "log": "log100",
    "log_sqrt": "log316",
    "iec61966_2_4": "iec61966-2-4",
    "bt1361": "bt1361e",
    "iec61966_2_1": "iec61966-2-1",
    "bt2020_10bit": "bt2020-10",
    "bt2020_12bit": "bt2020-12",
    "smpte428_1": "smpte428",
    "unspecified": "unknown",
}
_WITHOUT_BASE = 5  # the profile of Dolby Vision whose colours only its own decoders understand


def hdr_kind(stream: Stream) -> str | None:
    """Return `PQ` or `HLG`, or None for ordinary pictures."""
    return _TRANSFERS.get(stream.color_transfer or "")


def needs_dolby_decoder(stream: Stream) -> bool:
    """Whether the colours mean nothing without Dolby's own processing."""
    return stream.dolby_vision == _WITHOUT_BASE


def to_sdr(stream: Stream) -> Graph:
    """Return the filters from PQ or HLG to BT.709 in 8 bits; they need `TONE_MAPPERS`.

    What the file does not say is what such films have: zscale refuses unknown colours.
    """
    primaries = stream.color_primaries or "bt2020"
    matrix = stream.color_space if stream.color_space in ("bt2020nc", "bt709") else "bt2020nc"
    span = "pc" if stream.color_range == "pc" else "tv"
    return read_graph(
        f"zscale=tin={stream.color_transfer}:pin={primaries}:min={matrix}:rin={span}"
        ":t=linear:npl=100,format=pix_fmts=gbrpf32le,zscale=p=bt709,"
        "tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=pix_fmts=yuv420p"
    )


def colour_filters(options: Iterable[Option]) -> list[Graph]:
    """Return the filter that names the colours that options of the job name, or nothing.

    From 7.1 on FFmpeg writes what the pictures say, and drops what these options say.
    """
    named = []
    for option in options:
        if option.name in _NAMED and option.specifier in ("", "v", "V", "v:0", "V:0"):
            named += _param(option)
    return [Graph((((Filter("setparams", tuple(named))),),))] if named else []


def _param(option: Option) -> list[tuple[str, str]]:
    value = _RENAMED.get(option.value or "", option.value or "")
    try:
        read_value(table("filters")["setparams"]["params"][option.name], value)
    except ValueError:  # a number that FFmpeg's filter has no colours for
        return []
    return [(option.name, value)]


def mastering_removal() -> Graph:
    """Return the filters that take away what FFmpeg 7 and newer would write into the result."""
    return Graph(
        (tuple(Filter(SIDE_DATA_FILTER, (("mode", "delete"), ("type", t))) for t in _STALE),)
    )


def mastering_params(stream: Stream) -> list[str]:
    """Return the options by which libx265 writes what the input says of its mastering.

    FFmpeg passes it on by itself from 7.1 on; the same values twice do no harm.
    """
    params = []
    if stream.mastering_display:
        params.append(f"master-display={stream.mastering_display}")
    if stream.content_light:
        params.append(f"max-cll={stream.content_light}")
    return ["-x265-params", ":".join(params)] if params else []
