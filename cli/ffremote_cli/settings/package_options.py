"""The options for results of many files."""

from typing import Any

import click

from ..errors import Misused
from ..translate import variants_of
from .job_option import JobOption, number, option


def times(text: str) -> list[str]:
    """Return the times of a list such as `10,1:30`."""
    return text.split(",")


def yes_or_no(text: str) -> bool:
    """Return whether the text is `yes`; raise BadParameter for any other than `no`."""
    if text not in ("yes", "no"):
        raise click.BadParameter(f"{text!r} is neither yes nor no")
    return text == "yes"


def renditions(text: str) -> list[dict[str, Any]]:
    """Return the renditions of a list such as `1080:5M:192k,720`; raise BadParameter."""
    found: list[dict[str, Any]] = []
    for item in text.split(","):
        height, *rates = item.split(":")
        if not height.isdecimal() or len(rates) > 2:
            raise click.BadParameter(f"{item!r} is not HEIGHT[:BITRATE[:AUDIO_BITRATE]]")
        keys = zip(("bitrate", "audio_bitrate"), rates, strict=False)
        found.append({"height": int(height), **{key: rate for key, rate in keys if rate}})
    return found


def variants(text: str) -> list[dict[str, Any]]:
    """Return the variants of a list such as `v:0,a:0 v:1,a:1`; raise BadParameter."""
    try:
        return list(variants_of(text))
    except Misused as exc:
        raise click.BadParameter(str(exc)) from exc


PACKAGE: tuple[JobOption, ...] = (
    option(
        "--package",
        "package.type",
        "TYPE",
        "Make many files in the directory of -o: pictures, segments, hls, dash, sprites.",
    ),
    option(
        "--picture-format",
        "package.format",
        "NAME",
        "Format of pictures: jpg, png, webp, bmp, tiff.",
        default="jpg",
    ),
    option(
        "--picture-fps",
        "package.fps",
        "RATE",
        "Pictures for each second: 1, 1/10.",
        default="all frames",
    ),
    option("--picture-every", "package.every", "TIME", "Seconds from one picture to the next: 10."),
    option(
        "--picture-count",
        "package.count",
        "N",
        "Most pictures to make; of sprites, how many over the whole video.",
        number,
    ),
    option(
        "--picture-quality",
        "package.quality",
        "N",
        "Quality: 1 (best) to 31 for jpg, 0 to 100 (best) for webp.",
        number,
    ),
    option(
        "--sprite-width",
        "package.width",
        "PIXELS",
        "Width of a picture of sprites.",
        number,
        default="160",
    ),
    option(
        "--sprite-height",
        "package.height",
        "PIXELS",
        "Height of a picture of sprites.",
        number,
        default="by the aspect ratio",
    ),
    option(
        "--sprite-columns",
        "package.columns",
        "N",
        "Pictures of sprites beside each other.",
        number,
        default="5",
    ),
    option(
        "--sprite-rows",
        "package.rows",
        "N",
        "Pictures of sprites below each other.",
        number,
        default="5",
    ),
    option("--segment-seconds", "package.seconds", "TIME", "Length of a segment: 6."),
    option(
        "--segment-times",
        "package.times",
        "TIMES",
        "Times at which segments begin: 10,25.5,1:30.",
        times,
    ),
    option(
        "--segment-container",
        "package.container",
        "NAME",
        "Container of segments: mp4, ts, mkv, mp3.",
        default="mp4",
    ),
    option(
        "--segment-list",
        "package.list",
        "FORM",
        "List of the segments as a further file: m3u8, csv, none.",
        default="none",
    ),
    option(
        "--segment-type",
        "package.segment_type",
        "NAME",
        "Form of the segments of hls: ts, fmp4.",
        default="ts",
    ),
    option(
        "--renditions",
        "package.renditions",
        "LIST",
        "Qualities of hls and dash, as HEIGHT[:BITRATE[:AUDIO_BITRATE]]: 1080:5M,720,480.",
        renditions,
    ),
    option(
        "--variants",
        "package.variants",
        "LIST",
        "Streams of hls that belong together, as FFmpeg's -var_stream_map without names:"
        " 'v:0,a:0 v:1,a:1'.",
        variants,
    ),
    option(
        "--key-frames",
        "package.key_frames",
        "YES|NO",
        "Whether encoded video gets key frames where segments begin.",
        yes_or_no,
        default="yes",
    ),
    option(
        "--reset-timestamps",
        "package.reset_timestamps",
        "YES|NO",
        "Whether the time of each segment begins at 0.",
        yes_or_no,
        default="yes without a playlist",
    ),
    option(
        "--start-number",
        "package.start_number",
        "N",
        "First number in the names of the files.",
        number,
        default="1 for pictures, else 0",
    ),
    option("--digits", "package.digits", "N", "Digits of these numbers.", number, default="5"),
)
