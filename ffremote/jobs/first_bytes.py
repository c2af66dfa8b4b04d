"""Refuses a file by its first bytes if it is not media."""

from ffremote.errors import UnsupportedMediaType

SNIFF_BYTES = 512
_NOT_MEDIA = (b"PK\x03\x04", b"%PDF-", b"\x7fELF", b"\x1f\x8b", b"#!", b"<?php", b"SQLite format 3")
_SUBTITLES = (b"WEBVTT", b"[Script Info]", b"1\n", b"1\r\n", b"0\n", b"0\r\n")


def refuse_non_media(head: bytes) -> None:
    """Raise UnsupportedMediaType for the first bytes of a file that is not media; open nothing.

    Refused are text (playlists and scripts included), archives, documents and programs. Subtitle
    files are text and are media. All else is left to FFmpeg.
    """
    head = head[:SNIFF_BYTES]
    if not head:
        raise UnsupportedMediaType("The file is empty.", field="file")
    if head.startswith(_NOT_MEDIA) or (_is_text(head) and not _is_subtitle(head)):
        raise UnsupportedMediaType(
            "The file is not media: its first bytes are those of text, a document or an archive.",
            field="file",
        )


def _is_text(head: bytes) -> bool:
    if any(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as exc:
        return exc.start >= len(head) - 3 and exc.end == len(head)  # cut inside a character
    return True


def _is_subtitle(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_SUBTITLES)
