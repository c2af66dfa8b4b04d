"""ffmpeg options that a job cannot express, each with the reason or the nearest alternative."""

from collections.abc import Mapping

ONE_INPUT = "a job reads one uploaded file; join the files first, or run one command for each"

_OF_SEQUENCES = "before -i it is for a sequence of pictures, such as img%03d.png"
_ONE_OUTPUT = "a job produces one file"
_PLAIN_STREAMS = "a job produces plain streams only"
_DEFAULT_ONLY = "the server uses FFmpeg's default; leave it out"

BEFORE_INPUT: Mapping[str, str] = {
    "f": "the server neither detects this format nor takes it for raw data",
    "itsscale": "one factor for all streams of the input is supported: -itsscale 2",
    "fflags": "the server sets its own flags; of these, leave out all but nobuffer, fastseek and"
    " genpts",
    "seek_timestamp": "-ss counts from the beginning of the input",
    "sub_charenc_mode": "the server detects the encoding of subtitles; to name it, use"
    " -sub_charenc",
    "fix_sub_duration": "the server keeps the durations of subtitles",
    "canvas_size": "the server uses the canvas size that the subtitles name",
    "pattern_type": _OF_SEQUENCES,
    "start_number": _OF_SEQUENCES,
    "dump_attachment": _ONE_OUTPUT,
    "discard": "select streams with -map after -i",
    "bsf": "a job applies bitstream filters to the output only: write -bsf after -i",
}
"""Unsupported options before -i."""

ELSEWHERE_BEFORE_INPUT = (
    "before -i only -ss, -t, -to, -vn, -an, -sn and -dn are supported; encoding options belong"
    " after -i"
)

OUTPUT: Mapping[str, str] = {
    "filter_complex_script": "write the graph on the command line: -filter_complex",
    "filter_script": "write the filters on the command line: -vf or -af",
    "dump_attachment": _ONE_OUTPUT,
    "strftime": "names of files are numbers, as img%03d.png, not times",
    "strftime_mkdir": "names of files are numbers, as img%03d.png, not times",
    "frame_pts": "pictures are numbered from 1 on, or from -start_number on, not by their time",
    "timestamp": "use -metadata creation_time=...",
    "pre": "write out the options of the preset",
    "vpre": "use -preset",
    "apre": "write out the options of the preset",
    "spre": "write out the options of the preset",
    "fpre": "write out the options of the preset",
    "update": "supported for a single picture (png, jpg, bmp, tiff) only",
    "sdp_file": _ONE_OUTPUT,
    "vstats": _ONE_OUTPUT,
    "vstats_file": _ONE_OUTPUT,
    "frame_drop_threshold": _DEFAULT_ONLY,
    "dts_delta_threshold": _DEFAULT_ONLY,
    "dts_error_threshold": _DEFAULT_ONLY,
    "adrift_threshold": "use -af aresample=async=1:min_hard_comp=...",
    "apad": "use -af apad together with -shortest",
    "noautoscale": "the server scales frames whose size changes; leave it out",
    "reinit_filter": "the server adapts the filters when the input changes; leave it out",
    "stream_group": _PLAIN_STREAMS,
    "program": _PLAIN_STREAMS,
}
"""Unsupported options of the output, and unsupported global options."""
