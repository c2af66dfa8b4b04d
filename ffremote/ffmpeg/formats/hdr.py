"""HDR: detection, tone mapping to SDR, mastering metadata."""

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
_COLOUR_OPTIONS = ("color_primaries", "color_trc")
# colour names of the options whose name in the filter differs
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
_DOLBY_ONLY = 5  # the Dolby Vision profile without a compatible base layer


def hdr_kind(stream: Stream) -> str | None:
    """Return `PQ` or `HLG`, or None for SDR."""
    return _TRANSFERS.get(stream.color_transfer or "")


def needs_dolby_decoder(stream: Stream) -> bool:
    """Whether the colours are wrong without a Dolby Vision decoder."""
    return stream.dolby_vision == _DOLBY_ONLY


def to_sdr(stream: Stream) -> Graph:
    """Return the filters that map PQ or HLG to 8-bit BT.709; they require `TONE_MAPPERS`.

    Unknown colour properties are set to the usual ones of HDR: zscale refuses unknown colours.
    """
    primaries = stream.color_primaries or "bt2020"
    matrix = stream.color_space if stream.color_space in ("bt2020nc", "bt709") else "bt2020nc"
    color_range = "pc" if stream.color_range == "pc" else "tv"
    return read_graph(
        f"zscale=tin={stream.color_transfer}:pin={primaries}:min={matrix}:rin={color_range}"
        ":t=linear:npl=100,format=pix_fmts=gbrpf32le,zscale=p=bt709,"
        "tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=pix_fmts=yuv420p"
    )


def colour_filters(options: Iterable[Option]) -> list[Graph]:
    """Return a filter that sets the colours of the job's colour options, if it has any.

    From 7.1 on FFmpeg writes the colours of the frames and ignores these options.
    """
    params: list[tuple[str, str]] = []
    for option in options:
        if option.name in _COLOUR_OPTIONS and option.specifier in ("", "v", "V", "v:0", "V:0"):
            params += _param(option)
    return [Graph((((Filter("setparams", tuple(params))),),))] if params else []


def _param(option: Option) -> list[tuple[str, str]]:
    value = _RENAMED.get(option.value or "", option.value or "")
    try:
        read_value(table("filters")["setparams"]["params"][option.name], value)
    except ValueError:  # a number that the filter has no name for
        return []
    return [(option.name, value)]


def mastering_removal() -> Graph:
    """Return the filters that remove mastering metadata, which FFmpeg 7 and newer would write."""
    return Graph(
        (tuple(Filter(SIDE_DATA_FILTER, (("mode", "delete"), ("type", t))) for t in _STALE),)
    )


def mastering_params(stream: Stream) -> list[str]:
    """Return the options with which libx265 writes the mastering metadata of the input.

    From 7.1 on FFmpeg passes it by itself; setting the same values twice is harmless.
    """
    params = []
    if stream.mastering_display:
        params.append(f"master-display={stream.mastering_display}")
    if stream.content_light:
        params.append(f"max-cll={stream.content_light}")
    return ["-x265-params", ":".join(params)] if params else []
