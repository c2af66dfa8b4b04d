"""Parameters, bodies and responses of each operation, by its view and method."""

from ffremote.states import JobState

from ..ingest import tus
from .operation import BINARY, CHUNK_TYPE, RANGE, Operation, Parameter, header
from .shapes import COUNT, FLAG, LABEL, NAME, SHA256, TEXT, TIME, Schema, ref
from .worker_operations import WORKER_OPERATIONS


def _json(name: str) -> tuple[str, Schema]:
    return "application/json", ref(name)


STREAM = ("text/event-stream", TEXT)
SIZE: Schema = {**COUNT, "maximum": 10**18 - 1}
TUS = header("Tus-Resumable", {"type": "string", "const": tus.VERSION})
OVERRIDE: Schema = {"type": "string", "enum": ["PATCH", "DELETE", "HEAD"]}
KEY = header("Idempotency-Key")
STATES = {"type": "array", "items": {"enum": [state.value for state in JobState]}}

FILE = Operation(
    {200: ("application/octet-stream", BINARY), 206: None, 304: None, 307: None},
    (404, 409, 410, 416, 422),
    RANGE,
)

OPERATIONS: dict[tuple[str, str], Operation] = WORKER_OPERATIONS | {
    ("jobs.submit", "POST"): Operation(
        {202: _json("Accepted"), 200: _json("DryRun")},
        (400, 404, 409, 411, 413, 415, 429, 507),
        (Parameter("dry_run", FLAG), KEY),
        (("multipart/form-data", ref("Form")), _json("JobSpec")),
    ),
    ("jobs.retry", "POST"): Operation(
        {202: _json("Accepted")},
        (400, 404, 409, 410, 411, 413, 415, 429, 507),
        (KEY,),
        (_json("JobSpec"),),
    ),
    ("jobs.newest", "GET"): Operation(
        {200: _json("JobList")},
        (400,),
        (
            Parameter("state", STATES),
            Parameter("label", LABEL),
            Parameter("name", NAME),
            Parameter("created_after", TIME),
            Parameter("created_before", TIME),
            Parameter("limit", {"type": "integer", "minimum": 1, "maximum": 500, "default": 50}),
            Parameter("cursor", TEXT),
        ),
    ),
    ("events.events", "GET"): Operation(
        {200: STREAM},
        (400, 501),
        (Parameter("jobs", TEXT), Parameter("after", COUNT), header("Last-Event-ID", COUNT)),
    ),
    ("events.job_events", "GET"): Operation({200: STREAM}, (404, 501)),
    ("jobs.status", "GET"): Operation({200: _json("Status")}, (404,)),
    ("jobs.show", "GET"): Operation({200: _json("Job")}, (404,)),
    ("jobs.result", "GET"): FILE,
    ("files.listed", "GET"): Operation(
        {200: _json("FileList")},
        (400, 404, 409, 410, 422),
        (
            Parameter("limit", {**COUNT, "minimum": 1, "maximum": 2000, "default": 2000}),
            Parameter("cursor", TEXT),
        ),
    ),
    ("files.one", "GET"): FILE,
    ("signed_files.one_signed", "GET"): FILE,
    ("jobs.log", "GET"): Operation(
        {200: ("text/plain", TEXT), 206: None}, (404, 410, 416), RANGE[:1]
    ),
    ("jobs.cancel", "DELETE"): Operation({202: _json("Canceled")}, (404, 409)),
    ("jobs.remove_result", "DELETE"): Operation({204: None}, (404, 409)),
    ("uploads.options", "OPTIONS"): Operation({204: None}, (404,)),
    ("uploads.create", "POST"): Operation(
        {201: _json("Upload")},
        (400, 409, 411, 412, 413, 415, 429, 460, 507),
        (
            header("Upload-Length", SIZE, required=True),
            header("Upload-Metadata"),
            TUS,
            header("Upload-Checksum"),
            KEY,
        ),
        (CHUNK_TYPE,),
    ),
    ("uploads.find", "GET"): Operation(
        {200: _json("Upload")},
        (400, 404, 412),
        (Parameter("sha256", SHA256, required=True), Parameter("bytes", SIZE, required=True)),
    ),
    ("uploads.show", "GET"): Operation({200: _json("Upload")}, (404, 412)),
    ("uploads.show", "HEAD"): Operation({200: None}, (404, 412)),
    ("uploads.append", "PATCH"): Operation(
        {204: None},
        (400, 404, 409, 411, 412, 413, 415, 423, 460, 507),
        (
            header("Upload-Offset", SIZE, required=True),
            TUS,
            header("Upload-Checksum"),
        ),
        (CHUNK_TYPE,),
    ),
    ("uploads.remove", "DELETE"): Operation({204: None}, (404, 409, 412)),
    ("uploads.override", "POST"): Operation(
        {200: None, 204: None},
        (400, 404, 409, 411, 412, 413, 415, 423, 460, 507),
        (header("X-HTTP-Method-Override", OVERRIDE, required=True),),
    ),
    ("sessions.show", "GET"): Operation({200: _json("Session")}),
    ("sessions.sign_in", "POST"): Operation(
        {200: _json("Session")}, (400, 411, 413), (), (_json("SignIn"),)
    ),
    ("sessions.sign_out", "DELETE"): Operation({204: None}),
    ("service_state.show", "GET"): Operation({200: _json("Service")}),
    ("service_state.history", "GET"): Operation(
        {200: _json("History")},
        (400,),
        (Parameter("minutes", {"type": "integer", "minimum": 1, "maximum": 1440, "default": 60}),),
    ),
    ("service.capabilities", "GET"): Operation({200: _json("Capabilities")}, (503,)),
    ("service.presets", "GET"): Operation({200: _json("PresetList")}),
    ("service.workers", "GET"): Operation({200: _json("WorkerList")}),
    ("service.drain", "POST"): Operation({202: _json("Worker")}, (404,)),
    ("service.undrain", "POST"): Operation({202: _json("Worker")}, (404,)),
    ("description.openapi", "GET"): Operation({200: ("application/json", {"type": "object"})}),
    ("health.healthz", "GET"): Operation({200: _json("Health")}),
    ("health.readyz", "GET"): Operation({200: _json("Readiness"), 503: _json("Readiness")}),
    ("metrics.metrics", "GET"): Operation({200: ("text/plain", TEXT)}),
}
