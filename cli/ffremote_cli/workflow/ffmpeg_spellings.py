"""ffmpeg's own options, typed to a command that has others: which option is meant."""

from collections.abc import Sequence

import click

_OURS = {
    "-ac": "--channels",
    "-acodec": "--audio-codec",
    "-af": "--audio-filter",
    "-an": "--no-audio",
    "-ar": "--sample-rate",
    "-b:a": "--audio-bitrate",
    "-b:v": "--video-bitrate",
    "-bf": "--bframes",
    "-c:a": "--audio-codec",
    "-c:s": "--subtitle-codec",
    "-c:v": "--video-codec",
    "-crf": "--crf",
    "-f": "--container",
    "-filter:a": "--audio-filter",
    "-filter:v": "--video-filter",
    "-g": "--gop",
    "-map": "--map",
    "-maxrate": "--maxrate",
    "-metadata": "--metadata",
    "-movflags": "--extra-args",
    "-pix_fmt": "--pix-fmt",
    "-preset": "--video-preset",
    "-profile:v": "--video-profile",
    "-q:a": "--audio-quality",
    "-r": "--fps",
    "-s": "--scale",
    "-sn": "--subtitles drop",
    "-ss": "--start",
    "-t": "--duration",
    "-to": "--end",
    "-tune": "--tune",
    "-vcodec": "--video-codec",
    "-vf": "--video-filter",
    "-vn": "--no-video",
}

ENCODER_PRESETS = frozenset(
    (
        *("ultrafast", "superfast", "veryfast", "faster", "fast"),
        *("medium", "slow", "slower", "veryslow", "placebo"),
    )
)
"""What `--preset` is given by those who mean `--video-preset`."""


def explain_ffmpeg_word(ctx: click.Context, typed: Sequence[str]) -> None:
    """End with a usage error if one of the words is an option of ffmpeg; else return."""
    for word in typed:
        name = word.partition("=")[0]
        ours = _OURS.get(name) or _OURS.get(name.removeprefix("-"))
        if ours is not None and name not in {each for p in ctx.command.params for each in p.opts}:
            ctx.fail(
                f"{name} is an option of ffmpeg: here it is {ours}; "
                "`ffremote ffmpeg …` takes ffmpeg's own options"
            )
