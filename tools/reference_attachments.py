"""Generate the section on what a result keeps besides video and audio."""

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
If the result lacks something that the input contains, a warning of the job names it and the option
that keeps it. Without `streams` the result has one video and one audio track, covers if the
container supports them, and one subtitle track in mkv and webm; `streams: ["0"]` (`--map 0`) takes
every stream that the container supports. There is no warning for what the job itself leaves out
(`audio: false`, its own maps, `strip_metadata`).

Chapters, languages, titles, time codes, the flag `forced`, 360° and HDR mastering metadata and
rotation are compared in the finished result, because what a container keeps differs between FFmpeg
versions. Transparency of VP9 and VP8 is decoded if the result keeps it. Subtitle files that are not
UTF-8 are read with a guessed charset, which a warning names. Burned subtitles use up to 64 fonts
that are attached to their input, and each input of the role `font`.

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
