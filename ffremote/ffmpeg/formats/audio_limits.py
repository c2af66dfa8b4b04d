"""Channel layouts and sample rates that an audio encoder takes, and the nearest legal.

FFmpeg converts by itself what an encoder lists as taken; this is for what it leaves to fail.
"""

from collections.abc import Sequence

from ffremote.spec import Audio
from ffremote.spec.types import bitrate_text

from ..model.media_info import Stream
from ..policy.filtergraph import Graph, read_graph
from . import audio_bitrates
from .encoders import rules_of

# FFmpeg's layout for a number of channels that says no more
_GUESSED = dict(enumerate(("mono", "stereo", "2.1", "4.0", "5.0", "5.1", "6.1", "7.1"), start=1))
# where each channel of these has its place, or is mixed into its neighbours
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
# behind these the layout is no longer the input's
_LAYOUT_CHANGERS = ("pan", "channelmap", "amerge", "amix", "surround", "aformat", "aresample")


def adjust(audio: Audio, encoder: str) -> tuple[Audio, list[str]]:
    """Return `audio` with the nearest values that the encoder takes, and what was changed."""
    rules, changed, warnings = rules_of(encoder), {}, []
    rates = rules.get("rates")
    if audio.sample_rate and rates and audio.sample_rate not in rates:
        changed["sample_rate"] = _nearest_rate(audio.sample_rate, rates)
        warnings.append(
            f"{encoder} does not take {audio.sample_rate} Hz; the result has"
            f" {changed['sample_rate']} Hz."
        )
    most = rules.get("most_channels")
    if audio.channels and most and audio.channels > most:
        changed["channels"] = most
        warnings.append(f"{encoder} takes {most} channels at most; the result has {most}.")
    return audio.model_copy(update=changed), warnings


def downmix(audio: Audio, encoder: str, streams: tuple[Stream, ...]) -> list[Graph]:
    """Return the mix of many channels of unknown places, which FFmpeg does not know how to mix."""
    if len(streams) != 1 or streams[0].channel_layout or _changes_layout(audio):
        return []
    there = streams[0].channels or 0
    wanted = audio.channels or min(there, rules_of(encoder).get("most_channels", there))
    if there <= len(_GUESSED) or wanted >= there:
        return []
    layout = _BY_COUNT[min(wanted, len(_BY_COUNT)) - 1]
    sides = min(wanted, len(_BY_COUNT))
    shares = ("+".join(f"c{n}" for n in range(side, there, sides)) for side in range(sides))
    outputs = "|".join(f"c{side}<{share}" for side, share in enumerate(shares))
    return [read_graph(f"pan={layout}|{outputs}", "a")]


def _changes_layout(audio: Audio) -> bool:
    return any(name in text for text in audio.filters or () for name in _LAYOUT_CHANGERS)


def _nearest_rate(wanted: int, rates: list[int]) -> int:
    """The next higher rate, which keeps all that is audible, else the highest."""
    return min((rate for rate in rates if rate >= wanted), default=max(rates))


def stream_options(
    audio: Audio, encoder: str, streams: tuple[Stream, ...]
) -> tuple[list[str], list[str]]:
    """Return the options that the chosen streams need beside those of the job, and warnings."""
    argv: list[str] = []
    warnings: list[str] = []
    for place, stream in enumerate(streams):
        layout = _fitting_layout(audio, encoder, stream)
        if layout:
            argv += [f"-ch_layout:a:{place}", layout]
            if stream.channel_layout and not audio.channels:
                warnings.append(
                    f"{encoder} does not take the channel layout {stream.channel_layout};"
                    f" the result has {layout}."
                )
        rates = rules_of(encoder).get("rates", ())
        if (
            rules_of(encoder).get("insists_on_rate")
            and not audio.sample_rate
            and stream.sample_rate not in rates
        ):
            argv += [f"-ar:a:{place}", str(_nearest_rate(stream.sample_rate or 0, rates))]
        settled = audio_bitrates.adjust(audio, encoder, stream)
        argv += [f"-ar:a:{place}", str(settled.rate)] if settled.rate else []
        argv += [f"-b:a:{place}", bitrate_text(settled.bitrate)] if settled.bitrate else []
        warnings += settled.said
    return argv, warnings


def _fitting_layout(audio: Audio, encoder: str, stream: Stream) -> str | None:
    """Return the layout to convert to; None where FFmpeg or the job settles it."""
    rules = rules_of(encoder)
    legal, refused = rules.get("layouts"), rules.get("refused_layouts", ())
    if _changes_layout(audio):
        return None
    channels = audio.channels or stream.channels or 1
    layout = None if audio.channels else stream.channel_layout
    layout = layout or _GUESSED.get(channels, "")
    if layout not in refused and (legal is None or layout in legal):
        return None
    wanted = None if audio.channels else _NEAREST.get(layout)
    wanted = wanted or _BY_COUNT[min(channels, len(_BY_COUNT)) - 1]
    return wanted if legal is None or wanted in legal else _most(legal, channels)


def _most(legal: Sequence[str], channels: int) -> str:
    """The legal layout with as many channels as there are, or the next fewer."""
    known = [name for name in _BY_COUNT[:channels] if name in legal]
    return known[-1] if known else legal[0]
