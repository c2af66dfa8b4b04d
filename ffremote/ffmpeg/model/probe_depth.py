"""How far FFmpeg reads into an input to detect its streams and time stamps."""

from ffremote.spec.decoding import MAX_PROBE_BYTES, MAX_PROBE_SECONDS, Probe

# these have no list of streams: a subtitle of a DVD may begin after minutes
_WITHOUT_STREAM_LIST = frozenset({"flv", "mpeg", "mpegts"})
# these may lack presentation times, which a copy needs
_WITHOUT_PTS = frozenset({"avi", "h264", "hevc", "m4v", "mpeg", "mpegts", "mpegvideo", "vvc"})
_BYTES = MAX_PROBE_BYTES
_SECONDS = MAX_PROBE_SECONDS


def probe_options(demuxer: str | None, wanted: Probe | None = None) -> list[str]:
    """Return the options for an input of this format; None is an unknown format.

    `wanted` is what the job says, which wins.
    Formats with a list of streams need none. For the others FFmpeg keeps up to `_BYTES` of packets
    in memory, which it reads in less than a second.
    """
    size, seconds = (wanted.bytes, wanted.seconds) if wanted else (None, None)
    if demuxer is None or demuxer in _WITHOUT_STREAM_LIST:
        size = _BYTES if size is None else size
        seconds = _SECONDS if seconds is None else seconds
    return [
        *(("-probesize", str(size)) if size is not None else ()),
        *(("-analyzeduration", str(round(seconds * 1e6))) if seconds is not None else ()),
    ]


def timestamp_options(demuxer: str, *, forced: bool = False) -> list[str]:
    """Return the option that derives missing presentation times from decoding times.

    It is for formats that may lack them, or for all if it is `forced`.
    """
    return ["-fflags", "+genpts"] if forced or demuxer in _WITHOUT_PTS else []
