"""Options of `extra_args` that only the muxer of one file has."""

from collections.abc import Iterable

from ffremote.errors import InvalidArgument

from .options import Option

_OF_PARTS = frozenset(
    {"brand", "cluster_size_limit", "cluster_time_limit", "cues_to_front", "default_mode"}
    | {"flipped_raw_rgb", "flvflags", "frag_duration", "frag_size", "id3v2_version"}
    | {"metadata_header_padding", "min_frag_duration", "moov_size", "movflags", "movie_timescale"}
    | {"mpegts_copyts", "mpegts_flags", "mpegts_m2ts_mode", "mpegts_original_network_id"}
    | {"mpegts_pmt_start_pid", "mpegts_service_id", "mpegts_start_pid", "page_duration"}
    | {"mpegts_transport_stream_id", "muxrate", "pat_period", "pcr_period", "rf64", "sdt_period"}
    | {"reserve_index_space", "video_track_timescale", "write_apetag", "write_bext", "write_crc32"}
    | {"write_header", "write_id3v1", "write_id3v2", "write_tmcd", "write_xing"}
)
"""Options of the muxer that writes each segment."""
_OF_ONE_FILE = frozenset({"fs", "final_delay", "live", "loop", "plays", "timecode", "update"})


def refuse_in_package(options: Iterable[Option], kind: str) -> None:
    """Raise InvalidArgument for an option that the muxer of this type of package does not have."""
    for option in options:
        if option.name in _OF_ONE_FILE or (option.name in _OF_PARTS and kind != "segments"):
            raise InvalidArgument(
                option.field, f"-{option.name} is for an output of one file, not for {kind}."
            )


def of_parts(options: Iterable[Option]) -> dict[str, str]:
    """Return the options for the muxer of each segment."""
    return {option.name: option.value or "1" for option in options if option.name in _OF_PARTS}
