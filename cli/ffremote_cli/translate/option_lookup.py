"""The ffmpeg option for a key of the job JSON, to name it in errors of the server."""

from .sections.tables import FIELDS

_OTHERS = {
    "video.filters": "-vf",
    "audio.filters": "-af",
    "video.scale": "-s",
    "video.two_pass": "-pass",
    "subtitles.codec": "-c:s",
    "subtitles.mode": "-c:s",
    "input.start": "-ss",
    "input.duration": "-t",
    "input.end": "-to",
    "input.end_offset": "-sseof",
    "input.offset": "-itsoffset",
    "input.loop": "-stream_loop",
    "input.fps": "-r",
    "input.format": "-f",
    "input.sample_rate": "-ar",
    "input.channels": "-ac",
    "input.size": "-s",
    "input.pix_fmt": "-pix_fmt",
    "input.decoder": "-c",
    "input.charset": "-sub_charenc",
    "input.probe.bytes": "-probesize",
    "input.probe.seconds": "-analyzeduration",
    "input.rotate": "-noautorotate",
    "input.stretch": "-itsscale",
    "thumbnail.at": "-ss",
    "package.seconds": "-segment_time or -hls_time",
    "package.times": "-segment_times",
    "streams": "-map",
    "metadata": "-metadata",
    "container": "-f",
}


def option_of(key: str) -> str | None:
    """Return the option for a key such as `video.crf`, or None if there is none."""
    for option, (section, name, _) in FIELDS.items():
        if key == f"{section}.{name}":
            return f"-{option}"
    return _OTHERS.get(key)
