"""-map_channel, which FFmpeg 7 removed: the channels of an audio stream, as the filter pan."""

import re
from collections.abc import Sequence

from ..command_line.parser import Option
from ..errors import CannotTranslate

_CHANNEL = re.compile(r"0\.(\d{1,3})\.(\d{1,2})\??")
_MUTED = "-1"
_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


def as_pan(options: Sequence[Option]) -> list[Option]:
    """Return the options with one -af for all -map_channel, before the filters of -af.

    Raise CannotTranslate for channels of several streams or inputs.
    """
    mapped = [option for option in options if option.name == "map_channel"]
    if not mapped:
        return list(options)
    pan = _pan([option.value or "" for option in mapped])
    rest = [option for option in options if option.name != "map_channel"]
    others = [option for option in rest if option.key in ("af", "filter:a")]
    chain = ",".join([pan, *(option.value or "" for option in others[-1:])])
    return [*(option for option in rest if option not in others), Option("af", "", chain)]


def _pan(values: Sequence[str]) -> str:
    sources = [_source(value) for value in values]
    streams = {stream for stream, _ in sources if stream is not None}
    if len(streams) > 1:
        raise CannotTranslate(
            f"-map_channel {values[-1]}",
            "the channels of several streams cannot be joined by this option",
            hint="use -filter_complex amerge",
        )
    if len(sources) not in _LAYOUTS:
        raise CannotTranslate("-map_channel", f"{len(sources)} channels; up to 8 are supported")
    channels = [f"c{number}={gain}" for number, (_, gain) in enumerate(sources)]
    return "|".join([f"pan={_LAYOUTS[len(sources)]}", *channels])


def _source(value: str) -> tuple[str | None, str]:
    """Return the stream and what the filter takes of it, for `0.1.0` or `-1`."""
    if value == _MUTED:
        return None, "0*c0"
    match = _CHANNEL.fullmatch(value)
    if match is None:
        raise CannotTranslate(
            f"-map_channel {value}",
            "supported are channels of the input such as 0.1.0 (stream 1, channel 0), and -1",
        )
    return match[1], f"c{match[2]}"
