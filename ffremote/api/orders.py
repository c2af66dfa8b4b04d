"""From the job JSON of a client to an order that the intake takes."""

from dataclasses import dataclass

from ffremote import ffmpeg, spec
from ffremote.ffmpeg import DryRun, Limits
from ffremote.intake import Order

from .desk import Desk


@dataclass(frozen=True, slots=True)
class Checked:
    """A job that we would take; `upload_id` when it names its input itself."""

    order: Order
    upload_id: str | None


def check(desk: Desk, raw: bytes, idempotency_key: str | None = None) -> Checked:
    """Check a job against what may be asked and against what FFmpeg can do.

    Raises InvalidArgument with the field.
    """
    job = spec.parse_job(raw, presets=desk.presets)
    capabilities = desk.engine.capabilities(desk.session)
    order = Order(
        spec=job.to_json(),
        output_filename=job.output_filename,
        priority=job.priority,
        labels=tuple((job.labels or {}).items()),
        warnings=ffmpeg.check(job, capabilities),
        needs=ffmpeg.needs(job, capabilities),
        idempotency_key=idempotency_key,
    )
    return Checked(order, job.input.upload_id if job.input else None)


def dry_run(desk: Desk, raw: bytes) -> DryRun:
    """Return what a job would run, or raise what it would be refused with."""
    job = spec.parse_job(raw, presets=desk.presets)
    capabilities = desk.engine.capabilities(desk.session)
    return ffmpeg.dry_run(job, capabilities, Limits.from_settings(desk.settings))
