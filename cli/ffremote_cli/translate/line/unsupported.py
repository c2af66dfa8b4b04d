"""Options that a job cannot say, each with the reason and the nearest way."""

from collections.abc import Mapping

ONE_INPUT = "a job reads one uploaded file; join the files before, or run a command for each"

_RAW = "it describes raw data, and the server reads only files that say what they hold"
_OWN_TIMES = "the input's own times are used"

BEFORE_INPUT: Mapping[str, str] = {
    "f": "the server reads files that say what they hold, and this format does not",
    "sseof": "count from the beginning instead: -ss",
    "stream_loop": "a job reads its input once",
    "loop": "a job reads its input once; one picture is not repeated",
    "r": f"{_OWN_TIMES}; set the output's rate with -r after -i",
    "framerate": f"{_OWN_TIMES}; set the output's rate with -r after -i",
    "itsoffset": f"{_OWN_TIMES}; shift sound with -af adelay, pictures with -vf setpts",
    "itsscale": f"{_OWN_TIMES}; -vf setpts and -af atempo change the pace",
    "fflags": "the server reads with flags of its own; of these, leave out what is not nobuffer,"
    " fastseek or genpts",
    "noautorotate": "the server turns pictures as the file says; -vf transpose turns further",
    "noaccurate_seek": "the server decodes from the exact moment; leave it out",
    "seek_timestamp": "-ss counts from the beginning of the input",
    "sub_charenc_mode": "the server guesses the charset of subtitles; name it with -sub_charenc",
    "fix_sub_duration": "the server keeps the times of subtitles",
    "canvas_size": "the server takes the canvas that the subtitles name",
    "s": _RAW,
    "video_size": _RAW,
    "pix_fmt": _RAW,
    "pixel_format": _RAW,
    "ar": _RAW,
    "sample_rate": _RAW,
    "ac": _RAW,
    "channels": _RAW,
    "ch_layout": _RAW,
    "channel_layout": _RAW,
    "pattern_type": ONE_INPUT,
    "start_number": ONE_INPUT,
    "dump_attachment": "a job makes one file",
    "discard": "choose streams with -map after -i",
    "bsf": "bitstream filters work on the output here: write -bsf after -i",
}
"""What stands before -i and cannot be said."""

ELSEWHERE_BEFORE_INPUT = (
    "before -i a job takes -ss, -t, -to, -vn, -an, -sn and -dn; encoding options stand after -i"
)

OUTPUT: Mapping[str, str] = {
    "filter_complex_script": "write the graph on the command line: -filter_complex",
    "filter_script": "write the filters on the command line: -vf or -af",
    "attach": "a job has one input; add the attachment afterwards",
    "dump_attachment": "a job makes one file",
    "map_channel": "use -af pan, such as -af pan=mono|c0=c0",
    "target": "write out the codecs and rates that the target means",
    "fs": "set the rate with -b:v, or the length with -t",
    "timestamp": "use -metadata creation_time=...",
    "pre": "write out the options of the preset",
    "vpre": "use -preset",
    "apre": "write out the options of the preset",
    "spre": "write out the options of the preset",
    "fpre": "write out the options of the preset",
    "update": "only beside -frames:v 1",
    "copyts": "times begin at zero in a result; leave it out",
    "sdp_file": "a job makes one file",
    "vstats": "a job makes one file",
    "vstats_file": "a job makes one file",
    "frame_drop_threshold": "the server drops frames as FFmpeg does without it; leave it out",
    "dts_delta_threshold": "the server mends time stamps as FFmpeg does without it; leave it out",
    "dts_error_threshold": "the server mends time stamps as FFmpeg does without it; leave it out",
    "adrift_threshold": "use -af aresample=async=1:min_hard_comp=...",
    "apad": "use -af apad beside -shortest",
    "noautoscale": "the server scales pictures that change their size; leave it out",
    "reinit_filter": "the server adapts filters to an input that changes; leave it out",
    "stream_group": "a job makes plain streams",
    "program": "a job makes plain streams",
}
"""What belongs to the output or to no file, and cannot be said."""
