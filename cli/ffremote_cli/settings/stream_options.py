"""The options for streams, subtitles, graphs, metadata and thumbnails."""

from .job_option import FLAG, LIST, JobOption, number, option, pair, track
from .side_files import ATTACHMENT

STREAMS: tuple[JobOption, ...] = (
    option(
        "--subtitles",
        "subtitles.mode",
        "MODE",
        "What happens to subtitles: copy, convert, burn (draw into the picture), drop.",
    ),
    option(
        "--subtitle-codec",
        "subtitles.codec",
        "NAME",
        "Subtitle encoder for --subtitles convert: mov_text.",
    ),
    option(
        "--subtitle-track",
        "subtitles.track",
        "N",
        "Subtitle stream to use, counted from 0, or auto: one that fits the container.",
        track,
    ),
    option(
        "--subtitle-input",
        "subtitles.input",
        "N",
        "Input whose subtitles are taken or burned in: 0 is -i, 1 the first --with.",
        number,
    ),
    option(
        "--subtitle-style",
        "subtitles.style",
        "STYLE",
        "Style of burned subtitles without their own: FontName=DejaVu Sans,FontSize=28.",
    ),
    option(
        "--subtitles-first",
        "subtitles.before_filters",
        "",
        "Burn subtitles in before the filters of the video instead of after them.",
        FLAG,
    ),
    option(
        "--map",
        "streams",
        "MAP",
        "Keep only these streams: 0:v:0, 0:a? (`?`: if there are any). Can be repeated.",
        LIST,
    ),
    ATTACHMENT,
    option("--graph", "graph", "GRAPH", "Filter graph over all inputs, as -filter_complex."),
    option("--concat", "concat", "HOW", "Join -i and --with files: auto, copy, encode."),
    option(
        "--metadata",
        "metadata",
        "KEY=VALUE",
        "Metadata of the result: title=Holiday. Can be repeated.",
        pair,
    ),
    option(
        "--strip-metadata",
        "strip_metadata",
        "",
        "Leave out the metadata and chapters of the input.",
        FLAG,
    ),
    option(
        "--thumbnail-at",
        "thumbnail.at",
        "TIME",
        "Make one picture, taken at this time of the input.",
    ),
    option(
        "--thumbnail-width",
        "thumbnail.width",
        "N",
        "Make one picture, this many pixels wide.",
        number,
    ),
)
