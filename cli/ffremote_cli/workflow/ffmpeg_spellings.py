"""Detects options of ffmpeg typed to another command, and names the option to use."""

from collections.abc import Sequence

import click

_REPLACEMENTS = {
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
"""Values of `--video-preset` that are sometimes typed after `--preset`."""


def explain_ffmpeg_word(ctx: click.Context, typed: Sequence[str]) -> None:
    """Raise a usage error if one of the words is an option of ffmpeg and not of the command."""
    own = {name for param in ctx.command.params for name in param.opts}
    for word in typed:
        name = word.partition("=")[0]
        replacement = _REPLACEMENTS.get(name) or _REPLACEMENTS.get(name.removeprefix("-"))
        if replacement is not None and name not in own:
            ctx.fail(
                f"{name} is an option of ffmpeg: use {replacement}; "
                "`ffremote ffmpeg …` takes ffmpeg's own options"
            )
