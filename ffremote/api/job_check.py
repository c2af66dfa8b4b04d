"""From the job JSON of a client to an order that the intake takes."""

from dataclasses import dataclass

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import DryRun, Limits, Requirements
from ffremote.jobs.new_rows import JobRequest
from ffremote.spec import JobSpec

from .context import AppContext


@dataclass(frozen=True, slots=True)
class Checked:
    """A job that we would take; `upload_id` when it names its input itself."""

    order: JobRequest
    upload_id: str | None


def check(context: AppContext, raw: bytes, idempotency_key: str | None = None) -> Checked:
    """Check a job against what may be asked and against what FFmpeg can do.

    Raises InvalidArgument with the field.
    """
    job = spec.parse_job(raw, presets=context.presets, containers=ffmpeg.container_extensions())
    required, message = _requirements(context, job)
    order = JobRequest(
        spec=job.to_json(),
        output_filename=job.output_filename,
        priority=job.priority,
        labels=tuple((job.labels or {}).items()),
        warnings=required.warnings,
        needs=required.encoders,
        message=message,
        idempotency_key=idempotency_key,
    )
    return Checked(order, job.input.upload_id if job.input else None)


def _requirements(context: AppContext, job: JobSpec) -> tuple[Requirements, str | None]:
    """Return what the job needs of a worker, and why it will wait, None if it will not.

    What no live worker has is refused, unless it is hardware that a recent worker had.
    """
    live = context.engine.capabilities(context.session)
    try:
        return ffmpeg.check(job, live), None
    except InvalidArgument:
        late = context.engine.remembered(context.session)
        video = job.video_options
        if late is None or video is None or video.hardware != "require":
            raise
        required = ffmpeg.check(job, late)
        wanted = ", ".join(sorted(required.encoders - set(live.working_encoders)))
        return required, f"Waits for a worker that has {wanted}; none is here now."


def dry_run(context: AppContext, raw: bytes) -> DryRun:
    """Return what a job would run, or raise what it would be refused with."""
    job = spec.parse_job(raw, presets=context.presets, containers=ffmpeg.container_extensions())
    capabilities = context.engine.capabilities(context.session)
    return ffmpeg.dry_run(job, capabilities, Limits.from_settings(context.settings))
