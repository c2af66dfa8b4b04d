"""How far FFmpeg looks into an input before it believes to know its streams and times."""

# these say nowhere how many streams they hold: a subtitle of a DVD may begin minutes in
_SAY_NOTHING = frozenset({"flv", "mpeg", "mpegts"})
# these leave out times of display that a copy needs
_WITHOUT_TIMES = frozenset({"avi", "h264", "hevc", "m4v", "mpeg", "mpegts", "mpegvideo", "vvc"})
_BYTES = 128 << 20
_SECONDS = 600


def probe_options(demuxer: str | None) -> list[str]:
    """Return the options for an input of this format, or one of a format that is not yet known.

    Formats that name all their streams are left as soon as they have; for the others FFmpeg holds
    up to `_BYTES` of packets in memory, which it reads in less than a second.
    """
    if demuxer is not None and demuxer not in _SAY_NOTHING:
        return []
    return ["-probesize", str(_BYTES), "-analyzeduration", str(_SECONDS * 1_000_000)]


def timestamp_options(demuxer: str) -> list[str]:
    """Return the option that derives times of display from those of decoding, where they lack."""
    return ["-fflags", "+genpts"] if demuxer in _WITHOUT_TIMES else []
