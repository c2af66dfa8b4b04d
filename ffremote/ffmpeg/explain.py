"""From an exit code, a signal and FFmpeg's own words to a reason and a hint; pure."""

import re
import signal
from dataclasses import dataclass

from ffremote.states import FailureReason as Reason

from .containers import takers
from .failure import Failure
from .messages import Messages, without_paths
from .process import Exit


@dataclass(frozen=True, slots=True)
class _Rule:
    """A pattern of an error line, and what it means; `{0}` is the first group."""

    pattern: re.Pattern[str]
    reason: Reason
    message: str
    hint: str = ""


def _rule(pattern: str, reason: Reason, message: str, hint: str = "") -> _Rule:
    return _Rule(re.compile(pattern), reason, message, hint)


# the first rule that matches the first error line wins; wordings of FFmpeg 5.1 to 9
_RULES = (
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
        "The encoder does not take a picture of this size.",
        "Scale the picture to another size.",
    ),
    _rule(
        r"moov atom not found|partial file|Truncat(?:ed|ing)|truncated|"
        r"Packet corrupt|End of file|error reading header|EBML header parsing failed",
        Reason.CORRUPT_INPUT,
        "The input is damaged or was cut off.",
        "Play the file to its end on your machine; upload it again if it is whole there.",
    ),
    _rule(
        r"Unknown encoder '([^']+)'|Encoder (?:\S+ )?not found|Encoder not found",
        Reason.ENCODER_UNAVAILABLE,
        "The server's FFmpeg has not this encoder.",
        "GET /api/v1/capabilities lists the encoders that work.",
    ),
    _rule(
        r"Could not find tag for codec (\S+) in stream|codec not currently supported in container",
        Reason.INCOMPATIBLE_CONTAINER,
        "The container does not take the codec {0}.",
        "Containers that take {0}: {takers}.",
    ),
    _rule(
        r"Only VP8 or VP9|Unsupported codec id|Tag .* incompatible with output codec|"
        r"Unsupported audio codec|Unsupported video codec|codec (\S+) not supported|"
        r"only supports? |[Ee]xactly one|at most one|does not support",
        Reason.INCOMPATIBLE_CONTAINER,
        "The container does not take these streams.",
        "Choose another container or codec; mkv takes nearly all.",
    ),
    _rule(
        r"Subtitle encoding currently only possible|Subtitle codec \d+ is not supported",
        Reason.INCOMPATIBLE_CONTAINER,
        "These subtitles cannot be written in this container.",
        "Pictures do not become text: use subtitles.mode burn or drop.",
    ),
    _rule(
        r"matches no streams|does not contain any stream|Stream specifier .* matches no",
        Reason.NO_SUCH_STREAM,
        "A stream that the job names is not in the input.",
        "GET /api/v1/jobs/ID shows the streams of the input.",
    ),
    _rule(
        r"Could not create a libass track",
        Reason.CORRUPT_INPUT,
        "The subtitles cannot be burned: their header is no ASS header.",
        "Play the film with its subtitles on your machine; choose another track with"
        " subtitles.track if there is one.",
    ),
    _rule(
        r"No such filter|[Ee]rror (?:re)?initializing (?:complex )?filter|"
        r"Failed to inject frame|Failed to configure|Error (?:applying|parsing) .*filter|"
        r"Impossible to convert between|Invalid too big or non positive size|Error opening filters|"
        r"Filter '?[\w ]+'? has an unconnected|Cannot create the link|Failed to set value|"
        r"Simple filtergraph .* was expected",
        Reason.BAD_FILTER,
        "A filter cannot do what the job asks.",
        "Look at the log for the filter's own words; check sizes and the order of filters.",
    ),
    _rule(
        r"Specified (?:sample rate|sample format|channel layout|pixel format) (\S+)|"
        r"[Ii]nvalid (?:sample rate|channel layout)|Unsupported channel layout|"
        r"not supported by the encoder",
        Reason.UNKNOWN,
        "The encoder does not take this sample rate, channel layout or pixel format.",
        "Set audio.sample_rate, audio.channels or video.pix_fmt to what the encoder takes.",
    ),
    _rule(
        r"Found no DV profile|only 48khz|[Ss]ample rate .* not supported|unsupported bitrate|"
        r"not (?:a )?(?:valid|supported) (?:frame ?rate|framerate)|framerate .* not supported|"
        r"The specified picture size of \S+ is not valid",
        Reason.INCOMPATIBLE_CONTAINER,
        "The container or codec takes only certain sizes, frame rates or sample rates.",
        "The log lists them; set video.scale, video.fps or audio.sample_rate (mxf: 48000) to one.",
    ),
    _rule(
        r"[Ee]rror (?:while )?opening encoder|Error initializing output stream|"
        r"maybe incorrect parameters|Invalid (?:preset|profile|level)|"
        r"[Ee]rror setting (?:preset|profile|option)",
        Reason.ENCODER_UNAVAILABLE,
        "The encoder could not be started with these settings.",
        "Try it with fewer settings; the log has the encoder's own words.",
    ),
    _rule(
        r"Decoder \(codec \S+\) not found|not on whitelist|Unknown input format|"
        r"Could not find codec parameters|Decoding requested, but no decoder|no decoder",
        Reason.UNSUPPORTED_INPUT,
        "The input has a format or codec that this server does not take.",
        "GET /api/v1/capabilities lists what is taken.",
    ),
    _rule(
        r"Invalid data found when processing input|could not find (?:sync|codec)|"
        r"Error while decoding|Invalid NAL|error while decoding",
        Reason.CORRUPT_INPUT,
        "The input cannot be read: it is damaged, or no media that is known.",
        "Play the file on your machine; upload it again if it is whole there.",
    ),
    _rule(
        r"Unrecognized option '([^']+)'|Option (?:not found|'?(\S+?)'? not found)|"
        r"Error splitting the argument list",
        Reason.UNKNOWN,
        "This FFmpeg does not know an option of the job.",
        "GET /api/v1/capabilities lists the options of this server's FFmpeg.",
    ),
    _rule(
        r"[Oo]utput file is empty|nothing was encoded|[Nn]othing was written",
        Reason.OUTPUT_TRUNCATED,
        "Nothing was encoded.",
        "Is the chosen part of the input empty?",
    ),
)
# exit codes of FFmpeg 6.1 and newer: minus an AVERROR, cut to a byte
_CODES = {
    183: Reason.CORRUPT_INPUT,
    8: Reason.ENCODER_UNAVAILABLE,
    228: Reason.DISK_FULL,
    244: Reason.RESOURCE_LIMIT,
    69: Reason.CORRUPT_INPUT,
}
_SIGNALS: dict[int, tuple[Reason, str, str]] = {
    signal.SIGXFSZ: (
        Reason.RESOURCE_LIMIT,
        "The result grew past the size that a job may have.",
        "A lower bit rate or a smaller picture makes a smaller file.",
    ),
    signal.SIGXCPU: (Reason.RESOURCE_LIMIT, "The job used up its processor time.", ""),
    signal.SIGKILL: (
        Reason.KILLED,
        "FFmpeg was killed from outside, perhaps for lack of memory.",
        "Try again; if it happens again, a smaller picture or a faster preset needs less memory.",
    ),
    signal.SIGSEGV: (
        Reason.UNKNOWN,
        "FFmpeg crashed.",
        "The input may be damaged; another codec or filter may avoid the crash.",
    ),
    signal.SIGABRT: (
        Reason.UNKNOWN,
        "FFmpeg crashed.",
        "The input may be damaged; another codec or filter may avoid the crash.",
    ),
    signal.SIGSYS: (
        Reason.UNSUPPORTED_INPUT,
        "FFmpeg tried what its confinement forbids, and was stopped.",
        "",
    ),
}


def explain(ended: Exit, messages: Messages, *, attempt: str, is_probe: bool = False) -> Failure:
    """Say why FFmpeg ended as it did."""
    tail = tuple(without_paths(list(messages.tail), attempt))
    errors = list(without_paths(messages.errors or list(messages.tail), attempt))
    reason, message, hint = (
        _by_signal(ended.signal) or _by_words(errors) or _by_code(ended.code, errors)
    )
    if is_probe and reason is Reason.UNKNOWN:
        reason, message = Reason.UNSUPPORTED_INPUT, "The input is no media that is known."
    return Failure(
        reason=reason,
        message=message,
        hint=hint,
        exit_code=ended.code,
        signal=ended.signal,
        stderr_tail=tail,
    )


def met_size_limit(ended: Exit, messages: Messages) -> bool:
    """Whether FFmpeg ended because a file would have grown past its limit."""
    return ended.signal == signal.SIGXFSZ or any("File too large" in e for e in messages.errors)


def _by_signal(number: int | None) -> tuple[Reason, str, str] | None:
    if number is None:
        return None
    unknown = (Reason.UNKNOWN, f"FFmpeg was ended by the signal {number}.", "")
    return _SIGNALS.get(number, unknown)


def _by_words(errors: list[str]) -> tuple[Reason, str, str] | None:
    for line in errors:
        for rule in _RULES:
            match = rule.pattern.search(line)
            if match:
                named = next((group for group in match.groups() if group), "") or "it"
                hint = rule.hint.format(named, takers=_takers(named))
                return rule.reason, rule.message.format(named), hint
    return None


def _takers(codec: str) -> str:
    video, audio = takers("video", codec), takers("audio", codec)
    return "mkv, mov, nut" if video == audio else video


def _by_code(code: int | None, errors: list[str]) -> tuple[Reason, str, str]:
    reason = _CODES.get(code or 0, Reason.UNKNOWN)
    words = errors[0].rpartition("] ")[2] if errors else "it said nothing"
    return reason, f"FFmpeg ended with code {code}: {words[:200]}", "See the log of the job."
