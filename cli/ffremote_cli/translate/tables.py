"""Which ffmpeg option is which key of the job JSON, and why some are none."""

from collections.abc import Callable, Mapping
from typing import Any


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _kilo(text: str) -> int:
    """`48k` is how some people write a sample rate."""
    return round(float(text[:-1]) * 1000) if text[-1:] in "kK" else int(text)


Convert = Callable[[str], Any]

_OF_VIDEO_ALONE = (
    *("crf", "qp", "maxrate", "bufsize", "preset", "tune", "level", "pix_fmt", "r", "g", "bf", "s"),
)

SAME: Mapping[str, str] = {
    "vcodec": "c:v",
    "codec:v": "c:v",
    "acodec": "c:a",
    "codec:a": "c:a",
    "scodec": "c:s",
    "codec:s": "c:s",
    "codec": "c",
    "vf": "filter:v",
    "af": "filter:a",
    "b": "b:v",
    "vb": "b:v",
    "ab": "b:a",
    "aq": "q:a",
    "qscale:a": "q:a",
    "q": "q:v",
    "qscale": "q:v",
    "qscale:v": "q:v",
    "vframes": "frames:v",
    "frames": "frames:v",
    "profile": "profile:v",
    **{f"{name}:v": name for name in _OF_VIDEO_ALONE},
    "ar:a": "ar",
    "ac:a": "ac",
}
"""Other ways to write an option, by the one that the tables know."""

FIELDS: Mapping[str, tuple[str, str, Convert]] = {
    "c:v": ("video", "codec", str),
    "crf": ("video", "crf", _number),
    "qp": ("video", "qp", int),
    "b:v": ("video", "bitrate", str),
    "maxrate": ("video", "maxrate", str),
    "bufsize": ("video", "bufsize", str),
    "preset": ("video", "preset", str),
    "tune": ("video", "tune", str),
    "profile:v": ("video", "profile", str),
    "level": ("video", "level", str),
    "pix_fmt": ("video", "pix_fmt", str),
    "g": ("video", "gop", int),
    "bf": ("video", "bframes", int),
    "c:a": ("audio", "codec", str),
    "b:a": ("audio", "bitrate", str),
    "q:a": ("audio", "quality", _number),
    "ar": ("audio", "sample_rate", _kilo),
    "ac": ("audio", "channels", int),
}
"""Options of the output that are one key each, with what reads their value."""

CONTAINERS: Mapping[str, str] = {
    "matroska": "mkv",
    "ipod": "m4a",
    "mpegts": "ts",
    "adts": "aac",
    "mpeg": "mpg",
    "asf": "wmv",
    "webvtt": "vtt",
    "yuv4mpegpipe": "y4m",
    "mjpeg": "jpg",
    "singlejpeg": "jpg",
}
"""Names of ffmpeg's muxers, by those of the job JSON where they differ."""

IMAGES = frozenset({"jpg", "jpeg", "png", "webp", "bmp", "tiff"})

PACE_CHANGERS = frozenset(
    {"setpts", "asetpts", "atempo", "rubberband", "asetrate", "tpad", "apad", "trim", "atrim"}
    | {"select", "aselect", "silenceremove", "framestep"}
)
"""Filters after which a second of the input is no longer a second of the result."""

SIZES: Mapping[str, str] = {
    "qvga": "320:240",
    "cif": "352:288",
    "vga": "640:480",
    "hd480": "852:480",
    "svga": "800:600",
    "hd720": "1280:720",
    "hd1080": "1920:1080",
    "wqhd": "2560:1440",
    "uhd2160": "3840:2160",
    "4k": "4096:2160",
}

RATES: Mapping[str, str] = {"ntsc": "30000/1001", "pal": "25", "film": "24"}

FPS_MODES: Mapping[str, str] = {"-1": "auto", "0": "passthrough", "1": "cfr", "2": "vfr"}

ONE_INPUT = "a job reads one uploaded file; join the files before, or run a command for each"

NO_INPUT_OPTION: Mapping[str, str] = {
    "f": "the server finds out by itself what the input is; leave it out",
    "sseof": "count from the beginning instead: -ss",
    "stream_loop": "a job reads its input once",
    "r": "the input's own times are used; set the output's rate with -r after -i",
    "framerate": "the input's own times are used; set the output's rate with -r after -i",
    "re": "the server works as fast as it can; leave it out",
    "readrate": "the server works as fast as it can; leave it out",
    "itsoffset": "the input's own times are used; shift sound with -af adelay, pictures with -vf"
    " setpts",
    "itsscale": "the input's own times are used; -vf setpts and -af atempo change the pace",
    "hwaccel": "the server decides how it decodes; leave it out",
    "hwaccel_output_format": "the server decides how it decodes; leave it out",
    "hwaccel_device": "the server decides how it decodes; leave it out",
    "threads": "the server decides how many threads it uses; leave it out",
    "analyzeduration": "the server probes as long as it needs; leave it out",
    "probesize": "the server probes as long as it needs; leave it out",
    "thread_queue_size": "the server reads a file, so there is no queue; leave it out",
    "fflags": "the server reads with its own flags; leave it out",
    "noautorotate": "the server turns pictures as the file says; -vf transpose turns further",
}
"""What stands before -i and cannot be said, with the nearest way."""

NO_OUTPUT_OPTION: Mapping[str, str] = {
    "threads": "the server decides how many threads it uses; leave it out",
    "filter_complex_script": "write the graph on the command line: -filter_complex",
    "filter_script:v": "write the filters on the command line: -vf",
    "filter_script:a": "write the filters on the command line: -af",
    "attach": "a job has one input; add the attachment afterwards",
    "dump_attachment:t": "a job makes one file",
    "map_channel": "use -af pan, such as -af pan=mono|c0=c0",
    "vol": "use -af volume",
    "target": "write out the codecs and rates that the target means",
    "fs": "set the rate with -b:v, or the length with -t",
    "timestamp": "use -metadata creation_time=...",
    "vpre": "use -preset",
    "apre": "write out the options of the preset",
    "fpre": "write out the options of the preset",
    "update": "only beside -frames:v 1",
    "copyts": "times begin at zero in a result; leave it out",
    "report": "`ffremote log` shows everything that FFmpeg said",
    "sdp_file": "a job makes one file",
    "init_hw_device": "say which encoder you want: -c:v h264_nvenc",
    "filter_hw_device": "say which encoder you want: -c:v h264_nvenc",
    "xerror": "the server checks each result by itself; leave it out",
    "benchmark": "the summary says how long it took; leave it out",
    "filter_threads": "the server decides how many threads it uses; leave it out",
    "filter_complex_threads": "the server decides how many threads it uses; leave it out",
}

SEVERAL_FILES = frozenset({"hls", "dash", "segment", "stream_segment", "tee", "image2"})
