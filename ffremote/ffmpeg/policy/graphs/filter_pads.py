"""How many inputs and outputs a filter of a graph has, and of which kind: `v` video, `a` audio."""

from ..graph import Filter
from ..tables import table

_CHANNELS = {
    "mono": 1,
    "stereo": 2,
    "downmix": 2,
    "quad": 4,
    "quad(side)": 4,
    "hexagonal": 6,
    "octagonal": 8,
}


def pads_of(each: Filter) -> tuple[str, str]:
    """Return a letter for each input and each output; raise ValueError if they are not known."""
    row = table("graph_filters").get(each.name)
    params = dict(each.params)
    if row is None:
        kind = table("filters")[each.name]["kind"]
        needs_alpha = each.name in ("premultiply", "unpremultiply")
        return (kind * 2 if needs_alpha and params.get("inplace") != "1" else kind), kind
    return _pads(row["in"], params, "inputs"), _pads(row["out"], params, "outputs")


def _pads(shape: str, params: dict[str, str], side: str) -> str:
    if shape.endswith("*"):
        return shape[0] * int(params.get(side, "2"))
    if shape == "concat":
        segment = "v" * int(params.get("v", "1")) + "a" * int(params.get("a", "0"))
        return segment * (int(params.get("n", "2")) if side == "inputs" else 1)
    if shape == "channels":
        return "a" * _channels(params)
    if shape == "planes":
        return "v" * len(params.get("planes", "r").replace("|", "+").split("+"))
    return shape


def _channels(params: dict[str, str]) -> int:
    names = params.get("channels")
    if names is not None:
        return len(names.split("+"))
    layout = params.get("channel_layout", "stereo")
    bare = layout.partition("(")[0]
    if layout in _CHANNELS:
        return _CHANNELS[layout]
    if layout.endswith("c") and layout[:-1].isdecimal():
        return int(layout[:-1])
    if bare.replace(".", "").isdecimal() and "." in bare:
        return sum(map(int, bare.split(".")))
    if layout.isupper():
        return len(layout.split("+"))
    raise ValueError(f"channelsplit: the number of channels of {layout!r} is not known")
