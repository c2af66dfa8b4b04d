"""Refuses a file by its first bytes, or its size, if it is not what its job declares."""

import re
from collections.abc import Callable, Iterable

from ffremote.errors import FileTooLarge, UnsupportedMediaType
from ffremote.spec import Input
from ffremote.spec.roles import MAX_BYTES, Role

SNIFF_BYTES = 512
_NOT_MEDIA = (b"PK\x03\x04", b"%PDF-", b"\x7fELF", b"\x1f\x8b", b"#!", b"<?php", b"SQLite format 3")
_SUBTITLES = (b"WEBVTT", b"[Script Info]", b"1\n", b"1\r\n", b"0\n", b"0\r\n")
_FONTS = (b"\x00\x01\x00\x00", b"OTTO", b"true", b"ttcf")
_LUT_KEYWORDS = (
    *(b"LUT_1D_", b"LUT_3D_", b"DOMAIN_", b"TITLE", b"CSPLUTV100", b"3DLUTSIZE ", b"3DMESH"),
    *(b"Mesh ", b"in ", b"out ", b"format ", b"values"),
)
_PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"#!", b"<", b"[", b"v=0")
_NUMBERS = re.compile(rb"[0-9+\-.eE]+(?:[ \t]+[0-9+\-.eE]+){2,}")
_USTAR, _USTAR_AT = b"ustar", 257
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def refuse_large(size: int, role: Role) -> None:
    """Raise FileTooLarge for more bytes than a file of this role may have."""
    limit = MAX_BYTES.get(role)
    if limit is not None and size > limit:
        raise FileTooLarge(
            f"The file has {size} bytes or more; one of the role {role} has at most {limit}.",
            max_bytes=limit,
        )


def refuse_unfit(head: bytes, source: Input) -> None:
    """Raise UnsupportedMediaType for first bytes that the input `source` of a job cannot have.

    Any bytes are raw data, which the demuxer that the job declares reads, and no other.
    """
    if not source.is_raw or not head:
        refuse_wrong(head, source.role)


def refuse_unwanted(head: bytes, role: Role, waiting: Callable[[], Iterable[Input]]) -> None:
    """Raise UnsupportedMediaType for first bytes of an upload that has neither its role nor a job.

    `waiting` returns the inputs for which jobs wait for the upload; it is called only if its role
    does not allow the bytes.
    """
    try:
        refuse_wrong(head, role)
    except UnsupportedMediaType:
        if not head or not any(source.is_raw for source in waiting()):
            raise


def refuse_wrong(head: bytes, role: Role = "media") -> None:
    """Raise UnsupportedMediaType for first bytes that a file of this role cannot have.

    Of media are refused: text (playlists and scripts included), archives, documents and programs.
    Subtitle files are text and are media. All else is left to FFmpeg.
    """
    head = head[:SNIFF_BYTES]
    if not head:
        raise UnsupportedMediaType("The file is empty.", field="file")
    is_right, reason = _CHECKS[role]
    if not is_right(head):
        raise UnsupportedMediaType(reason, field="file")


def _is_media(head: bytes) -> bool:
    if head.startswith(_NOT_MEDIA) or head[_USTAR_AT:].startswith(_USTAR):
        return False
    return not _is_text(head) or _has_subtitle_start(head)


def _is_archive(head: bytes) -> bool:
    """Whether the head may be one of ustar; the worker reads the rest of a shorter one."""
    return len(head) < SNIFF_BYTES or head[_USTAR_AT:].startswith(_USTAR)


def _is_subtitle(head: bytes) -> bool:
    """Whether the head may be a text of subtitles; one in UTF-16 begins with a byte order mark."""
    if head.startswith(_MARKS[1:]):
        return True
    is_binary = any(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in head)
    return not is_binary and (_has_subtitle_start(head) or b"-->" in head)


def _is_font(head: bytes) -> bool:
    return head.startswith(_FONTS)


def _is_lut(head: bytes) -> bool:
    """Whether the head is one of a LUT: numbers, keywords and comments."""
    text = head.removeprefix(_MARKS[0]).lstrip()
    if not _is_text(head) or text.startswith(_PLAYLISTS):
        return False
    lines = [line.strip() for line in text.splitlines()]
    first = next((line for line in lines if line and not line.startswith(b"#")), None)
    if first is None:
        return bool(text)  # a long comment; the worker reads the rest
    return first.startswith(_LUT_KEYWORDS) or _NUMBERS.fullmatch(first) is not None


def _is_metadata(head: bytes) -> bool:
    return head.startswith(b";FFMETADATA")


def _is_text(head: bytes) -> bool:
    if any(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as exc:
        return exc.start >= len(head) - 3 and exc.end == len(head)  # cut inside a character
    return True


def _has_subtitle_start(head: bytes) -> bool:
    return head.removeprefix(_MARKS[0]).lstrip().startswith(_SUBTITLES)


_CHECKS: dict[Role, tuple[Callable[[bytes], bool], str]] = {
    "media": (
        _is_media,
        "The file is not media: its first bytes are those of text, a document or an archive.",
    ),
    "subtitle": (
        _is_subtitle,
        "The file is not a text of subtitles: its first bytes are not those of SRT, ASS or WebVTT.",
    ),
    "font": (
        _is_font,
        "The file is not a font: its first bytes are not those of TrueType or OpenType.",
    ),
    "lut": (
        _is_lut,
        "The file is not a LUT: it begins as no .cube, .3dl, .dat, .m3d or .csp file.",
    ),
    "sequence": (
        _is_archive,
        "The file is not an archive of pictures: make it with tar --format=ustar, uncompressed.",
    ),
    "metadata": (
        _is_metadata,
        "The file is not one of tags and chapters: it does not begin with ;FFMETADATA1.",
    ),
}
