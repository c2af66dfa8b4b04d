"""Options that do not change the result (threads, buffers, network): ignored, with one remark."""

from collections.abc import Iterable, Mapping

from .option_names import without_no
from .parser import Option
from .probe_depth import depth_of

_ANYWHERE_WORDS = """
    threads thread_type max_alloc cpuflags cpucount timelimit
    hwaccel hwaccel_device hwaccel_output_format init_hw_device filter_hw_device vaapi_device
    qsv_device extra_hw_frames
    filter_threads filter_complex_threads filter_buffered_frames max_muxing_queue_size
    muxing_queue_data_threshold thread_queue_size
    ignore_unknown copy_unknown recast_media auto_conversion_filters copytb
    xerror abort_on max_error_rate err_detect
    report benchmark benchmark_all debug debug_ts dump hex psnr qphist
    stats_period print_graphs print_graphs_file print_graphs_format
    autorotate autoscale accurate_seek find_stream_info protocol_whitelist flush_packets
    vstats_version avioflags fdebug export_side_data max_pixels max_streams"""
_ANYWHERE = frozenset(_ANYWHERE_WORDS.split())

_BEFORE_INPUT_WORDS = """
    re readrate readrate_initial_burst readrate_catchup probesize analyzeduration
    fpsprobesize max_probe_packets rtbufsize buffer_size max_delay
    user_agent headers referer cookies rw_timeout timeout reconnect reconnect_streamed
    reconnect_at_eof reconnect_delay_max reconnect_on_network_error multiple_requests
    http_persistent tls_verify rtsp_transport rtsp_flags allowed_extensions
    seekable safe formatprobesize indexmem skip_estimate_duration_from_pts max_ts_probe
    duration_probesize format_whitelist codec_whitelist protocol_blacklist hwaccel_flags
    strict f_strict side_data_prefer_packet sws_flags"""
_BEFORE_INPUT = frozenset(_BEFORE_INPUT_WORDS.split())

_DEFAULTS: Mapping[str, frozenset[str]] = {
    "stream_loop": frozenset({"0"}),
    "itsoffset": frozenset({"0", "0.0"}),
    "itsscale": frozenset({"1", "1.0"}),
    "reinit_filter": frozenset({"1", "-1"}),
    "seek_timestamp": frozenset({"0"}),
    "correct_ts_overflow": frozenset({"1", "true"}),
    "skip_frame": frozenset({"default", "none"}),
    "skip_loop_filter": frozenset({"default", "none"}),
    "lowres": frozenset({"0"}),
    "pattern_type": frozenset({"none"}),
    "apply_cropping": frozenset({"1", "true", "all"}),
}
"""Options that are ignored with these values, which are FFmpeg's defaults, and with no other."""

_CHANGES_RESULT_IF_OFF = frozenset({"autorotate", "autoscale", "accurate_seek"})
_MAX_SHOWN = 24
"""Characters; longer values are left out of the remark: HTTP headers may hold a secret."""
_HARMLESS_FFLAGS = frozenset({"nobuffer", "fastseek", "flush_packets", "bitexact"})


def is_ignored(option: Option, *, before_input: bool) -> bool:
    """Return whether the result is the same without the option."""
    name = without_no(option.name) if option.value is None else option.name
    if name in _DEFAULTS:
        return option.value in _DEFAULTS[name]
    if option.name != name and name in _CHANGES_RESULT_IF_OFF:
        return False
    if before_input and depth_of(option):
        return False
    if before_input and name == "fflags":
        return _flags_of(option.value) <= _HARMLESS_FFLAGS
    return name in _ANYWHERE or (before_input and name in _BEFORE_INPUT)


def generates_pts(option: Option) -> bool:
    """Return whether the option is -fflags with genpts, and else only flags without effect."""
    flags = _flags_of(option.value)
    return option.name == "fflags" and "genpts" in flags and flags - {"genpts"} <= _HARMLESS_FFLAGS


def remark_on(options: Iterable[Option]) -> tuple[str, ...]:
    """Return one sentence that names all ignored options, or an empty tuple without any."""
    named = dict.fromkeys(map(_shown, options))
    if not named:
        return ()
    return (f"ignored, because they do not change the result: {', '.join(named)}",)


def _shown(option: Option) -> str:
    short = len(option.value or "") <= _MAX_SHOWN
    return " ".join(option.words) if short else option.word


def _flags_of(text: str | None) -> frozenset[str]:
    return frozenset((text or "").replace("-", "+").split("+")) - {""}
