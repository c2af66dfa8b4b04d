"""Channel layouts and sample rates that audio encoders support, and the nearest supported ones.

FFmpeg converts where an encoder declares what it supports; this module handles the other cases.
"""

from collections.abc import Sequence

from ffremote.spec import Audio
from ffremote.spec.types import bitrate_text

from ..model.media_info import Stream
from ..policy.filtergraph import Graph, read_graph
from . import audio_bitrates
from .encoders import rules_of

# FFmpeg's default layout for a number of channels
_DEFAULTS = dict(enumerate(("mono", "stereo", "2.1", "4.0", "5.0", "5.1", "6.1", "7.1"), start=1))
# layouts that have a place for each channel, or mix it into its neighbours
_NEAREST = {
    "downmix": "stereo",
    "2.1": "5.1",
    "3.0(back)": "quad",
    "4.0": "5.0",
    "quad(side)": "quad",
    "3.1": "5.1",
    "4.1": "5.1",
    "5.0(side)": "5.0",
    "5.1(side)": "5.1",
    "6.0": "6.1",
    "6.0(front)": "5.1",
    "hexagonal": "6.1",
    "7.0": "7.1",
}
_BY_COUNT = ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1")
# filters that change the channel layout
_LAYOUT_CHANGERS = ("pan", "channelmap", "amerge", "amix", "surround", "aformat", "aresample")


def adjust(audio: Audio, encoder: str) -> tuple[Audio, list[str]]:
    """Return `audio` with the nearest values that the encoder supports, and warnings."""
    rules, changed, warnings = rules_of(encoder), {}, []
    rates = rules.get("rates")
    if audio.sample_rate and rates and audio.sample_rate not in rates:
        changed["sample_rate"] = _nearest_rate(audio.sample_rate, rates)
        warnings.append(
            f"{encoder} does not support {audio.sample_rate} Hz; the result has"
            f" {changed['sample_rate']} Hz."
        )
    most = rules.get("most_channels")
    if audio.channels and most and audio.channels > most:
        changed["channels"] = most
        warnings.append(f"{encoder} supports at most {most} channels; the result has {most}.")
    return audio.model_copy(update=changed), warnings


def downmix(audio: Audio, encoder: str, streams: tuple[Stream, ...]) -> list[Graph]:
    """Return a mix of many channels without a layout, for which FFmpeg has no default mix."""
    if len(streams) != 1 or streams[0].channel_layout or _changes_layout(audio):
        return []
    channels = streams[0].channels or 0
    wanted = audio.channels or min(channels, rules_of(encoder).get("most_channels", channels))
    if channels <= len(_DEFAULTS) or wanted >= channels:
        return []
    layout = _BY_COUNT[min(wanted, len(_BY_COUNT)) - 1]
    sides = min(wanted, len(_BY_COUNT))
    shares = ("+".join(f"c{n}" for n in range(side, channels, sides)) for side in range(sides))
    outputs = "|".join(f"c{side}<{share}" for side, share in enumerate(shares))
    return [read_graph(f"pan={layout}|{outputs}", "a")]


def _changes_layout(audio: Audio) -> bool:
    return any(name in text for text in audio.filters or () for name in _LAYOUT_CHANGERS)


def _nearest_rate(wanted: int, rates: list[int]) -> int:
    """Return the next higher rate, which keeps all frequencies, else the highest."""
    return min((rate for rate in rates if rate >= wanted), default=max(rates))


def stream_options(
    audio: Audio, encoder: str, streams: tuple[Stream, ...]
) -> tuple[list[str], list[str]]:
    """Return the options that the streams need in addition to the job's, and warnings."""
    argv: list[str] = []
    warnings: list[str] = []
    for place, stream in enumerate(streams):
        layout = _fitting_layout(audio, encoder, stream)
        if layout:
            argv += [f"-ch_layout:a:{place}", layout]
            if stream.channel_layout and not audio.channels:
                warnings.append(
                    f"{encoder} does not support the channel layout {stream.channel_layout};"
                    f" the result has {layout}."
                )
        rates = rules_of(encoder).get("rates", ())
        if (
            rules_of(encoder).get("insists_on_rate")
            and not audio.sample_rate
            and stream.sample_rate not in rates
        ):
            argv += [f"-ar:a:{place}", str(_nearest_rate(stream.sample_rate or 0, rates))]
        adjusted = audio_bitrates.adjust(audio, encoder, stream)
        argv += [f"-ar:a:{place}", str(adjusted.rate)] if adjusted.rate else []
        argv += [f"-b:a:{place}", bitrate_text(adjusted.bitrate)] if adjusted.bitrate else []
        warnings += adjusted.warnings
    return argv, warnings


def _fitting_layout(audio: Audio, encoder: str, stream: Stream) -> str | None:
    """Return the layout to convert to; None if FFmpeg or the job decides."""
    rules = rules_of(encoder)
    supported, refused = rules.get("layouts"), rules.get("refused_layouts", ())
    if _changes_layout(audio):
        return None
    channels = audio.channels or stream.channels or 1
    layout = None if audio.channels else stream.channel_layout
    layout = layout or _DEFAULTS.get(channels, "")
    if layout not in refused and (supported is None or layout in supported):
        return None
    nearest = None if audio.channels else _NEAREST.get(layout)
    nearest = nearest or _BY_COUNT[min(channels, len(_BY_COUNT)) - 1]
    return nearest if supported is None or nearest in supported else _largest(supported, channels)


def _largest(supported: Sequence[str], channels: int) -> str:
    """Return the supported layout with at most `channels` channels, else the first."""
    known = [name for name in _BY_COUNT[:channels] if name in supported]
    return known[-1] if known else supported[0]
