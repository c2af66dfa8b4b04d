"""Plans a job: resolves encoders and streams against its inputs, then writes the passes; pure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec
from ffremote.states import FailureReason

from ..formats.decision import Choice, decide
from ..formats.encoders import COPY
from ..formats.output_errors import named, under
from ..formats.side_files import located_graph, named_inputs, side_files
from ..model import devices
from ..model.capabilities import Capabilities
from ..model.failure import refuse
from ..model.limits import Limits
from ..model.media_info import MediaInfo, input_name, merge_inputs
from ..model.plan import Plan
from ..streams.alpha import alpha_warnings, with_alpha_formats
from ..streams.declared import as_declared, check_declared
from ..streams.decodable import undecodable_warnings
from ..streams.graph_inputs import bind, made_streams, refuse_unconnected
from ..streams.left_out import caption_warnings, left_out_warnings
from ..streams.picture_files import with_picture_files
from ..streams.raw_data import rest_warnings
from ..streams.selection import Selection, select
from .graphs.alike import Parts
from .graphs.endless import refuse_endless
from .graphs.joining import join
from .graphs.layering import lay
from .graphs.part_passes import with_parts
from .input_times import check_limits
from .packages.renditions import with_renditions
from .passes import write_passes
from .resolved_job import ResolvedJob

_HINT = "GET /api/v1/capabilities shows what works on this server."
MAX_ENCODERS = 8
_ATTEMPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{0,63}", re.ASCII)


def plan(
    spec: JobSpec,
    infos: Sequence[MediaInfo],
    capabilities: Capabilities,
    limits: Limits,
    *,
    attempt: str,
) -> Plan:
    """Return the command lines of a claimed job, with what each input contains; see `write_plan`.

    Every error is raised as a TranscodeError: a job that the API accepted for another FFmpeg
    fails here.
    """
    try:
        joined = join(spec, infos)
        choices = decide(joined.spec, capabilities)
        jobs = _resolve(
            choices, joined.infos, capabilities, limits, attempt=attempt, parts=joined.parts
        )
        for job in jobs:
            with under(spec.output_field(job.number)):
                refuse_endless(job)
        planned = with_parts(write_passes(jobs), jobs[0])
        warnings = [*planned.warnings, *joined.warnings, *rest_warnings(infos, spec.sources)]
        for job in jobs:
            warnings += named(job.spec, len(jobs), _loss_warnings(job))
        return replace(
            planned,
            warnings=tuple(warnings),
            uses_devices=any(_uses_devices(job) for job in jobs),
        )
    except InvalidArgument as exc:
        raise refuse(_reason(exc.field), exc.message, _HINT) from exc


def _uses_devices(job: ResolvedJob) -> bool:
    return devices.used_by(job.choice.encoders, job.spec.video_options, job.limits)


def _loss_warnings(job: ResolvedJob) -> list[str]:
    choice, selection = job.choice, job.selection
    read = [s for s in (*selection.streams, *selection.read) if not s.is_made]
    return [
        *left_out_warnings(choice, job.info, selection),
        *caption_warnings(choice, selection.video_streams, job.capabilities.version),
        *alpha_warnings(choice, selection.video_streams),
        *undecodable_warnings(choice, job.info, read, job.capabilities),
        *devices.missing_device_warnings(choice.encoders, job.spec.video_options, job.limits),
    ]


def _reason(field: str) -> FailureReason:
    field = re.sub(r"^outputs\[\d+\]\.", "", field)
    if field.startswith(("video.filters", "audio.filters", "subtitles.mode", "graph", "concat")):
        return FailureReason.BAD_FILTER
    if field.endswith((".codec", ".hardware")):
        return FailureReason.ENCODER_UNAVAILABLE
    return FailureReason.UNKNOWN


def write_plan(
    choices: Sequence[Choice],
    infos: Sequence[MediaInfo],
    capabilities: Capabilities,
    limits: Limits,
    *,
    attempt: str,
    parts: Parts | None = None,
) -> Plan:
    """Return the command lines for a job whose inputs are beside the directory `attempt`.

    `choices` has one item for each output. One input is the file `input`; several are
    `inputs/0/input`, `inputs/1/input`, ….

    FFmpeg will run in the job's directory, which it may only read; it writes under `attempt` only.
    Raise InvalidArgument for what is wrong with any inputs, TranscodeError for what is wrong with
    these.
    """
    jobs = _resolve(choices, infos, capabilities, limits, attempt=attempt, parts=parts)
    return with_parts(write_passes(jobs), jobs[0])


def _resolve(
    choices: Sequence[Choice],
    infos: Sequence[MediaInfo],
    capabilities: Capabilities,
    limits: Limits,
    *,
    attempt: str,
    parts: Parts | None,
) -> list[ResolvedJob]:
    """Return the job as it is for each output."""
    assert _ATTEMPT.fullmatch(attempt), attempt  # it becomes part of a filter's argument
    assert len(infos) == len(choices[0].spec.sources), len(infos)
    files = parts.infos if parts else infos
    declaring = parts.spec if parts else choices[0].spec
    for number, (source, info) in enumerate(zip(declaring.sources, files, strict=True)):
        check_limits(source, info, limits, input_name(number, len(files)))
    check_declared(declaring, files, capabilities)
    jobs: list[ResolvedJob] = []
    for number, choice in enumerate(choices):
        with under(f"outputs[{number}]." if len(choices) > 1 else ""):
            job = _resolve_output(
                _with_side_files(choice, infos, attempt), infos, capabilities, limits, parts
            )
            jobs.append(
                replace(job, attempt=f"{attempt}/{number}" if number else attempt, number=number)
            )
    refuse_unconnected(
        made_streams(choices[0].graph), [s for job in jobs for s in job.selection.streams]
    )
    _check_encoders(jobs)
    jobs = lay(jobs)
    for job in jobs:
        _check_decoders(job.selection, job.choice, capabilities)
    return jobs


def _resolve_output(
    choice: Choice,
    infos: Sequence[MediaInfo],
    capabilities: Capabilities,
    limits: Limits,
    parts: Parts | None,
) -> ResolvedJob:
    """Return the job as it is for one output, still without a directory."""
    choice, infos = with_picture_files(choice, infos)
    choice = _in_utf8(choice, infos)
    over = {each.input for each in choice.spec.overlays or ()}
    decoded = tuple(
        with_alpha_formats(
            as_declared(info, source),
            choice,
            capabilities,
            source.decoders,
            is_drawn=number in over,
        )
        for number, (info, source) in enumerate(zip(infos, choice.spec.sources, strict=True))
    )
    merged = merge_inputs(decoded)
    bound = bind(choice.graph, merged) if choice.graph else {}
    selection = with_renditions(choice, select(choice, merged, capabilities))
    selection = replace(selection, read=tuple(bound.values()))
    return ResolvedJob(
        choice, decoded, merged, selection, capabilities, limits, bound, "", parts=parts
    )


def _with_side_files(choice: Choice, infos: Sequence[MediaInfo], attempt: str) -> Choice:
    """Return `choice` with the inputs without streams, by the names that its graph has then."""
    files = side_files(choice.spec, infos, attempt)
    if choice.graph is None:
        return replace(choice, files=files, used_files=named_inputs(choice.spec, ()))
    used = named_inputs(choice.spec, choice.graph.filters)
    graph = located_graph(choice.graph, files, choice.spec)
    return replace(choice, graph=graph, files=files, used_files=used)


def _in_utf8(choice: Choice, infos: Sequence[MediaInfo]) -> Choice:
    """Return `choice` with a subtitle encoder if an input is not UTF-8.

    Copied subtitles would keep their charset, which no container records.
    """
    encoders = {"subrip": "srt", "ass": "ass", "webvtt": "webvtt"}
    info = next((each for each in infos if each.charset), None)
    if info is None or choice.subtitle_encoder not in (None, COPY):
        return choice
    codec = next(each.codec for each in info.streams if each.codec in encoders)
    container = choice.container
    fitting = encoders.get(codec) if container.takes("subtitle", codec) else container.subtitle
    return replace(choice, subtitle_encoder=fitting)


def _check_encoders(jobs: Sequence[ResolvedJob]) -> None:
    """Raise InvalidArgument if a job with a graph or several outputs runs too many encoders."""
    if len(jobs) == 1 and jobs[0].choice.graph is None:
        return
    count = sum(
        _encoder_of(job.choice, stream.kind) != COPY
        for job in jobs
        for stream in job.selection.streams
    )
    if count > MAX_ENCODERS:
        field, what = ("graph", "a graph") if len(jobs) == 1 else ("outputs", "several outputs")
        raise InvalidArgument(
            field, f"The job encodes {count} streams; one with {what} may encode {MAX_ENCODERS}."
        )


def _encoder_of(choice: Choice, kind: str) -> str | None:
    """Return the encoder of a kind of streams; streams that are not encoded are copied."""
    return {"video": choice.video_encoder, "audio": choice.audio_encoder}.get(kind, COPY)


def _check_decoders(selection: Selection, choice: Choice, capabilities: Capabilities) -> None:
    encoded = [s for s in selection.streams if _encoder_of(choice, s.kind) != COPY]
    for stream in (*encoded, *selection.read):
        if stream.origin in selection.covers or stream.is_made:
            continue
        if stream.codec not in capabilities.decoders:
            raise refuse(
                FailureReason.UNSUPPORTED_INPUT,
                f"The {stream.kind} codec {stream.codec} cannot be decoded here.",
                "Copy that stream (codec copy), or ask for a server whose FFmpeg decodes it.",
            )
