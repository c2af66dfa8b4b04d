"""Reads the lists of segments that FFmpeg wrote.

A decoder that a crafted input took over could have written them: only what FFmpeg writes is
accepted, and a name is compared with those of the package before anyone uses it.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from ffremote.states import FailureReason

from ...model.failure import TranscodeError, refuse
from ...model.package_layout import ListFormat

MAX_BYTES = 8 << 20  # 20,000 segments are 1.5 MB
_LINE = 1024
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_CSV = re.compile(rf"([A-Za-z0-9._-]{{1,100}}),(-?{_NUMBER}),({_NUMBER})")
_LENGTH = re.compile(rf"#EXTINF:({_NUMBER}),")
_TAGS = re.compile(
    rf"#EXT-X-(?:VERSION|TARGETDURATION|MEDIA-SEQUENCE|DISCONTINUITY-SEQUENCE):{_NUMBER}"
    r"|#EXT-X-(?:ALLOW-CACHE:YES|PLAYLIST-TYPE:(?:VOD|EVENT)|INDEPENDENT-SEGMENTS|DISCONTINUITY)"
)
_ATTRIBUTE = r'[A-Z][A-Z0-9-]{0,40}=(?:"[A-Za-z0-9 ._,-]{0,100}"|[A-Za-z0-9._-]{1,40})'
_VARIANT = re.compile(rf"#EXT-X-(?:STREAM-INF|MEDIA):{_ATTRIBUTE}(?:,{_ATTRIBUTE})*")
_MAP = re.compile(r'#EXT-X-MAP:URI="([A-Za-z0-9._-]{1,100})"')
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_END = "#EXT-X-ENDLIST"


def read_list(path: Path, form: ListFormat, init: str | None = None) -> dict[str, float]:
    """Return the names of a list in their order, and the seconds of each.

    `init` is the only head that a playlist may name. Raise TranscodeError for a list that FFmpeg
    does not write so.
    """
    text = read_text(path)
    pairs = list(_csv(text) if form is ListFormat.CSV else _playlist(text, init))
    found = dict(pairs)
    if len(found) != len(pairs):
        raise strange(path.name, "names a segment twice")
    return found


def check_master(path: Path, playlists: tuple[str, ...]) -> None:
    """Raise TranscodeError unless a playlist names each of these playlists, and nothing else."""
    named: list[str] = []
    lines = [line for line in read_text(path).split("\n") if line]
    if lines[:1] != ["#EXTM3U"]:
        raise strange(path.name, "is no playlist")
    for line in lines[1:]:
        if not line.startswith("#"):
            named.append(line)
        elif match := _VARIANT.fullmatch(line):
            named += re.findall(r'URI="([^"]*)"', match[0])
        elif not _TAGS.fullmatch(line):
            raise strange(path.name, f"has the line {line[:80]!r}")
    if sorted(named) != sorted(playlists):
        raise strange(path.name, f"names {', '.join(named)[:200]!r}")


def read_text(path: Path, encoding: str = "ascii") -> str:
    """Return a small text file; raise TranscodeError unless it is a regular file of lines."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as exc:
        raise refuse(
            FailureReason.OUTPUT_TRUNCATED, f"FFmpeg wrote no {path.name!r}: {exc.strerror}."
        ) from exc
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise strange(path.name, "is no regular file")
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise strange(path.name, "is too large")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as exc:
        raise strange(path.name, f"is not {encoding}") from exc
    if any(len(line) > _LINE for line in text.split("\n")):
        raise strange(path.name, "has a line that is too long")
    return text


def strange(name: str, problem: str) -> TranscodeError:
    """Return the refusal of a list that FFmpeg would not write."""
    return refuse(
        FailureReason.UNKNOWN,
        f"The list {name!r} {problem}; nothing was published.",
        "The input may be crafted to harm the server; tell the operator.",
    )


def _csv(text: str) -> Iterator[tuple[str, float]]:
    for line in text.splitlines():
        match = _CSV.fullmatch(line)
        if match is None:
            raise strange("csv", f"has the line {line[:80]!r}")
        yield match[1], max(0.0, float(match[3]) - float(match[2]))


def _playlist(text: str, init: str | None) -> Iterator[tuple[str, float]]:
    lines = [line for line in text.split("\n") if line]
    if lines[:1] != ["#EXTM3U"] or lines[-1] != _END:
        raise strange("m3u8", "is not complete")
    seconds: float | None = None
    for line in lines[1:-1]:
        if match := _LENGTH.fullmatch(line):
            seconds = float(match[1])
        elif line.startswith("#"):
            head = _MAP.fullmatch(line)
            if not _TAGS.fullmatch(line) and (head is None or head[1] != init):
                raise strange("m3u8", f"has the line {line[:80]!r}")
        elif seconds is None or not _NAME.fullmatch(line):
            raise strange("m3u8", f"names {line[:80]!r}")
        else:
            yield line, seconds
            seconds = None
