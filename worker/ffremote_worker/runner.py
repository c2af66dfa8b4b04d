"""Runs one claimed job to its end."""

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
    """Bring a job from its claim to its end; every outcome is in its row when this returns.

    `wake_fd` is a descriptor that becomes readable when the row should be looked at, or -1.
    """
    work = _Work(context, claim, wake_fd=wake_fd, must_stop=must_stop)
    log.info("job %s: attempt %d started", claim.job_id, claim.attempt)
    try:
        _bring_to_end(work)
    except ClaimLost:
        log.info("job %s: not ours any more", claim.job_id)
        work.forget_process()
    finally:
        is_result = work.is_published()
        context.storage.discard_attempt(claim.job_id, claim.token, result=not is_result)


def _bring_to_end(work: "_Work") -> None:
    try:
        work.do()
    except ClaimLost:
        raise
    except StopNow:
        work.release("Its worker stopped; it waits for another.")
    except TranscodeError as exc:
        work.fail(exc.failure)
    except Exception as exc:
        failure = _unexpected(exc)
        if failure.reason is FailureReason.UNKNOWN:
            log.exception("job %s: our own error", work.claim.job_id)
        work.fail(failure)


class _Work:
    """One attempt: its pulse, its last report and the steps from probe to publication."""

    def __init__(
        self, context: WorkerContext, claim: Claim, *, wake_fd: int, must_stop: Callable[[], bool]
    ) -> None:
        self.context = context
        self.claim = claim
        self.wake_fd = wake_fd
        self.tick = ProgressUpdate(Phase.PROBING, 0)
        self.totals: dict[str, Any] | None = None
        self.process: int | None = None
        self.heartbeat = Heartbeat(
            context.sessions,
            claim,
            lease_seconds=context.settings.lease_seconds,
            tick_seconds=context.settings.tick_seconds,
            must_stop=must_stop,
            make_room=lambda: ballast.drop(context.storage),
        )

    def do(self) -> None:
        """Run the attempt until its result is published."""
        storage, claim = self.context.storage, self.claim
        directory = storage.open_attempt(claim.job_id, claim.token, claim.upload_id)
        runtime, on_progress = self.context.runtime, self.on_progress
        info = ffmpeg.probe(runtime, directory, "input", on_progress=on_progress)
        plan = self.planned(info)
        outcome = self.transcode(plan, directory)
        self.totals = outcome.totals.to_json()
        made = ffmpeg.verify(runtime, plan, cwd=directory, on_progress=on_progress)
        found = ffmpeg.check_complete(plan.expected, made, outcome.evidence)
        lost = ffmpeg.lost_properties(spec.load_job(self.claim.spec), info, plan, made)
        warnings = (*plan.warnings, *found, *lost, *_complaints(outcome))
        self.publish(directory / plan.output, plan.output, made, warnings)

    def planned(self, info: MediaInfo) -> Plan:
        """Decide the exact command and record it before it runs."""
        plan = ffmpeg.plan(
            spec.load_job(self.claim.spec),
            info,
            self.context.capabilities,
            self.context.runtime.limits,
            attempt=self.claim.token,
        )
        if not self.heartbeat.insist(
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
        """Run FFmpeg, its messages in the job's log below the command."""
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
        """Give the output its final name and the job its end, in this order."""
        verifying = ProgressUpdate(Phase.VERIFYING, 99, progress=self.tick.progress)
        sha256 = self.heartbeat.during(lambda: _sha256(output), verifying)
        publish = self.context.storage.publish
        result = self.heartbeat.during(
            lambda: publish(self.claim.job_id, self.claim.token, name), verifying
        )
        size, info = result.stat().st_size, made.to_json()
        made_known = Result(size, sha256, info, warnings, self.totals)
        if not self.heartbeat.insist(
            lambda session: claims.complete(session, self.claim, made_known)
        ):
            raise ClaimLost
        log.info("job %s: completed, %d bytes", self.claim.job_id, made_known.size)

    def on_progress(self, report: Report) -> None:
        """Write a heartbeat with the progress; ClaimLost or StopNow from it stops FFmpeg."""
        self.process = report.pid or self.process
        self.tick = ProgressUpdate(
            report.phase,
            report.percent,
            progress=report.to_json(),
            pid=report.pid,
            pid_started=report.pid_started,
        )
        self.heartbeat.beat(self.tick)

    def fail(self, failure: Failure) -> None:
        """End the job as failed, if it is still ours."""
        self.log_early_failure(failure)
        ours = self.heartbeat.insist(
            lambda session: claims.fail(
                session,
                self.claim,
                reason=failure.reason,
                message=failure.message,
                details=failure.to_json(),
            )
        )
        if ours:
            log.warning("job %s: failed: %s", self.claim.job_id, failure.message)
        else:
            self.forget_process()

    def log_early_failure(self, failure: Failure) -> None:
        """Write what ffprobe said to the log of a job that failed before its FFmpeg started."""
        path = self.context.storage.log(self.claim.job_id, self.claim.token)
        lines = ["ffprobe input", "", *failure.stderr_tail, failure.message, failure.hint]
        try:
            with path.open("x", encoding="utf-8") as out:
                out.write("\n".join(lines).rstrip() + "\n")
        except FileExistsError:
            return  # FFmpeg has started, and its messages are there
        except OSError as exc:  # a full disk: the row still says why the job failed
            log.warning("job %s: no log can be written: %s", self.claim.job_id, exc)

    def release(self, message: str) -> None:
        """Give the job back, if it is still ours."""
        self.heartbeat.insist(lambda session: claims.release(session, self.claim, message=message))
        log.info("job %s: given back", self.claim.job_id)

    def is_published(self) -> bool:
        """Whether the row names our result, or cannot be asked: then a sweep decides later.

        A COMMIT that reported an error may have happened all the same.
        """
        try:
            with self.context.sessions() as session:
                return claims.is_published(session, self.claim)
        except OperationalError as exc:
            log.warning("job %s: its files are left to a sweep: %s", self.claim.job_id, exc.orig)
            return True

    def forget_process(self) -> None:
        """Say that the process in the row of a job that was taken from us has ended."""
        if self.process is None:
            return
        try:
            with self.context.sessions() as session:
                rescues.forget_process(session, self.claim.job_id, self.process)
        except OperationalError as exc:
            log.warning("job %s: its row still names a PID: %s", self.claim.job_id, exc.orig)


def _complaints(outcome: Outcome) -> tuple[str, ...]:
    if not outcome.errors:
        return outcome.warnings
    complaints = f"FFmpeg complained {outcome.errors} times about the input; the log has more."
    return (*outcome.warnings, complaints)


def _unexpected(exc: Exception) -> Failure:
    if isinstance(exc, OSError) and exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure(
            reason=FailureReason.DISK_FULL,
            message="The server's disk is full.",
            hint="Ask its operator to make room, then send the job again.",
        )
    return Failure(
        reason=FailureReason.UNKNOWN,
        message="The worker met an error of its own; its operator finds it in the worker's log.",
        hint="Send the job again; if it fails again, report it.",
    )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
