"""The JSON of the API as JSON Schema; objects may have further properties."""

from ffremote.spec import MAX_INPUTS, JobSpec
from ffremote.states import FailureReason, JobState, Phase

from .examples import EXAMPLES
from .service_schemas import SERVICE_SCHEMAS
from .shapes import (
    ANY,
    COUNT,
    FLAG,
    ID,
    NUMBER,
    REF,
    SHA256,
    TEXT,
    TEXTS,
    TIME,
    Schema,
    extended,
    list_of,
    object_of,
    or_null,
    ref,
)


def all_schemas() -> dict[str, Schema]:
    """Return every named schema; that of the job JSON comes from the model that validates it."""
    job = JobSpec.model_json_schema(ref_template=REF + "{model}")
    definitions = job.pop("$defs", {})
    # Rules between fields, which the models check in code.
    definitions["Input"]["not"] = {"required": ["duration", "end"]}
    job["not"] = {"required": ["input", "inputs"]}
    job["examples"] = [each["value"] for each in EXAMPLES["JobSpec"].values()]
    return {**definitions, "JobSpec": job, **SCHEMAS, **SERVICE_SCHEMAS}


_STATE: Schema = {"type": "string", "enum": [state.value for state in JobState]}
# No enumerations: a later version may have more, and a client shows those as text.
_PHASE: Schema = {"type": "string", "examples": [phase.value for phase in Phase]}
_REASON: Schema = {"type": "string", "examples": [reason.value for reason in FailureReason]}
_PERCENT: Schema = {"type": "integer", "minimum": 0, "maximum": 100}
_UPLOAD_PROGRESS = object_of(upload_id=ID, bytes=COUNT, bytes_received=COUNT, percent=_PERCENT)
_LIVE_PROGRESS = {
    "eta_seconds": or_null(NUMBER),
    "speed": or_null(NUMBER),
    "fps": or_null(NUMBER),
    "frame": or_null(COUNT),
    "out_seconds": or_null(NUMBER),
    "output_bytes": or_null(COUNT),
    "dup_frames": or_null(COUNT),
    "drop_frames": or_null(COUNT),
}
_STATUS: dict[str, Schema] = {
    "job_id": ID,
    "state": _STATE,
    "progress_percent": _PERCENT,
    "queue_position": or_null({"type": "integer", "minimum": 1}),
    "message": or_null(TEXT),
    "created_at": TIME,
    "started_at": or_null(TIME),
    "finished_at": or_null(TIME),
    "phase": or_null(_PHASE),
    "finished": FLAG,
    "attempt": COUNT,
    "upload": or_null(_UPLOAD_PROGRESS),
    **_LIVE_PROGRESS,
}
_FAILURE = object_of(
    code={"const": "TRANSCODE_FAILED"},
    message=TEXT,
    details=object_of(reason=_REASON),
)


_FILE: Schema = {"type": "string", "format": "binary"}
_FILE_ITEM = object_of(
    name=TEXT, bytes=COUNT, sha256=SHA256, content_type=TEXT, duration=or_null(NUMBER)
)
_INPUT = object_of(
    upload_id=ID,
    filename=or_null(TEXT),
    bytes=or_null(COUNT),
    bytes_received=COUNT,
    sha256=or_null(SHA256),
)


# What the worker found in an input; a probe adds the keys from `format_name` on.
_DESCRIBED = extended(
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
    overlapped=FLAG,
    layout=TEXT,
    original_sha256=or_null(SHA256),
)

SCHEMAS: dict[str, Schema] = {
    "Error": object_of(error=object_of(code=TEXT, message=TEXT, details=ANY)),
    "Accepted": object_of(
        job_id=ID, state=_STATE, progress_percent=_PERCENT, created_at=TIME, warnings=TEXTS
    ),
    "DryRun": object_of(
        command=TEXT, argv=TEXTS, passes={"type": "array", "items": TEXTS}, warnings=TEXTS
    ),
    "Canceled": object_of(job_id=ID, state=_STATE),
    "Summary": extended(
        object_of(
            job_id=ID,
            state=_STATE,
            phase=or_null(_PHASE),
            progress_percent=_PERCENT,
            message=or_null(TEXT),
            output_filename=TEXT,
            priority={"type": "integer"},
            worker_id=or_null(TEXT),
            created_at=TIME,
            started_at=or_null(TIME),
            finished_at=or_null(TIME),
            finished=FLAG,
            expired_at=or_null(TIME),
            input_filename=or_null(TEXT),
            input_bytes=or_null(COUNT),
            result_bytes=or_null(COUNT),
            labels={"type": "object", "additionalProperties": TEXT},
            upload=or_null(_UPLOAD_PROGRESS),
            error=or_null(_FAILURE),
        ),
        inputs={"type": "array", "items": object_of(filename=or_null(TEXT), bytes=or_null(COUNT))},
    ),
    "JobList": object_of(items=list_of("Summary"), total=or_null(COUNT), next_cursor=or_null(TEXT)),
    "Status": extended(object_of(**_STATUS), error=_FAILURE),
    "Job": extended(
        object_of(
            **_STATUS,
            job=ref("JobSpec"),
            priority={"type": "integer"},
            command=or_null(TEXT),
            warnings=TEXTS,
            input=or_null(_DESCRIBED),
            result=or_null(object_of(filename=TEXT, bytes=COUNT, sha256=or_null(SHA256))),
            worker_id=or_null(TEXT),
            worker_host=or_null(TEXT),
            measurements={"type": "object", "additionalProperties": ANY},
            losses=COUNT,
            timings=object_of(
                queued_seconds=or_null(NUMBER),
                running_seconds=or_null(NUMBER),
                total_seconds=or_null(NUMBER),
            ),
            expired_at=or_null(TIME),
        ),
        inputs={"type": "array", "items": _DESCRIBED},
        error=_FAILURE,
    ),
    "File": _FILE_ITEM,
    "FileList": object_of(
        items=list_of("File"), total=COUNT, next_cursor=or_null(TEXT), base_path=TEXT
    ),
    "Upload": extended(
        object_of(
            upload_id=ID,
            state={"type": "string", "enum": ["arriving", "complete"]},
            filename=or_null(TEXT),
            bytes=COUNT,
            bytes_received=COUNT,
            sha256=or_null(SHA256),
            created_at=TIME,
            expires_at=TIME,
        ),
        job_id=ID,
    ),
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
        "additionalProperties": False,
    },
}
