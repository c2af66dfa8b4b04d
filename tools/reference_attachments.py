"""The part of the documentation that says what a result keeps beside film and sound."""

from ffremote.ffmpeg.formats.attachments import (
    attaches_covers,
    holds_timecode,
    known_data,
    takes_attachments,
    takes_covers,
)
from ffremote.ffmpeg.formats.containers import container
from ffremote.ffmpeg.policy.tables import table

_INTRODUCTION = """
What the input holds and the result does not is kept, or named in a warning of the job with the
option that keeps it. Without `streams` one film and one sound go in, covers where the container has
them, and one subtitle track in mkv and webm; `streams: ["0"]` (`--map 0`) takes all that fits.
Nothing is said about what the job itself leaves out (`audio: false`, maps of its own,
`strip_metadata`).

Chapters, languages, titles, time codes, the marks `forced`, 360° and HDR mastering and turns are
compared in the finished result, since what a container keeps differs between versions of FFmpeg.
Transparency of VP9 and VP8 is read where the result keeps it. Subtitle files that are not UTF-8 are
read with a guessed charset, which a warning names. Burned subtitles use the fonts that are attached
to the film, up to 64.

| container | covers | attached files | data tracks |
|---|---|---|---|
"""


def kept_section() -> list[str]:
    """Return the lines of the section, one row for each container that keeps something."""
    lines = ["", "## What is kept", *_INTRODUCTION.rstrip().splitlines()]
    for name in table("containers"):
        chosen = container(name)
        covers = "as an attached file" if attaches_covers(chosen) else "yes"
        covers = covers if takes_covers(chosen) else ""
        files = "yes" if takes_attachments(chosen) else ""
        data = ", ".join([*known_data(chosen), *(["time code"] if holds_timecode(chosen) else [])])
        if covers or files or data:
            lines.append(f"| {name} | {covers} | {files} | {data} |")
    return lines
