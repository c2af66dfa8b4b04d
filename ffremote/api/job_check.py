"""Checks a client's job JSON and turns it into a JobRequest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import Capabilities, DryRun, Limits, Requirements
from ffremote.jobs import workers
from ffremote.jobs.new_rows import JobRequest
from ffremote.spec import JobSpec

from .context import AppContext
from .job_needs import labels_of, needs_of


@dataclass(frozen=True, slots=True)
class CheckedJob:
    """A valid job: its specification, and the request that is made from it."""

    spec: JobSpec
    job_request: JobRequest

    def require_uploads(self) -> None:
        """Raise InvalidArgument unless the job names an upload for each of its inputs."""
        sources = self.spec.sources
        missing = [n for n, source in enumerate(sources) if source.upload_id is None]
        if not missing:
            return
        if len(sources) == 1:
            message = "A job sent without a file must name an upload."
        else:
            message = (
                f"A job sent without files must name an upload for each of its {len(sources)} "
                f"inputs; it names {len(sources) - len(missing)}."
            )
        raise InvalidArgument(f"{self.spec.source_field(missing[0])}.upload_id", message)

    def require_sizes(self, sizes: Sequence[int]) -> None:
        """Raise InvalidArgument for an upload that has not as many bytes as its excerpt."""
        for number, (source, size) in enumerate(zip(self.spec.sources, sizes, strict=True)):
            if source.excerpt is not None and source.excerpt.bytes != size:
                raise InvalidArgument(
                    f"{self.spec.source_field(number)}.excerpt.parts",
                    f"The parts have {source.excerpt.bytes} bytes together, and the upload {size}.",
                )

    def refuse_uploads(self, message: str) -> None:
        """Raise InvalidArgument with `message` if the job names an upload."""
        for number, source in enumerate(self.spec.sources):
            if source.upload_id is not None:
                raise InvalidArgument(f"{self.spec.source_field(number)}.upload_id", message)


def check(context: AppContext, raw: bytes, idempotency_key: str | None = None) -> CheckedJob:
    """Check a job against the specification and FFmpeg's capabilities.

    Raises InvalidArgument, which names the field, and ServiceUnavailable.
    """
    job = spec.parse_job(raw, presets=context.presets, containers=ffmpeg.container_extensions())
    return check_spec(context, job, idempotency_key)


def check_spec(context: AppContext, job: JobSpec, idempotency_key: str | None = None) -> CheckedJob:
    """Check a parsed job against FFmpeg's capabilities; raise as `check`."""
    required = _requirements(context, job)
    job_request = JobRequest(
        spec=job.to_json(),
        output_filename=job.name,
        priority=job.priority,
        labels=tuple((job.labels or {}).items()),
        warnings=(*required.warnings, *_label_warnings(context, job)),
        needs=required.encoders | required.needs | needs_of(job),
        needs_room=context.access.tokens.have_workers()
        or not context.storage.depot.is_on_this_disk,
        idempotency_key=idempotency_key,
        inputs=len(job.sources),
        copies=required.copies_inputs,
        may_overlap=context.settings.overlap == "auto" and ffmpeg.overlap_refusal(job) is None,
        upload_ids=tuple(source.upload_id for source in job.sources if source.upload_id),
        sequences=tuple(n for n, source in enumerate(job.sources) if source.is_sequence),
    )
    return CheckedJob(job, job_request)


def _requirements(context: AppContext, job: JobSpec) -> Requirements:
    """Return what the job requires of a worker.

    A capability that no live worker has is refused, unless it is hardware that a registered worker
    has; then the job waits for that worker.
    """
    live = context.capabilities.current(context.session)
    if job.probe:
        _require_excerpts(job, live)
        return Requirements(frozenset(), ())
    try:
        return ffmpeg.check(job, live)
    except InvalidArgument:
        recent = context.capabilities.recent(context.session)
        video = job.video_options
        if recent is None or video is None or video.hardware != "require":
            raise
        return ffmpeg.check(job, recent)


def _label_warnings(context: AppContext, job: JobSpec) -> tuple[str, ...]:
    """Return a warning about each label that no registered worker has."""
    required = labels_of(job)
    if not required:
        return ()
    known = workers.known_labels(context.session)
    return tuple(
        f"No worker has the label {label} so far; the job waits until one with it is started."
        for label in required
        if label not in known
    )


def _require_excerpts(job: JobSpec, live: Capabilities) -> None:
    for number, source in enumerate(job.sources):
        if source.excerpt is not None and not live.excerpts:
            raise InvalidArgument(
                f"{job.source_field(number)}.excerpt",
                "No live worker can probe parts of a file; send the whole file without excerpt.",
            )


def dry_run(context: AppContext, raw: bytes) -> DryRun:
    """Return the commands that a job would run; raise the error that its submission would raise."""
    job = spec.parse_job(raw, presets=context.presets, containers=ffmpeg.container_extensions())
    capabilities = context.capabilities.current(context.session)
    limits = Limits.from_settings(context.settings)
    if job.probe:
        planned = ffmpeg.dry_description(job, limits)
    else:
        planned = ffmpeg.dry_run(job, capabilities, limits)
    return replace(planned, warnings=(*planned.warnings, *_label_warnings(context, job)))
