"""A local HLS playlist as an input: its segments are sent as one transport stream."""

import re
from dataclasses import replace
from pathlib import Path, PurePath

from ..errors import LocalFileProblem
from ..translate import CannotTranslate, CommandLine, InputFile

_EXTENSIONS = (".m3u8", ".m3u")
_MAX_BYTES = 1 << 20
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")
_REFUSED = {
    "#EXT-X-STREAM-INF": "it lists playlists and no segments: name one of these",
    "#EXT-X-MAP": "its segments are fragmented MP4; join them into one file first",
    "#EXT-X-BYTERANGE": "its segments are parts of files; join them into one file first",
    "#EXT-X-DISCONTINUITY": "its times jump between segments; join them into one file first",
    "#EXT-X-KEY": "its segments are encrypted",
}
_NO_KEY = "METHOD=NONE"


def with_segments(line: CommandLine) -> CommandLine:
    """Return the line with the segments of each playlist among its inputs.

    Raise CannotTranslate for a playlist that is no plain list of local files, LocalFileProblem for
    one that cannot be read.
    """
    return replace(line, inputs=tuple(map(_with_parts, line.inputs)))


def _with_parts(source: InputFile) -> InputFile:
    name = source.name.removeprefix("file:")
    if not name.lower().endswith(_EXTENSIONS) or _SCHEME.match(name):
        return source
    text = _text_of(name)
    if not text.lstrip("\ufeff").startswith("#EXTM3U"):
        return source
    lines = [each.strip() for each in text.splitlines()]
    for each in lines:
        _check_tag(each, name)
    folder = Path(name).parent
    parts = tuple(str(folder / each) for each in lines if each and not each.startswith("#"))
    if not parts:
        raise CannotTranslate(f"-i {name}", "the playlist names no segment")
    return replace(source, parts=parts)


def _check_tag(line: str, name: str) -> None:
    tag = line.partition(":")[0]
    if tag in _REFUSED and _NO_KEY not in line:
        raise CannotTranslate(f"-i {name}", _REFUSED[tag])
    is_file = bool(line) and not line.startswith("#")
    if is_file and _SCHEME.match(line):
        raise CannotTranslate(f"-i {name}", f"it names {line}, and the server does not read URLs")
    if is_file and PurePath(line).suffix.lower() not in (".ts", ".aac", ".mp3"):
        raise CannotTranslate(
            f"-i {name}", f"it names {line}; segments are .ts, .aac or .mp3 files"
        )


def _text_of(name: str) -> str:
    try:
        with Path(name).open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
    except OSError as exc:
        raise LocalFileProblem(f"{name}: {exc.strerror}") from exc
    if len(raw) > _MAX_BYTES:
        raise CannotTranslate(f"-i {name}", f"a playlist has at most {_MAX_BYTES} bytes")
    return raw.decode(errors="surrogateescape")
