"""Files that only name other files: the others would stay here, so nothing is sent."""

import re
from pathlib import Path

from ...errors import LocalFileProblem

HEAD_BYTES = 1024
"""How much of the file is looked at."""

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
    """Raise LocalFileProblem when the file, of which `head` is the beginning, names other files."""
    bare = head.removeprefix(_BYTE_ORDER_MARK).lstrip()
    found = _BY_NAME.get(path.suffix.lower()) or next(
        (what for pattern, what in _BY_CONTENT if pattern.match(bare)), None
    )
    if found is not None:
        raise LocalFileProblem(
            f"{path} is {found}: the files that it names would stay on this machine",
            hint="join them into one file first, or send each of them",
        )
