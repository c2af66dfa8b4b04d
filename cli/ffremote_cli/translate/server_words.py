"""The options of ffmpeg that mean the keys of the job JSON, for the server's words about those."""

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
    "thumbnail.at": "-ss",
    "streams": "-map",
    "metadata": "-metadata",
    "container": "-f",
}


def option_of(key: str) -> str | None:
    """The option that was typed for a key such as `video.crf`, or None."""
    for option, (part, name, _) in FIELDS.items():
        if key == f"{part}.{name}":
            return f"-{option}"
    return _OTHERS.get(key)
