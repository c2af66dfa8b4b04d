"""Detects options of ffmpeg typed to another command, and names the option to use."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import click

_REPLACEMENTS = {
    "-ab": "--audio-bitrate",
    "-ac": "--channels",
    "-acodec": "--audio-codec",
    "-af": "--audio-filter",
    "-an": "--no-audio",
    "-aq": "--audio-quality",
    "-ar": "--sample-rate",
    "-aspect": "--extra-args '-aspect …'",
    "-attach": "--attachment",
    "-b": "--video-bitrate",
    "-b:a": "--audio-bitrate",
    "-b:v": "--video-bitrate",
    "-bf": "--bframes",
    "-bufsize": "--bufsize",
    "-c": "--video-codec and --audio-codec",
    "-c:a": "--audio-codec",
    "-c:s": "--subtitle-codec",
    "-c:v": "--video-codec",
    "-codec": "--video-codec and --audio-codec",
    "-crf": "--crf",
    "-f": "--container",
    "-filter": "--video-filter",
    "-filter:a": "--audio-filter",
    "-filter:v": "--video-filter",
    "-filter_complex": "--graph",
    "-framerate": "--input-fps",
    "-frames:v": "--thumbnail-at",
    "-g": "--gop",
    "-hwaccel": "--hardware",
    "-itsoffset": "--offset",
    "-lavfi": "--graph",
    "-level": "--level",
    "-map": "--map",
    "-map_metadata": "--strip-metadata",
    "-maxrate": "--maxrate",
    "-metadata": "--metadata",
    "-movflags": "--extra-args",
    "-n": "--skip-existing",
    "-pass": "--two-pass",
    "-pix_fmt": "--pix-fmt",
    "-preset": "--video-preset",
    "-profile": "--video-profile",
    "-profile:v": "--video-profile",
    "-progress": "--progress",
    "-q:a": "--audio-quality",
    "-q:v": "--crf",
    "-qp": "--qp",
    "-r": "--fps",
    "-s": "--scale",
    "-scodec": "--subtitle-codec",
    "-shortest": "--extra-args -shortest",
    "-sn": "--subtitles drop",
    "-ss": "--start",
    "-sseof": "--end-offset",
    "-start_number": "--sequence-start",
    "-stream_loop": "--loop",
    "-t": "--duration",
    "-to": "--end",
    "-tune": "--tune",
    "-vcodec": "--video-codec",
    "-vf": "--video-filter",
    "-vframes": "--thumbnail-at",
    "-vn": "--no-video",
    "-vol": "--volume",
}

_NOT_NEEDED = frozenset(
    ("-hide_banner", "-loglevel", "-v", "-nostdin", "-stats", "-nostats", "-threads", "-report")
)

ENCODER_PRESETS = frozenset(
    (
        *("ultrafast", "superfast", "veryfast", "faster", "fast"),
        *("medium", "slow", "slower", "veryslow", "placebo"),
    )
)
"""Values of `--video-preset` that are sometimes typed after `--preset`."""


_SPECIFIER = re.compile(r"^-+(c|codec|b|q|qscale|filter|frames|profile):([vas])(?::\d+)?$")
_NUMBER = re.compile(r"-[0-9.]+(dB)?")
_ALIASES = {"codec": "c", "qscale": "q"}


def explain_ffmpeg_word(ctx: click.Context, typed: Sequence[str]) -> None:
    """Raise a usage error if one of the words is an option of ffmpeg and not of the command."""
    own = {name: param for param in ctx.command.get_params(ctx) for name in param.opts}
    is_value = False
    for word in typed:
        if is_value:
            is_value = False
            continue
        if word == "--":
            return
        name, equals, _ = word.partition("=")
        if (param := own.get(name)) is not None:
            is_value = _takes_value(param) and not equals
        elif name.startswith("-") and name != "-" and not _NUMBER.fullmatch(name):
            _refuse(ctx, name)
            if not name.startswith("--") and not _is_short(name, own):
                ctx.fail(
                    f"{name} is no option of `{ctx.command_path}`{_nearest(name)}; "
                    "`ffremote ffmpeg …` takes ffmpeg's own options"
                )


def _refuse(ctx: click.Context, name: str) -> None:
    spelled = _canonical(name)
    if spelled in _NOT_NEEDED:
        ctx.fail(f"{name} is an option of ffmpeg that is not needed here: leave it out")
    if (replacement := _REPLACEMENTS.get(spelled)) is not None:
        ctx.fail(
            f"{name} is an option of ffmpeg: use {replacement}; "
            "`ffremote ffmpeg …` takes ffmpeg's own options"
        )


def _canonical(name: str) -> str:
    """Return `-c:v` for `-codec:v:0` and `--c:v`; other names with one dash."""
    found = _SPECIFIER.match(name)
    if found is None:
        return f"-{name.lstrip('-')}" if name.removeprefix("-") in _REPLACEMENTS else name
    return f"-{_ALIASES.get(found[1], found[1])}:{found[2]}"


def _nearest(name: str) -> str:
    long = [each for each in _REPLACEMENTS if len(each) > 3]
    close = get_close_matches(name, long, n=1, cutoff=0.75)
    return f" (ffmpeg's {close[0]} is {_REPLACEMENTS[close[0]]})" if close else ""


def _takes_value(param: click.Parameter) -> bool:
    return isinstance(param, click.Option) and not param.is_flag and not param.count


def _is_short(name: str, own: Mapping[str, click.Parameter]) -> bool:
    """Whether the word is made of short options of the command: `-qy`, `-oout.mp4`."""
    for letter in name[1:]:
        if (param := own.get(f"-{letter}")) is None:
            return False
        if _takes_value(param):
            return True
    return True
