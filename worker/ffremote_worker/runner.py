"""Runs one attempt of a claimed job: probe, plan, transcode, verify, publish."""

import errno
import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from ffremote import ffmpeg, spec
from ffremote.ffmpeg import Failure, MediaInfo, Outcome, Plan, Report, TranscodeError
from ffremote.files import ballast
from ffremote.jobs import claims, rescues
from ffremote.jobs.claims import Claim, ProgressUpdate, Result
from ffremote.states import FailureReason, Phase

from .context import WorkerContext
from .heartbeat import ClaimLost, Heartbeat, StopNow

log = logging.getLogger(__name__)

BLOCK = 1 << 20


def run(
    context: WorkerContext, claim: Claim, *, wake_fd: int, must_stop: Callable[[], bool]
) -> None:
    """Run a claimed job; when this returns, its row has the outcome.

    `wake_fd` is a descriptor that becomes readable when the row may have changed, or -1.
    `must_stop` returns whether the worker has to stop.
    """
    attempt = _Attempt(context, claim, wake_fd=wake_fd, must_stop=must_stop)
    log.info("job %s: attempt %d started", claim.job_id, claim.attempt)
    try:
        _run_to_end(attempt)
    except ClaimLost:
        log.info("job %s: claim lost", claim.job_id)
        attempt.forget_process()
    finally:
        is_published = attempt.is_published()
        context.storage.discard_attempt(claim.job_id, claim.token, result=not is_published)


def _run_to_end(attempt: "_Attempt") -> None:
    """Run the attempt and record a failure or a stop; ClaimLost propagates."""
    try:
        attempt.run()
    except ClaimLost:
        raise
    except StopNow:
        attempt.release("Its worker stopped; the job is queued again.")
    except TranscodeError as exc:
        attempt.fail(exc.failure)
    except Exception as exc:
        failure = _unexpected(exc)
        if failure.reason is FailureReason.UNKNOWN:
            log.exception("job %s: internal error", attempt.claim.job_id)
        attempt.fail(failure)


class _Attempt:
    """One attempt: its heartbeat, its last progress and its steps."""

    def __init__(
        self, context: WorkerContext, claim: Claim, *, wake_fd: int, must_stop: Callable[[], bool]
    ) -> None:
        self.context = context
        self.claim = claim
        self.wake_fd = wake_fd
        self.update = ProgressUpdate(Phase.PROBING, 0)
        self.totals: dict[str, Any] | None = None
        self.pid: int | None = None
        self.heartbeat = Heartbeat(
            context.sessions,
            claim,
            lease_seconds=context.settings.lease_seconds,
            tick_seconds=context.settings.tick_seconds,
            must_stop=must_stop,
            make_room=lambda: ballast.drop(context.storage),
        )

    def run(self) -> None:
        """Run all steps until the result is published."""
        storage, claim = self.context.storage, self.claim
        directory = storage.open_attempt(claim.job_id, claim.token, claim.upload_id)
        runtime, on_progress = self.context.runtime, self.on_progress
        info = ffmpeg.probe(runtime, directory, "input", on_progress=on_progress)
        plan = self.plan(info)
        outcome = self.transcode(plan, directory)
        self.totals = outcome.totals.to_json()
        made = ffmpeg.verify(runtime, plan, cwd=directory, on_progress=on_progress)
        found = ffmpeg.check_complete(plan.expected, made, outcome.evidence)
        lost = ffmpeg.lost_properties(spec.load_job(self.claim.spec), info, plan, made)
        warnings = (*plan.warnings, *found, *lost, *_warnings(outcome))
        self.publish(directory / plan.output, plan.output, made, warnings)

    def plan(self, info: MediaInfo) -> Plan:
        """Return the plan with the exact command, recorded in the row before it runs."""
        plan = ffmpeg.plan(
            spec.load_job(self.claim.spec),
            info,
            self.context.capabilities,
            self.context.runtime.limits,
            attempt=self.claim.token,
        )
        if not self.heartbeat.write_until_done(
            lambda session: claims.record_plan(
                session,
                self.claim,
                command=plan.command,
                warnings=list(plan.warnings),
                info=info.to_json(),
            )
        ):
            raise ClaimLost
        return plan

    def transcode(self, plan: Plan, directory: Path) -> Outcome:
        """Run FFmpeg; write the command and FFmpeg's messages to the attempt's log."""
        log.info("job %s: %s", self.claim.job_id, plan.command)
        with self.context.storage.log(self.claim.job_id, self.claim.token).open("wb") as out:
            out.write(f"{plan.command}\n\n{self.context.capabilities.versions}\n".encode())
            out.flush()
            return ffmpeg.run(
                self.context.runtime,
                plan,
                cwd=directory,
                log=out,
                on_progress=self.on_progress,
                tick_seconds=self.context.settings.tick_seconds,
                wake_fd=None if self.wake_fd < 0 else self.wake_fd,
            )

    def publish(self, output: Path, name: str, made: MediaInfo, warnings: tuple[str, ...]) -> None:
        """Rename the output to the result, then complete the job."""
        verifying = ProgressUpdate(Phase.VERIFYING, 99, progress=self.update.progress)
        sha256 = self.heartbeat.run_with_heartbeat(lambda: _sha256(output), verifying)
        publish = self.context.storage.publish
        path = self.heartbeat.run_with_heartbeat(
            lambda: publish(self.claim.job_id, self.claim.token, name), verifying
        )
        size, info = path.stat().st_size, made.to_json()
        result = Result(size, sha256, info, warnings, self.totals)
        if not self.heartbeat.write_until_done(
            lambda session: claims.complete(session, self.claim, result)
        ):
            raise ClaimLost
        log.info("job %s: completed, %d bytes", self.claim.job_id, size)

    def on_progress(self, report: Report) -> None:
        """Write a heartbeat with the progress; ClaimLost or StopNow from it stops FFmpeg."""
        self.pid = report.pid or self.pid
        self.update = ProgressUpdate(
            report.phase,
            report.percent,
            progress=report.to_json(),
            pid=report.pid,
            pid_started=report.pid_started,
        )
        self.heartbeat.send(self.update)

    def fail(self, failure: Failure) -> None:
        """End the job as failed, unless the claim was lost."""
        self.log_early_failure(failure)
        is_held = self.heartbeat.write_until_done(
            lambda session: claims.fail(
                session,
                self.claim,
                reason=failure.reason,
                message=failure.message,
                details=failure.to_json(),
            )
        )
        if is_held:
            log.warning("job %s: failed: %s", self.claim.job_id, failure.message)
        else:
            self.forget_process()

    def log_early_failure(self, failure: Failure) -> None:
        """Write ffprobe's messages to the log of a job that failed before FFmpeg started."""
        path = self.context.storage.log(self.claim.job_id, self.claim.token)
        lines = ["ffprobe input", "", *failure.stderr_tail, failure.message, failure.hint]
        try:
            with path.open("x", encoding="utf-8") as out:
                out.write("\n".join(lines).rstrip() + "\n")
        except FileExistsError:
            return  # FFmpeg has started and written its messages
        except OSError as exc:  # a full disk: the row still has the reason of the failure
            log.warning("job %s: its log cannot be written: %s", self.claim.job_id, exc)

    def release(self, message: str) -> None:
        """Return the job to the queue, unless the claim was lost."""
        self.heartbeat.write_until_done(
            lambda session: claims.release(session, self.claim, message=message)
        )
        log.info("job %s: returned to the queue", self.claim.job_id)

    def is_published(self) -> bool:
        """Return whether the row names this attempt's result; True if the row cannot be read.

        A COMMIT may have succeeded although it reported an error; a sweep removes the files later
        if it did not.
        """
        try:
            with self.context.sessions() as session:
                return claims.is_published(session, self.claim)
        except OperationalError as exc:
            log.warning("job %s: its files are left for a sweep: %s", self.claim.job_id, exc.orig)
            return True

    def forget_process(self) -> None:
        """Record in the row of a job whose claim was lost that its FFmpeg has ended."""
        if self.pid is None:
            return
        try:
            with self.context.sessions() as session:
                rescues.forget_process(session, self.claim.job_id, self.pid)
        except OperationalError as exc:
            log.warning("job %s: its row still has a PID: %s", self.claim.job_id, exc.orig)


def _warnings(outcome: Outcome) -> tuple[str, ...]:
    if not outcome.errors:
        return outcome.warnings
    errors = f"FFmpeg reported {outcome.errors} errors in the input; see the job's log."
    return (*outcome.warnings, errors)


def _unexpected(exc: Exception) -> Failure:
    if isinstance(exc, OSError) and exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure(
            reason=FailureReason.DISK_FULL,
            message="The server's disk is full.",
            hint="Ask the operator to free disk space, then submit the job again.",
        )
    return Failure(
        reason=FailureReason.UNKNOWN,
        message="The worker had an internal error; its operator finds the details in its log.",
        hint="Submit the job again; if it fails again, report it.",
    )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
