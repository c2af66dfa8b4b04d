"""Workers, capabilities and limits as the JSON of the API."""

from collections.abc import Mapping, Sequence
from typing import Any

from ffremote import ffmpeg
from ffremote.clock import to_iso
from ffremote.config import Settings
from ffremote.db.models import Worker
from ffremote.ffmpeg import Capabilities
from ffremote.jobs.workers import LiveWorker
from ffremote.spec import Preset

KINDS = {"V": "video", "A": "audio", "S": "subtitle"}


def workers(
    rows: Sequence[Worker], alive: Sequence[LiveWorker], running: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Return rows of workers; `alive` are those that live, `running` how many jobs each runs."""
    living = {each.id for each in alive}
    return [worker(row, is_alive=row.id in living, running=running.get(row.id, 0)) for row in rows]


def worker(row: Worker, *, is_alive: bool, running: int) -> dict[str, Any]:
    """Return a row, and how many jobs it runs now."""
    return {
        "worker_id": row.id,
        "state": row.state,
        "alive": is_alive,
        "host": row.host,
        "pid": row.pid,
        "version": row.version,
        "concurrency": row.concurrency,
        "running": running,
        "kind": "database" if row.token_hash is None else "http",
        "labels": row.labels or [],
        "free_bytes": row.free_bytes,
        "ffmpeg_version": row.ffmpeg_version,
        "ffprobe_version": (row.capabilities or {}).get("ffprobe_version"),
        "encoders": _usable_encoders(row.capabilities or {}),
        "sandbox": row.sandbox,
        "started_at": to_iso(row.started_at),
        "heartbeat_at": to_iso(row.heartbeat_at),
        "drain_requested_at": row.drain_requested_at and to_iso(row.drain_requested_at),
    }


def _usable_encoders(capabilities: Mapping[str, Any]) -> list[str]:
    broken = capabilities.get("broken", {})
    return sorted(name for name in capabilities.get("encoders", {}) if name not in broken)


def capabilities(
    found: Capabilities, presets: Mapping[str, Preset], settings: Settings
) -> dict[str, Any]:
    """Return the capabilities of FFmpeg and the limits of the server."""
    shown = found.to_json()
    return {
        "ffmpeg_version": found.version,
        "ffprobe_version": found.ffprobe_version,
        "encoders": [
            {"name": name, "kind": KINDS.get(each.kind, each.kind), "codec": each.codec}
            for name, each in sorted(found.encoders.items())
            if name not in found.broken
        ],
        "broken_encoders": dict(found.broken),
        "decoders": shown["decoders"],
        "containers": ffmpeg.container_names(found.muxers),
        "muxers": ffmpeg.usable_muxers(found.muxers),
        "demuxers": shown["demuxers"],
        "filters": shown["filters"],
        "options": shown["options"],
        "pixel_formats": shown["pix_fmts"],
        "presets": sorted(presets),
        "excerpts": found.excerpts,
        "limits": limits(settings),
    }


def limits(settings: Settings) -> dict[str, Any]:
    """Return the configured limits."""
    return {
        "max_upload_bytes": settings.max_upload_bytes,
        "max_queued": settings.max_queued,
        "ttl_hours": settings.ttl_hours,
        "upload_ttl_hours": settings.upload_ttl_hours,
        "max_memory_bytes": settings.max_memory_bytes,
        "max_output_bytes": settings.max_output_bytes,
        "max_pixels": settings.max_pixels,
        "max_streams": settings.max_streams,
        "max_duration_hours": settings.max_duration_hours,
    }
