"""From a job and what its input holds to the command lines; pure."""

import re
from dataclasses import replace

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec
from ffremote.states import FailureReason

from ..formats.decision import Choice, decide
from ..formats.encoders import COPY
from ..model import devices
from ..model.capabilities import Capabilities
from ..model.failure import refuse
from ..model.limits import Limits
from ..model.media_info import MediaInfo
from ..model.plan import Plan
from ..streams.alpha import alpha_warnings, with_alpha_formats
from ..streams.decodable import undecodable_warnings
from ..streams.left_out import caption_warnings, left_out_warnings
from ..streams.selection import Selection, select
from .command import Writer

_HINT = "GET /api/v1/capabilities shows what works on this server."
_ATTEMPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{0,63}", re.ASCII)


def plan(
    spec: JobSpec,
    info: MediaInfo,
    capabilities: Capabilities,
    limits: Limits,
    *,
    attempt: str,
) -> Plan:
    """Return the command lines of a claimed job; see `write_plan`.

    Every error is raised as a TranscodeError: a job that the API accepted for another FFmpeg
    fails here.
    """
    try:
        writer = _writer(decide(spec, capabilities), info, capabilities, limits, attempt=attempt)
        lost = [
            *left_out_warnings(writer.choice, writer.info, writer.selection),
            *caption_warnings(writer.choice, writer.selection.video_streams, capabilities.version),
            *alpha_warnings(writer.choice, writer.selection.video_streams),
            *undecodable_warnings(writer.choice, info, writer.selection.streams, capabilities),
        ]
        planned = writer.write()
        video, encoders = writer.spec.video_options, writer.choice.encoders
        return replace(
            planned,
            warnings=(
                *planned.warnings,
                *lost,
                *devices.missing_device_warnings(encoders, video, limits),
            ),
            uses_devices=devices.used_by(encoders, video, limits),
        )
    except InvalidArgument as exc:
        raise refuse(_reason(exc.field), exc.message, _HINT) from exc


def _reason(field: str) -> FailureReason:
    if field.startswith(("video.filters", "audio.filters", "subtitles.mode")):
        return FailureReason.BAD_FILTER
    if field.endswith((".codec", ".hardware")):
        return FailureReason.ENCODER_UNAVAILABLE
    return FailureReason.UNKNOWN


def write_plan(
    choice: Choice,
    info: MediaInfo,
    capabilities: Capabilities,
    limits: Limits,
    *,
    attempt: str,
) -> Plan:
    """Return the command lines for a job whose input is `input` beside the directory `attempt`.

    FFmpeg will run in the job's directory, which it may only read; it writes under `attempt` only.
    Raise InvalidArgument for what is wrong with any input, TranscodeError for what is wrong with
    this one.
    """
    return _writer(choice, info, capabilities, limits, attempt=attempt).write()


def _writer(
    choice: Choice,
    info: MediaInfo,
    capabilities: Capabilities,
    limits: Limits,
    *,
    attempt: str,
) -> Writer:
    assert _ATTEMPT.fullmatch(attempt), attempt  # it becomes part of a filter's argument
    _check_limits(info, limits)
    choice = _in_utf8(choice, info)
    info = with_alpha_formats(info, choice, capabilities)
    selection = select(choice, info, capabilities)
    _check_decoders(selection, choice, capabilities)
    return Writer(choice, info, capabilities, limits, attempt, selection)


def _in_utf8(choice: Choice, info: MediaInfo) -> Choice:
    """Copied subtitles would keep their charset, which no container but a text file can say."""
    encoder = {"subrip": "srt", "ass": "ass", "webvtt": "webvtt"}
    if info.charset is None or choice.subtitle_encoder not in (None, COPY):
        return choice
    codec = info.streams[0].codec
    container = choice.container
    fitting = encoder.get(codec) if container.takes("subtitle", codec) else container.subtitle
    return replace(choice, subtitle_encoder=fitting)


def _check_limits(info: MediaInfo, limits: Limits) -> None:
    over: str | None = None
    if len(info.streams) > limits.max_streams:
        over = f"{len(info.streams)} streams; {limits.max_streams} is the most"
    pixels = max(((s.width or 0) * (s.height or 0) for s in info.streams), default=0)
    if pixels > limits.max_pixels:
        over = f"{pixels} pixels a picture; {limits.max_pixels} is the most"
    if over:
        raise refuse(
            FailureReason.RESOURCE_LIMIT,
            f"The input has {over}.",
            "The operator can raise the limit.",
        )


def _check_decoders(selection: Selection, choice: Choice, capabilities: Capabilities) -> None:
    encoders = {"video": choice.video_encoder, "audio": choice.audio_encoder}
    for stream in selection.streams:
        if stream.index in selection.covers:
            continue
        if encoders.get(stream.kind, COPY) != COPY and stream.codec not in capabilities.decoders:
            raise refuse(
                FailureReason.UNSUPPORTED_INPUT,
                f"The {stream.kind} codec {stream.codec} cannot be decoded here.",
                "Copy that stream (codec copy), or ask for a server whose FFmpeg decodes it.",
            )
