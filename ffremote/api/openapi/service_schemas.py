"""The schemas of the service: workers, presets, capabilities, sign-in, health."""

from .shapes import ANY, COUNT, FLAG, NUMBER, TEXT, TEXTS, TIME, Schema, list_of, object_of, or_null

SERVICE_SCHEMAS: dict[str, Schema] = {
    "Worker": object_of(
        worker_id=TEXT,
        state=TEXT,
        alive=FLAG,
        host=TEXT,
        version=TEXT,
        **dict.fromkeys(("pid", "concurrency", "running"), COUNT),
        kind={"type": "string", "enum": ["database", "http"]},
        labels=TEXTS,
        free_bytes=or_null(COUNT),
        ffmpeg_version=or_null(TEXT),
        ffprobe_version=or_null(TEXT),
        encoders=TEXTS,
        sandbox=or_null(TEXT),
        started_at=TIME,
        heartbeat_at=TIME,
        drain_requested_at=or_null(TIME),
    ),
    "WorkerList": object_of(items=list_of("Worker")),
    "Preset": object_of(name=TEXT, description=TEXT, job=ANY),
    "PresetList": object_of(items=list_of("Preset")),
    "Capabilities": object_of(
        ffmpeg_version=TEXT,
        ffprobe_version=TEXT,
        encoders={"type": "array", "items": object_of(name=TEXT, kind=TEXT, codec=TEXT)},
        broken_encoders=ANY,
        decoders=ANY,
        **dict.fromkeys(("containers", "muxers", "demuxers", "filters", "options"), TEXTS),
        **dict.fromkeys(("pixel_formats", "presets"), TEXTS),
        excerpts=FLAG,
        limits=ANY,
    ),
    "Service": object_of(
        version=TEXT,
        ready=FLAG,
        messages={"type": "array", "items": object_of(level=TEXT, text=TEXT)},
        totals={"type": "object", "additionalProperties": COUNT},
        limits=ANY,
        free_bytes=COUNT,
        workers_alive=COUNT,
        slots=COUNT,
        oldest_queued_seconds=NUMBER,
    ),
    "History": object_of(
        items={
            "type": "array",
            "items": object_of(
                at=TIME,
                **dict.fromkeys(("queued", "running", "completed", "failed", "canceled"), COUNT),
                **dict.fromkeys(("bytes_in", "bytes_out", "free_bytes", "workers"), COUNT),
            ),
        }
    ),
    "SignIn": object_of(token=TEXT),
    "Session": object_of(
        required=FLAG, signed_in=FLAG, name=or_null(TEXT), expires_at=or_null(TIME)
    ),
    "Health": object_of(status=TEXT),
    "Readiness": object_of(ready=FLAG, checks=ANY),
}
