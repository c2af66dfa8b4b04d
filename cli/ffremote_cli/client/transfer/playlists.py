"""Refuses playlists and file lists: they only name other files, which are not uploaded."""

import re
from pathlib import Path

from ...errors import LocalFileProblem

HEAD_BYTES = 1024
"""How much of the file is checked."""

_BY_NAME = {
    ".m3u8": "an HLS playlist",
    ".m3u": "a playlist",
    ".pls": "a playlist",
    ".asx": "a playlist",
    ".mpd": "a DASH manifest",
    ".ffconcat": "a list of files for FFmpeg's concat",
    ".sdp": "a description of a stream on the network",
    ".cue": "a cue sheet",
}
_BY_CONTENT = (
    (re.compile(rb"#EXTM3U"), "an HLS playlist"),
    (re.compile(rb"ffconcat version|(?:#[^\n]*\n)*file\s+['\"\w./\\]"), _BY_NAME[".ffconcat"]),
    (re.compile(rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<MPD\b", re.DOTALL), "a DASH manifest"),
    (re.compile(rb"v=0\r?\no="), _BY_NAME[".sdp"]),
    (re.compile(rb"\[playlist\]", re.IGNORECASE), "a playlist"),
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def refuse_playlist(path: Path, head: bytes) -> None:
    """Raise LocalFileProblem if the file, which begins with `head`, is a list of other files."""
    bare = head.removeprefix(_BYTE_ORDER_MARK).lstrip()
    found = _BY_NAME.get(path.suffix.lower()) or next(
        (what for pattern, what in _BY_CONTENT if pattern.match(bare)), None
    )
    if found is not None:
        raise LocalFileProblem(
            f"{path} is {found}: the files that it names would not be uploaded",
            hint="join them into one file first, or convert each of them",
        )
