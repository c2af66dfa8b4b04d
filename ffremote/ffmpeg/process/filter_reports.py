"""Collects what filters measured, from the lines that FFmpeg logs for them.

Text of the input must not become a measurement. A line counts only with FFmpeg's own mark (see
`marks`), a level, and the context of a filter that the pass has. Newer versions try each graph
before they begin, and filters report nothing then: what came before the first graph is forgotten.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST = 500
"""Of each kind of measurement."""
_LINE = re.compile(
    r"\[(?:Parsed_)?(?P<name>[a-z0-9]+?)(?:_\d+)? @ (?P<address>0x[0-9a-f]+)\] \[info\] ?"
    r"(?P<text>.*)"
)
_NUMBER = r"-?(?:[0-9]{1,18}(?:\.[0-9]{1,18})?|inf|nan)"
_PAIR = re.compile(rf"([A-Za-z][A-Za-z0-9_. ]*?) *[:=] *({_NUMBER})(?![0-9.:A-Za-z])")
_BEGIN = re.compile(r"\[graph[ _]-?\d+[ _]in.*|(?:\[[^\]]*\] )+Starting thread\.\.\.")
"""The first messages after the graphs were tried: of a graph's source, and of newer versions."""
_SPANS = {"start": "start", "end": "end", "duration": "duration"}
_TIMES = ("start", "time")
_LOUDNORM = {
    "Integrated": "i",
    "True Peak": "tp",
    "LRA": "lra",
    "Threshold": "thresh",
}
_COMPARED = {name: name.lower() for name in ("y", "u", "v", "r", "g", "b", "a", "Y", "U", "V")}
_KINDS: dict[str, tuple[str, dict[str, str]]] = {
    "volumedetect": (
        "volume",
        {"n_samples": "samples", "mean_volume": "mean_db", "max_volume": "max_db"},
    ),
    "silencedetect": (
        "silence",
        {**{f"silence_{a}": b for a, b in _SPANS.items()}, "channel": "channel"},
    ),
    "blackdetect": ("black", {f"black_{a}": b for a, b in _SPANS.items()}),
    "freezedetect": (
        "freeze",
        {f"lavfi.freezedetect.freeze_{a}": b for a, b in _SPANS.items()},
    ),
    "cropdetect": ("crop", {"w": "width", "h": "height", "x": "x", "y": "y"}),
    "scdet": ("scenes", {"lavfi.scd.score": "score", "lavfi.scd.time": "time"}),
    "showinfo": ("scenes", {"pts_time": "time"}),
    "metadata": ("scenes", {"pts_time": "time", "lavfi.scene_score": "score"}),
    "idet": (
        "interlace",
        {"TFF": "top_first", "BFF": "bottom_first"}
        | {"Progressive": "progressive", "Undetermined": "undetermined"},
    ),
    "ebur128": (
        "loudness",
        {"I": "integrated_lufs", "Threshold": "threshold_lufs", "LRA": "range_lu"}
        | {"LRA low": "range_low_lufs", "LRA high": "range_high_lufs", "Peak": "peak_dbfs"},
    ),
    "loudnorm": (
        "loudness",
        {f"{a}_{b}": f"{a}_{b}" for a in ("input", "output") for b in _LOUDNORM.values()}
        | {
            f"{a.title()} {k}": f"{a}_{b}"
            for a in ("input", "output")
            for k, b in _LOUDNORM.items()
        }
        | {"target_offset": "target_offset", "Target Offset": "target_offset"},
    ),
    "astats": (
        "astats",
        {"Peak level dB": "peak_db", "RMS level dB": "rms_db", "RMS peak dB": "rms_peak_db"}
        | {"RMS trough dB": "rms_trough_db", "Noise floor dB": "noise_floor_db"}
        | {"DC offset": "dc_offset", "Flat factor": "flat_factor", "Entropy": "entropy"}
        | {"Dynamic range": "dynamic_range", "Number of samples": "samples"},
    ),
    "psnr": ("psnr", {**_COMPARED, "average": "average", "min": "min", "max": "max"}),
    "ssim": ("ssim", {**_COMPARED, "All": "all"}),
    "xpsnr": ("xpsnr", _COMPARED),
    "libvmaf": ("vmaf", {"VMAF score": "score"}),
}


@dataclass(slots=True)
class _Entry:
    kind: str
    filter: str
    instance: int
    values: dict[str, float | None] = field(default_factory=dict)


class FilterReports:
    """Collects the measurements of one pass; `filters` are its filters, each with its output."""

    def __init__(self, filters: Mapping[str, int | None]) -> None:
        self._filters = filters
        self._has_begun = False
        self._forget()

    def _forget(self) -> None:
        self._addresses: dict[str, list[str]] = {}
        self._entries: list[_Entry] = []
        self._newest: dict[tuple[str, int, float | None], _Entry] = {}
        """By filter, instance and channel."""
        self._counts: dict[str, int] = {}
        self._cut: set[str] = set()
        self._section = ""
        self._block: _Entry | None = None
        """What the lines without a level belong to, which continue a message."""

    def add(self, line: str, *, is_own: bool) -> None:
        """Read one line of FFmpeg's stderr, with the addresses of its contexts.

        `is_own` says whether FFmpeg marked it as its own; a line that continues a message is not.
        """
        text = line.rstrip()
        if is_own and not self._has_begun and _BEGIN.fullmatch(text):
            self._has_begun = True
            self._forget()
        elif is_own and (match := _LINE.fullmatch(text)):
            self._block = None
            if match["name"] in self._filters:
                self._add_message(match["name"], match["address"], match["text"])
        elif text.startswith("["):
            self._block = None
        elif self._block is not None:
            self._continue(self._block, text.strip())

    def to_json(self) -> dict[str, Any]:
        """Return the measurements by kind, each with its filter, its instance and its output.

        `cut` names the kinds of which there were more.
        """
        found: dict[str, Any] = {}
        for each in self._entries:
            if each.values:
                found.setdefault(each.kind, []).append(
                    {
                        "filter": each.filter,
                        "instance": each.instance,
                        "output": self._filters[each.filter],
                        **each.values,
                    }
                )
        return {**found, "cut": sorted(self._cut)} if self._cut else found

    def _add_message(self, name: str, address: str, text: str) -> None:
        instance = self._instance(name, address)
        if name in ("ebur128", "loudnorm"):
            if name == "loudnorm" or text == "Summary:":
                self._section, self._block = "", self._only(name, instance)
            return
        values = _values(name, text)
        if name == "astats" and (text == "Overall" or text.startswith("Channel:")):
            self._section = text
        if name == "astats" and self._section != "Overall":
            return
        if name == "idet" and not text.startswith("Multi frame"):
            return
        if values:
            self._entry(name, instance, values).values.update(values)

    def _continue(self, entry: _Entry, text: str) -> None:
        """Add a line of the summary of ebur128 or of loudnorm."""
        if entry.filter == "ebur128" and text.endswith(":"):
            self._section = text
            return
        values = _values(entry.filter, text.replace('"', "").replace(" :", ":"))
        if self._section == "Loudness range:":
            values.pop("threshold_lufs", None)
        if self._section == "Sample peak:" and "peak_dbfs" in values:
            values = {"sample_peak_dbfs": values["peak_dbfs"]}
        entry.values.update(values)

    def _entry(self, name: str, instance: int, values: Mapping[str, float | None]) -> _Entry:
        """Return what the values belong to: a new event, or the last one of the instance."""
        channel = values.get("channel")
        is_new = any(key in values for key in _TIMES)
        return self._new(name, instance, channel) if is_new else self._last(name, instance, channel)

    def _only(self, name: str, instance: int) -> _Entry:
        return self._last(name, instance, None)

    def _last(self, name: str, instance: int, channel: float | None) -> _Entry:
        found = self._newest.get((name, instance, channel))
        return self._new(name, instance, channel) if found is None else found

    def _new(self, name: str, instance: int, channel: float | None) -> _Entry:
        """Return a new entry; one past the limit is filled as well, but not kept."""
        entry = _Entry(_KINDS[name][0], name, instance)
        self._newest[name, instance, channel] = entry
        count = self._counts.get(entry.kind, 0)
        if count >= MOST:
            self._cut.add(entry.kind)
        else:
            self._counts[entry.kind] = count + 1
            self._entries.append(entry)
        return entry

    def _instance(self, name: str, address: str) -> int:
        """Return the number of a filter among those of its name, in the order of their reports."""
        known = self._addresses.setdefault(name, [])
        if address not in known and len(known) < MOST:
            known.append(address)
        return known.index(address) if address in known else MOST


def _values(name: str, text: str) -> dict[str, float | None]:
    """Return the numbers of a line that have a name; None for an infinite one."""
    names = _KINDS[name][1]
    found: dict[str, float | None] = {}
    for key, number in _PAIR.findall(text):
        ours = names.get(key) or names.get(key.rpartition(" ")[2])
        if ours is not None:
            found[ours] = _number(number)
    return found


def _number(text: str) -> float | None:
    if text.lstrip("-") in ("inf", "nan"):
        return None
    return float(text) if "." in text else int(text)
