"""The option for every key of the job JSON, in the sections of `--help`."""

from collections.abc import Mapping

from .audio_options import AUDIO
from .decoding_options import DECODING
from .input_options import INPUT
from .job_option import ARGS, LIST, JobOption, number, option, pair
from .package_options import PACKAGE
from .stream_options import STREAMS
from .video_options import VIDEO

JOB: tuple[JobOption, ...] = (
    option(
        "--container",
        "container",
        "NAME",
        "Container of the result: mp4, mkv, webm, s16le, framemd5.",
        default="extension of the output, then the preset's",
    ),
    option(
        "--preset",
        "preset",
        "NAME",
        "Preset of the server; `ffremote presets` lists them. Other options override it.",
    ),
    *INPUT,
    *DECODING,
    option(
        "--priority",
        "priority",
        "N",
        "Priority in the queue, from -10 to 10; a higher one runs earlier.",
        number,
        default="0",
    ),
    option(
        "--worker-label",
        "worker.require",
        "LABEL",
        "Run on a worker with this label only, such as gpu; `ffremote workers` lists them. Can be"
        " repeated: with all of them.",
        LIST,
    ),
    option(
        "--overlap",
        "overlap",
        "WHEN",
        "Begin while the input is uploaded, where that makes no difference: auto or off.",
        default="FFREMOTE_OVERLAP, else auto",
    ),
    option(
        "--label",
        "labels",
        "KEY=VALUE",
        "Label to find the job by: trip=alps. Can be repeated.",
        pair,
    ),
    option(
        "--extra-args",
        "extra_args",
        "ARGS",
        'More FFmpeg output options in quotes: "-movflags +faststart". Can be repeated.',
        ARGS,
    ),
)

SECTIONS: Mapping[str, tuple[JobOption, ...]] = {
    "Video": VIDEO,
    "Audio": AUDIO,
    "Subtitles, streams, metadata": STREAMS,
    "Many files": PACKAGE,
    "Job": JOB,
}

ALL = tuple(each for options in SECTIONS.values() for each in options)
