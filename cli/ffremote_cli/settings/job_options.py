"""An option for every key of the job JSON, and the job that the typed options make."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from ..errors import Misused
from ..workflow.ffmpeg_spellings import explain_ffmpeg_word
from .job_file import read_job
from .shared_options import SharedCommand


def _number(text: str) -> int | float:
    """An integer if it can be one, else a float: JSON knows both."""
    try:
        return int(text) if text.lstrip("+-").isdecimal() else float(text)
    except ValueError as exc:
        raise click.BadParameter(f"{text!r} is not a number") from exc


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE")
    return key, value


def _volume(text: str) -> str | int | float:
    return text if text.endswith("dB") else _number(text)


def _track(text: str) -> str | int | float:
    return text if text == "auto" else _number(text)


_FLAG, _OFF, _LIST, _ARGS = object(), object(), object(), object()


@dataclass(frozen=True, slots=True)
class _Row:
    """One option: where its value goes in the job, and how it is explained."""

    names: tuple[str, ...]
    path: str
    kind: Any
    metavar: str
    help: str

    @property
    def parameter(self) -> str:
        """The name under which click hands its value over."""
        return "job_" + self.path.replace(".", "_") + ("_off" if self.kind is _OFF else "")

    def option(self) -> click.Option:
        """The click option."""
        names = [*self.names, self.parameter]
        if self.kind in (_FLAG, _OFF):
            return click.Option(names, is_flag=True, help=self.help)
        if self.kind in (_LIST, _ARGS):
            return click.Option(names, multiple=True, metavar=self.metavar, help=self.help)
        several = self.kind is _pair
        return click.Option(
            names,
            type=self.kind,
            multiple=several,
            metavar=self.metavar or None,
            help=self.help,
        )


def _row(names: str, path: str, metavar: str, help: str, kind: Any = str) -> _Row:
    return _Row(tuple(names.split()), path, kind, metavar, help)


_SECTIONS: Mapping[str, tuple[_Row, ...]] = {
    "Video": (
        _row(
            "--video-codec",
            "video.codec",
            "NAME",
            "Encoder (libx264) or family (h264, hevc, av1, vp9), or copy.",
        ),
        _row("--crf", "video.crf", "N", "Constant quality, lower is better.", _number),
        _row("--qp", "video.qp", "N", "Constant quantizer.", _number),
        _row("--video-bitrate --bitrate", "video.bitrate", "RATE", "Average rate: 3M, 800k."),
        _row("--maxrate", "video.maxrate", "RATE", "Highest rate."),
        _row("--bufsize", "video.bufsize", "RATE", "Rate control buffer."),
        _row("--video-preset", "video.preset", "NAME", "The encoder's speed: veryfast, slow, 8."),
        _row("--tune", "video.tune", "NAME", "What the encoder is tuned for: film, animation."),
        _row("--video-profile", "video.profile", "NAME", "Codec profile: high, main10."),
        _row("--level", "video.level", "LEVEL", "Codec level: 4.1."),
        _row("--pix-fmt", "video.pix_fmt", "NAME", "Pixel format: yuv420p."),
        _row("--fps", "video.fps", "N", "Frames per second: 25, 30000/1001."),
        _row("--gop", "video.gop", "N", "Most frames between key frames.", _number),
        _row("--bframes", "video.bframes", "N", "Most B-frames in a row.", _number),
        _row("--scale", "video.scale", "W:H", "Size: 1280:720, 1280:-2, 50%."),
        _row("--crop", "video.crop", "W:H[:X:Y]", "Cut out this part of the picture."),
        _row("--rotate", "video.rotate", "DEGREES", "Clockwise: 90, 180, 270.", _number),
        _row("--flip", "video.flip", "WAY", "Mirror: horizontal, vertical, both."),
        _row("--deinterlace", "video.deinterlace", "", "Deinterlace.", _FLAG),
        _row("--video-filter", "video.filters", "FILTER", "An FFmpeg filter; repeat it.", _LIST),
        _row("--two-pass", "video.two_pass", "", "Encode twice, to meet the rate.", _FLAG),
        _row("--hardware", "video.hardware", "HOW", "never, prefer or require."),
        _row("--video-track", "video.track", "N", "Which video stream, from 0.", _number),
        _row("--no-video", "video", "", "Leave the pictures out.", _OFF),
    ),
    "Audio": (
        _row("--audio-codec", "audio.codec", "NAME", "aac, opus, mp3, flac, an encoder, or copy."),
        _row("--audio-bitrate", "audio.bitrate", "RATE", "Average rate: 192k."),
        _row("--audio-quality", "audio.quality", "N", "Variable rate at this quality.", _number),
        _row("--sample-rate", "audio.sample_rate", "HZ", "Samples per second.", _number),
        _row("--channels", "audio.channels", "N", "How many channels to mix to.", _number),
        _row("--volume", "audio.volume", "FACTOR", "1.5, or decibels: -3dB.", _volume),
        _row("--loudness", "audio.loudness", "LUFS", "Normalise (EBU R128): -16.", _number),
        _row("--audio-filter", "audio.filters", "FILTER", "An FFmpeg filter; repeat it.", _LIST),
        _row("--audio-track", "audio.track", "N", "Which audio stream, from 0.", _number),
        _row("--no-audio", "audio", "", "Leave the sound out.", _OFF),
    ),
    "Subtitles, streams, metadata": (
        _row("--subtitles", "subtitles.mode", "MODE", "copy, convert, burn or drop."),
        _row("--subtitle-codec", "subtitles.codec", "NAME", "Encoder for convert: mov_text."),
        _row("--subtitle-track", "subtitles.track", "N", "From 0; auto: one that fits.", _track),
        _row("--map", "streams", "MAP", "Only these streams: 0:v:0, 0:a?; repeat it.", _LIST),
        _row("--metadata", "metadata", "KEY=VALUE", "Such as title=Holiday; repeat it.", _pair),
        _row("--strip-metadata", "strip_metadata", "", "Leave the input's metadata out.", _FLAG),
        _row("--thumbnail-at", "thumbnail.at", "TIME", "Make one picture, of this moment."),
        _row("--thumbnail-width", "thumbnail.width", "N", "Width of that picture.", _number),
    ),
    "The job": (
        _row("--container", "container", "NAME", "mp4, mkv, webm…; else from the output's name."),
        _row("--preset", "preset", "NAME", "One of `ffremote presets`; other options win."),
        _row("--start", "input.start", "TIME", "Begin here: seconds or HH:MM:SS.mmm."),
        _row("--duration", "input.duration", "TIME", "Take this long a stretch."),
        _row("--end", "input.end", "TIME", "Stop here."),
        _row("--priority", "priority", "N", "-10 to 10; higher is earlier.", _number),
        _row("--label", "labels", "KEY=VALUE", "Your own word on the job; repeat it.", _pair),
        _row(
            "--extra-args",
            "extra_args",
            "ARGS",
            'More FFmpeg output options in one word: "-movflags +faststart".',
            _ARGS,
        ),
    ),
}

_ROWS = tuple(row for rows in _SECTIONS.values() for row in rows)


class JobCommand(SharedCommand):
    """A command that makes jobs: has their options, in sections."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += [
            click.Option(
                ["--job", "job_file"],
                metavar="FILE",
                help="Job JSON to start from (- is stdin); options win over it.",
            ),
            *(row.option() for row in _ROWS),
        ]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options; one of ffmpeg's is answered with ours."""
        typed = tuple(args)  # click takes the list apart
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption:
            explain_ffmpeg_word(ctx, typed)
            raise

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the job's options in their sections, after the command's own."""
        records: dict[str, list[tuple[str, str]]] = {"Options": []}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                records.setdefault(section_of(param.name or "") or "Options", []).append(record)
        for title, lines in records.items():
            with formatter.section(title):
                formatter.write_dl(lines)


def option_of(path: str) -> str | None:
    """The option for a key of the job, such as `--crf` for `video.crf`; None if there is none."""
    if path == "output_filename":
        return "-o"
    return next((row.names[0] for row in _ROWS if row.path == path and row.kind is not _OFF), None)


def section_of(parameter: str) -> str | None:
    """The section of the help in which the option of a job key stands."""
    found = (title for title, rows in _SECTIONS.items() if parameter in {r.parameter for r in rows})
    return next(found, None)


def job_of(values: Mapping[str, Any], job_file: str | None = None) -> dict[str, Any]:
    """The job JSON that the options make, laid over that of `job_file`."""
    job = read_job(job_file) if job_file is not None else {}
    for row in _ROWS:
        value = values.get(row.parameter)
        if _is_said(value):
            _put(job, row, _json_value(row, value))
    _refuse_off_and_on(values)
    return job


def without_job_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the options that are the command's own."""
    ours = {row.parameter for row in _ROWS}
    return {name: value for name, value in values.items() if name not in ours}


def _is_said(value: Any) -> bool:
    return value is not None and value is not False and value != ()  # 0 is a value


def _json_value(row: _Row, value: Any) -> Any:
    if row.kind is _OFF:
        return False
    if row.kind is _ARGS:
        return [word for text in value for word in shlex.split(text)]
    if row.kind is _pair:
        return dict(value)
    return list(value) if row.kind is _LIST else value


def _put(job: dict[str, Any], row: _Row, value: Any) -> None:
    *parents, last = row.path.split(".")
    place = job
    for parent in parents:
        inner = place.get(parent)
        place[parent] = place = dict(inner) if isinstance(inner, dict) else {}
    if isinstance(value, dict):
        value = {**place.get(last, {}), **value}
    place[last] = value


def _refuse_off_and_on(values: Mapping[str, Any]) -> None:
    said = [row for row in _ROWS if _is_said(values.get(row.parameter))]
    for off in (row for row in said if row.kind is _OFF):
        for row in said:
            if row.path.startswith(f"{off.path}."):
                raise Misused(f"{off.names[0]} and {row.names[0]} exclude each other")
