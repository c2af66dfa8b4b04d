"""Names of FFmpeg's options (5.1 to 9): those without a value, and those that are global."""

_WITHOUT_VALUE_WORDS = """
    y n stats stdin report hide_banner ignore_unknown copy_unknown recast_media benchmark
    benchmark_all dump hex copyts start_at_zero xerror auto_conversion_filters debug_ts psnr vstats
    qphist print_graphs
    an vn sn dn shortest bitexact accurate_seek re find_stream_info autorotate autoscale copyinkf
    fix_sub_duration force_fps deinterlace intra display_hflip display_vflip
    L version buildconf formats muxers demuxers devices codecs decoders encoders bsfs protocols
    filters pix_fmts layouts sample_fmts dispositions colors hwaccels"""
WITHOUT_VALUE = frozenset(_WITHOUT_VALUE_WORDS.split())
"""Options without a value; each may also be written with the prefix `no`."""

_INFORMATION_WORDS = """
    L h ? help version buildconf formats muxers demuxers devices codecs decoders encoders bsfs
    protocols filters pix_fmts layouts sample_fmts dispositions colors sources sinks hwaccels"""
INFORMATION_OPTIONS = frozenset(_INFORMATION_WORDS.split())
"""Options that make FFmpeg print information and exit."""

CONSOLE_OPTIONS = frozenset(
    {"y", "n", "hide_banner", "stdin", "stats", "loglevel", "v", "progress"}
)
"""Options about what ffmpeg prints and asks, which the client applies."""

MAY_HAVE_VALUE = frozenset({"h", "?", "help", "sources", "sinks"})
"""Information options whose value is the next argument, if there is one."""

_GLOBAL_WORDS = """
    y n stats stats_period stdin report hide_banner loglevel v progress ignore_unknown copy_unknown
    recast_media benchmark benchmark_all dump hex copyts start_at_zero copytb xerror abort_on
    auto_conversion_filters debug_ts psnr vstats vstats_file vstats_version qphist max_alloc
    max_error_rate cpuflags cpucount timelimit filter_threads filter_complex_threads
    filter_complex lavfi filter_complex_script vsync async adrift_threshold frame_drop_threshold
    dts_delta_threshold dts_error_threshold sdp_file init_hw_device filter_hw_device vaapi_device
    qsv_device filter_buffered_frames print_graphs print_graphs_file print_graphs_format"""
_GLOBAL = frozenset(_GLOBAL_WORDS.split()) | INFORMATION_OPTIONS


def takes_value(name: str) -> bool:
    """Return whether the next argument is the value of the option."""
    return name not in WITHOUT_VALUE and without_no(name) not in WITHOUT_VALUE


def is_global(name: str) -> bool:
    """Return whether the option is global, so that its position does not matter."""
    return name in _GLOBAL or without_no(name) in _GLOBAL


def without_no(name: str) -> str:
    """Return the name without the prefix that switches an option off: `stats` for `nostats`."""
    return name.removeprefix("no")
