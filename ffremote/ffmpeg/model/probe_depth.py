"""How far FFmpeg reads into an input to detect its streams and time stamps."""

# these have no list of streams: a subtitle of a DVD may begin after minutes
_WITHOUT_STREAM_LIST = frozenset({"flv", "mpeg", "mpegts"})
# these may lack presentation times, which a copy needs
_WITHOUT_PTS = frozenset({"avi", "h264", "hevc", "m4v", "mpeg", "mpegts", "mpegvideo", "vvc"})
_BYTES = 128 << 20
_SECONDS = 600


def probe_options(demuxer: str | None) -> list[str]:
    """Return the options for an input of this format; None is an unknown format.

    Formats with a list of streams need none. For the others FFmpeg keeps up to `_BYTES` of packets
    in memory, which it reads in less than a second.
    """
    if demuxer is not None and demuxer not in _WITHOUT_STREAM_LIST:
        return []
    return ["-probesize", str(_BYTES), "-analyzeduration", str(_SECONDS * 1_000_000)]


def timestamp_options(demuxer: str, *, forced: bool = False) -> list[str]:
    """Return the option that derives missing presentation times from decoding times.

    It is for formats that may lack them, or for all if it is `forced`.
    """
    return ["-fflags", "+genpts"] if forced or demuxer in _WITHOUT_PTS else []
