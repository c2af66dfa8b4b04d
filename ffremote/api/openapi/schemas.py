"""The JSON of the API as JSON Schema; objects may have further properties."""

from typing import Any

from ffremote.spec import MAX_INPUTS, JobSpec
from ffremote.states import FailureReason, JobState, Phase

from .examples import EXAMPLES

Schema = dict[str, Any]
REF = "#/components/schemas/"

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
ID: Schema = {"type": "string", "format": "uuid"}
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
# A job's label, `name=value`.
LABEL_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.\-/]{0,62}=[^\x00-\x1f\x7f]{0,255}$"
LABEL: Schema = {"type": "string", "pattern": LABEL_PATTERN}
TEXTS: Schema = {"type": "array", "items": TEXT}
ANY: Schema = {"type": "object"}


def ref(name: str) -> Schema:
    """Return a reference to a named schema of the document."""
    return {"$ref": f"{REF}{name}"}


def all_schemas() -> dict[str, Schema]:
    """Return every named schema; that of the job JSON comes from the model that validates it."""
    job = JobSpec.model_json_schema(ref_template=REF + "{model}")
    definitions = job.pop("$defs", {})
    # Rules between fields, which the models check in code.
    definitions["Input"]["not"] = {"required": ["duration", "end"]}
    job["not"] = {"required": ["input", "inputs"]}
    job["examples"] = [each["value"] for each in EXAMPLES["JobSpec"].values()]
    return {**definitions, "JobSpec": job, **SCHEMAS}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list_of(name: str) -> Schema:
    return {"type": "array", "items": ref(name)}


_STATE: Schema = {"type": "string", "enum": [state.value for state in JobState]}
# No enumerations: a later version may have more, and a client shows those as text.
_PHASE: Schema = {"type": "string", "examples": [phase.value for phase in Phase]}
_REASON: Schema = {"type": "string", "examples": [reason.value for reason in FailureReason]}
_PERCENT: Schema = {"type": "integer", "minimum": 0, "maximum": 100}
_UPLOAD_PROGRESS = _object(upload_id=ID, bytes=COUNT, bytes_received=COUNT, percent=_PERCENT)
_LIVE_PROGRESS = {
    "eta_seconds": _or_null(NUMBER),
    "speed": _or_null(NUMBER),
    "fps": _or_null(NUMBER),
    "frame": _or_null(COUNT),
    "out_seconds": _or_null(NUMBER),
    "output_bytes": _or_null(COUNT),
    "dup_frames": _or_null(COUNT),
    "drop_frames": _or_null(COUNT),
}
_STATUS: dict[str, Schema] = {
    "job_id": ID,
    "state": _STATE,
    "progress_percent": _PERCENT,
    "queue_position": _or_null({"type": "integer", "minimum": 1}),
    "message": _or_null(TEXT),
    "created_at": TIME,
    "started_at": _or_null(TIME),
    "finished_at": _or_null(TIME),
    "phase": _or_null(_PHASE),
    "finished": FLAG,
    "attempt": COUNT,
    "upload": _or_null(_UPLOAD_PROGRESS),
    **_LIVE_PROGRESS,
}
_FAILURE = _object(
    code={"const": "TRANSCODE_FAILED"},
    message=TEXT,
    details=_object(reason=_REASON),
)


_FILE: Schema = {"type": "string", "format": "binary"}
_FILE_ITEM = _object(
    name=TEXT, bytes=COUNT, sha256=SHA256, content_type=TEXT, duration=_or_null(NUMBER)
)
_INPUT = _object(
    upload_id=ID,
    filename=_or_null(TEXT),
    bytes=_or_null(COUNT),
    bytes_received=COUNT,
    sha256=_or_null(SHA256),
)


def _with(schema: Schema, **optional: Schema) -> Schema:
    return {**schema, "properties": {**schema["properties"], **optional}}


# What the worker found in an input; a probe adds the keys from `format_name` on.
_DESCRIBED = _with(
    _INPUT,
    format=TEXT,
    duration=NUMBER,
    start=NUMBER,
    chapters=COUNT,
    streams={"type": "array", "items": ANY},
    format_name=TEXT,
    bit_rate=COUNT,
    tags={"type": "object", "additionalProperties": TEXT},
    chapter_list={"type": "array", "items": ANY},
    truncated=FLAG,
)

SCHEMAS: dict[str, Schema] = {
    "Error": _object(error=_object(code=TEXT, message=TEXT, details=ANY)),
    "Accepted": _object(
        job_id=ID, state=_STATE, progress_percent=_PERCENT, created_at=TIME, warnings=TEXTS
    ),
    "DryRun": _object(
        command=TEXT, argv=TEXTS, passes={"type": "array", "items": TEXTS}, warnings=TEXTS
    ),
    "Canceled": _object(job_id=ID, state=_STATE),
    "Summary": _with(
        _object(
            job_id=ID,
            state=_STATE,
            phase=_or_null(_PHASE),
            progress_percent=_PERCENT,
            message=_or_null(TEXT),
            output_filename=TEXT,
            priority={"type": "integer"},
            worker_id=_or_null(TEXT),
            created_at=TIME,
            started_at=_or_null(TIME),
            finished_at=_or_null(TIME),
            finished=FLAG,
            expired_at=_or_null(TIME),
            input_filename=_or_null(TEXT),
            input_bytes=_or_null(COUNT),
            result_bytes=_or_null(COUNT),
            upload=_or_null(_UPLOAD_PROGRESS),
            error=_or_null(_FAILURE),
        ),
        inputs={"type": "array", "items": _object(filename=_or_null(TEXT), bytes=_or_null(COUNT))},
    ),
    "JobList": _object(items=_list_of("Summary"), total=COUNT, next_cursor=_or_null(TEXT)),
    "Status": _with(_object(**_STATUS), error=_FAILURE),
    "Job": _with(
        _object(
            **_STATUS,
            job=ref("JobSpec"),
            priority={"type": "integer"},
            command=_or_null(TEXT),
            warnings=TEXTS,
            input=_or_null(_DESCRIBED),
            result=_or_null(_object(filename=TEXT, bytes=COUNT, sha256=_or_null(SHA256))),
            worker_id=_or_null(TEXT),
            measurements={"type": "object", "additionalProperties": ANY},
            losses=COUNT,
            timings=_object(
                queued_seconds=_or_null(NUMBER),
                running_seconds=_or_null(NUMBER),
                total_seconds=_or_null(NUMBER),
            ),
            expired_at=_or_null(TIME),
        ),
        inputs={"type": "array", "items": _DESCRIBED},
        error=_FAILURE,
    ),
    "File": _FILE_ITEM,
    "FileList": _object(
        items=_list_of("File"), total=COUNT, next_cursor=_or_null(TEXT), base_path=TEXT
    ),
    "Upload": _with(
        _object(
            upload_id=ID,
            state={"type": "string", "enum": ["arriving", "complete"]},
            filename=_or_null(TEXT),
            bytes=COUNT,
            bytes_received=COUNT,
            sha256=_or_null(SHA256),
            created_at=TIME,
            expires_at=TIME,
        ),
        job_id=ID,
    ),
    "Worker": _object(
        worker_id=TEXT,
        state=TEXT,
        alive=FLAG,
        host=TEXT,
        version=TEXT,
        **dict.fromkeys(("pid", "concurrency", "running"), COUNT),
        kind={"type": "string", "enum": ["database", "http"]},
        labels=TEXTS,
        free_bytes=_or_null(COUNT),
        ffmpeg_version=_or_null(TEXT),
        ffprobe_version=_or_null(TEXT),
        encoders=TEXTS,
        sandbox=_or_null(TEXT),
        started_at=TIME,
        heartbeat_at=TIME,
        drain_requested_at=_or_null(TIME),
    ),
    "WorkerList": _object(items=_list_of("Worker")),
    "Preset": _object(name=TEXT, description=TEXT, job=ANY),
    "PresetList": _object(items=_list_of("Preset")),
    "Capabilities": _object(
        ffmpeg_version=TEXT,
        ffprobe_version=TEXT,
        encoders={"type": "array", "items": _object(name=TEXT, kind=TEXT, codec=TEXT)},
        broken_encoders=ANY,
        decoders=ANY,
        **dict.fromkeys(("containers", "muxers", "demuxers", "filters", "options"), TEXTS),
        **dict.fromkeys(("pixel_formats", "presets"), TEXTS),
        excerpts=FLAG,
        limits=ANY,
    ),
    "Service": _object(
        version=TEXT,
        ready=FLAG,
        messages={"type": "array", "items": _object(level=TEXT, text=TEXT)},
        totals={"type": "object", "additionalProperties": COUNT},
        limits=ANY,
        free_bytes=COUNT,
        workers_alive=COUNT,
        slots=COUNT,
        oldest_queued_seconds=NUMBER,
    ),
    "SignIn": _object(token=TEXT),
    "Session": _object(
        required=FLAG, signed_in=FLAG, name=_or_null(TEXT), expires_at=_or_null(TIME)
    ),
    "Health": _object(status=TEXT),
    "Readiness": _object(ready=FLAG, checks=ANY),
    "Form": {
        "type": "object",
        "properties": {
            "job": {"type": "string", "contentMediaType": "application/json"},
            "file": {
                "description": "The input; several inputs in their order, a part for each. A job"
                " with `inputs: []` has none.",
                "anyOf": [_FILE, {"type": "array", "items": _FILE, "maxItems": MAX_INPUTS}],
            },
        },
        "required": ["job"],
    },
}
