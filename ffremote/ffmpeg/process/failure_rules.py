"""The table of FFmpeg's error lines and their meanings, from specific to general."""

import re
from dataclasses import dataclass

from ffremote.states import FailureReason as Reason


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of an error line, and what it means.

    In the texts, `{0}` is the pattern's first group, `{takers}` the containers that can hold it,
    `{lines}` FFmpeg's own first lines.
    """

    pattern: re.Pattern[str]
    reason: Reason
    message: str
    hint: str = ""


def _rule(pattern: str, reason: Reason, message: str, hint: str = "") -> Rule:
    return Rule(re.compile(pattern), reason, message, hint)


# the first rule that matches the first error line wins; wordings of FFmpeg 5.1 to 9
RULES = (
    _rule(
        r"No space left on device|ENOSPC",
        Reason.DISK_FULL,
        "The server's disk is full.",
        "Try again later, or tell the operator.",
    ),
    _rule(
        r"File too large",
        Reason.RESOURCE_LIMIT,
        "The result grew past the size that a job may have.",
        "A lower bit rate or a smaller picture makes a smaller file.",
    ),
    _rule(
        r"Cannot allocate memory|x264 \[error\]: malloc|malloc of size \d+ failed",
        Reason.RESOURCE_LIMIT,
        "FFmpeg ran out of the memory that a job may use.",
        "A smaller picture, a faster preset or fewer filters need less memory.",
    ),
    _rule(
        r"[Pp]icture size (\d+x\d+) (?:is invalid|exceeds)|exceeds .?max_pixels|"
        r"dimensions too large",
        Reason.RESOURCE_LIMIT,
        "The picture is larger than the server allows.",
        "Scale it down before uploading, or ask the operator to raise the limit.",
    ),
    _rule(
        r"(?:width|height) not divisible by 2 \((\d+x\d+)\)|"
        r"Picture (?:width|height) must be an integer multiple",
        Reason.BAD_FILTER,
        "The encoder needs an even width and height for this pixel format.",
        'Use a scale that stays even, such as "scale": "1280:-2", or crop one line off.',
    ),
    _rule(
        r"Source [Ww]idth and [Hh]eight|Source Width must be|Source width must be at least",
        Reason.BAD_FILTER,
        "The encoder does not accept a picture of this size.",
        "Scale the picture to another size.",
    ),
    _rule(
        r"moov atom not found|partial file|Truncat(?:ed|ing)|truncated|"
        r"Packet corrupt|End of file|error reading header|EBML header parsing failed",
        Reason.CORRUPT_INPUT,
        "The input is damaged or was cut off.",
        "Play the file to its end on your machine; upload it again if it is complete there.",
    ),
    _rule(
        r"Unknown encoder '([^']+)'|Encoder (?:\S+ )?not found|Encoder not found",
        Reason.ENCODER_UNAVAILABLE,
        "The server's FFmpeg does not have this encoder.",
        "GET /api/v1/capabilities lists the encoders that work.",
    ),
    _rule(
        r"Could not find tag for codec (\S+) in stream|codec not currently supported in container",
        Reason.INCOMPATIBLE_CONTAINER,
        "The container cannot hold the codec {0}.",
        "Containers that take {0}: {takers}.",
    ),
    _rule(
        r"Only VP8 or VP9|Unsupported codec id|Tag .* incompatible with output codec|"
        r"Unsupported audio codec|Unsupported video codec|codec (\S+) not supported|"
        r"only supports? |[Ee]xactly one|at most one|does not support",
        Reason.INCOMPATIBLE_CONTAINER,
        "The container cannot hold these streams: {lines}",
        "Choose another container or codec; mkv holds nearly everything.",
    ),
    _rule(
        r"Subtitle encoding currently only possible|Subtitle codec \d+ is not supported",
        Reason.INCOMPATIBLE_CONTAINER,
        "These subtitles cannot be written in this container.",
        "Bitmap subtitles cannot become text: use subtitles.mode burn or drop.",
    ),
    _rule(
        r"matches no streams|does not contain any stream|Stream specifier .* matches no",
        Reason.NO_SUCH_STREAM,
        "A stream that the job names is not in the input.",
        "GET /api/v1/jobs/ID shows the streams of the input.",
    ),
    _rule(
        r"non positive size for width '-1'",
        Reason.BAD_FILTER,
        "The pictures are less than 16 pixels wide or high where a filter needs more.",
        "Scale them up before the filters (video.scale, or a scale in video.filters).",
    ),
    _rule(
        r"Could not create a libass track",
        Reason.CORRUPT_INPUT,
        "The subtitles cannot be burned: their header is not an ASS header.",
        "Play the input with its subtitles on your machine; choose another track with"
        " subtitles.track if there is one.",
    ),
    _rule(
        r"No such filter|[Ee]rror (?:re)?initializing (?:complex )?filter|"
        r"Failed to inject frame|Failed to configure|Error (?:applying|parsing) .*filter|"
        r"Impossible to convert between|Invalid too big or non positive size|Error opening filters|"
        r"Filter '?[\w ]+'? has an unconnected|Cannot create the link|Failed to set value|"
        r"Simple filtergraph .* was expected",
        Reason.BAD_FILTER,
        "A filter failed: {lines}",
        "Check the sizes and the order of the filters.",
    ),
    _rule(
        r"Specified (?:sample rate|sample format|channel layout|pixel format) (\S+)|"
        r"[Ii]nvalid (?:sample rate|channel layout)|Unsupported channel layout|"
        r"not supported by the encoder",
        Reason.UNKNOWN,
        "The encoder does not accept this sample rate, channel layout or pixel format: {lines}",
        "Set audio.sample_rate, audio.channels or video.pix_fmt to one that the encoder accepts.",
    ),
    _rule(
        r"Found no DV profile|only 48khz|[Ss]ample rate .* not supported|unsupported bitrate|"
        r"not (?:a )?(?:valid|supported) (?:frame ?rate|framerate)|framerate .* not supported|"
        r"The specified picture size of \S+ is not valid",
        Reason.INCOMPATIBLE_CONTAINER,
        "The container or codec accepts only certain sizes, frame rates or sample rates: {lines}",
        "Set video.scale, video.fps or audio.sample_rate (mxf: 48000) to one.",
    ),
    _rule(
        r"[Ee]rror (?:while )?opening encoder|Error initializing output stream|"
        r"maybe incorrect parameters|Invalid (?:preset|profile|level)|"
        r"[Ee]rror setting (?:preset|profile|option)",
        Reason.ENCODER_UNAVAILABLE,
        "The encoder could not be started with these settings: {lines}",
        "Try again with fewer settings.",
    ),
    _rule(
        r"Decoder \(codec \S+\) not found|not on whitelist|Unknown input format|"
        r"Could not find codec parameters|Decoding requested, but no decoder|no decoder",
        Reason.UNSUPPORTED_INPUT,
        "The input has a format or codec that this server does not read.",
        "GET /api/v1/capabilities lists the decoders.",
    ),
    _rule(
        r"Invalid data found when processing input|could not find (?:sync|codec)|"
        r"Error while decoding|Invalid NAL|error while decoding",
        Reason.CORRUPT_INPUT,
        "The input cannot be read: it is damaged, or not a media format that this server reads.",
        "Play the file on your machine; upload it again if it is complete there.",
    ),
    _rule(
        r"Unrecognized option '([^']+)'|Option (?:not found|'?(\S+?)'? not found)|"
        r"Error splitting the argument list",
        Reason.UNKNOWN,
        "The server's FFmpeg does not have an option of the job: {lines}",
        "GET /api/v1/capabilities lists the options of this server's FFmpeg.",
    ),
    _rule(
        r"[Oo]utput file is empty|nothing was encoded|[Nn]othing was written",
        Reason.OUTPUT_TRUNCATED,
        "Nothing was encoded.",
        "Is the chosen part of the input empty?",
    ),
)
