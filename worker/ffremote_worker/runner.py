"""Runs one claimed job and records how it ended."""

import errno
import logging
from collections.abc import Callable
from contextlib import suppress

from ffremote.depot.protocol import DepotAway
from ffremote.ffmpeg import Failure, TranscodeError
from ffremote.files.job_inputs import InputLost
from ffremote.ledger.protocol import LedgerAway, LedgerRefused
from ffremote.ledger.values import Claim
from ffremote.states import FailureReason

from .attempt import Attempt
from .context import WorkerContext
from .heartbeat import ClaimLost, StopNow
from .overlap.streaming import InputAwaited, StreamingAttempt
from .storage_watch import StorageWatch, reason_of

log = logging.getLogger(__name__)

WAITS_FOR_ALL = "It could not be converted while its input arrives; it waits for all of it."
INTERNAL_ERROR = Failure(
    reason=FailureReason.UNKNOWN,
    message="The worker had an internal error; its operator finds the details in its log.",
    hint="Submit the job again; if it fails again, report it.",
)


def run(
    context: WorkerContext,
    claim: Claim,
    *,
    watch: StorageWatch,
    wake_fd: int,
    must_stop: Callable[[], bool],
    must_drain: Callable[[], bool] = bool,
) -> None:
    """Run a claimed job; when this returns, its row has the outcome.

    `watch` decides whether a job is released because its files cannot be used. `wake_fd` is a
    descriptor that becomes readable when the row may have changed, or -1.
    `must_stop` returns whether the worker has to stop, `must_drain` whether it waits for its jobs.
    """
    attempt = _attempt_of(context, claim, wake_fd, must_stop, must_drain)
    log.info("job %s: attempt %d started", claim.job_id, claim.attempt)
    try:
        _run_to_end(attempt, watch)
    except ClaimLost:
        log.info("job %s: claim lost", claim.job_id)
        _forget_process(attempt)
    finally:
        _discard_files(attempt)


def _attempt_of(
    context: WorkerContext,
    claim: Claim,
    wake_fd: int,
    must_stop: Callable[[], bool],
    must_drain: Callable[[], bool],
) -> Attempt:
    if claim.arriving_bytes is None:
        return Attempt(context, claim, wake_fd=wake_fd, must_stop=must_stop)
    return StreamingAttempt(
        context, claim, wake_fd=wake_fd, must_stop=must_stop, must_drain=must_drain
    )


def _run_to_end(attempt: Attempt, watch: StorageWatch) -> None:
    """Run the attempt and record a failure or a stop; ClaimLost propagates."""
    try:
        attempt.run()
    except ClaimLost:
        raise
    except StopNow:
        _release(attempt, "Its worker stopped; the job is queued again.")
    except InputAwaited as exc:
        log.info("job %s: %s", attempt.claim.job_id, exc)
        _suspend(attempt, str(exc), may_stream=True)
    except (TranscodeError, OSError, DepotAway) as exc:
        is_whole = attempt.claim.arriving_bytes is None
        trouble = watch.trouble(attempt.claim, exc) if is_whole else None
        if trouble is None:
            _fail(attempt, exc.failure if isinstance(exc, TranscodeError) else _of_files(exc))
        else:
            log.warning("job %s: its files cannot be used: %s", attempt.claim.job_id, exc)
            _release(
                attempt, f"Its worker could not use its files ({trouble}); it is queued again."
            )
    except Exception:
        log.exception("job %s: internal error", attempt.claim.job_id)
        _fail(attempt, INTERNAL_ERROR)


def _fail(attempt: Attempt, failure: Failure) -> None:
    """End the job as failed, unless the claim was lost, or only its input was not there yet."""
    if attempt.claim.arriving_bytes is not None:
        log.info("job %s: not while it arrives: %s", attempt.claim.job_id, failure.message)
        _suspend(attempt, WAITS_FOR_ALL, may_stream=False)
        return
    _log_early_failure(attempt, failure)
    _make_room(attempt)
    try:
        is_held = _record_failure(attempt, failure)
    except LedgerRefused:
        log.exception("job %s: its failure cannot be stored", attempt.claim.job_id)
        is_held = _record_failure(attempt, INTERNAL_ERROR)
    if is_held:
        log.warning("job %s: failed: %s", attempt.claim.job_id, failure.message)
    else:
        _forget_process(attempt)


def _make_room(attempt: Attempt) -> None:
    """Remove what a failed attempt wrote: it may fill the disk that its failure is written to."""
    claim = attempt.claim
    try:
        attempt.context.storage.discard_attempt(claim.job_id, claim.token, result=False)
    except (OSError, DepotAway) as exc:
        log.warning("job %s: its files are left for a sweep: %s", claim.job_id, exc)


def _record_failure(attempt: Attempt, failure: Failure) -> bool:
    return attempt.heartbeat.ask_until_answered(
        lambda ledger: ledger.fail(
            attempt.claim,
            reason=failure.reason,
            message=failure.message,
            details=failure.to_json(),
        )
    )


def _log_early_failure(attempt: Attempt, failure: Failure) -> None:
    """Write ffprobe's messages to the log of a job that failed before FFmpeg started."""
    path = attempt.context.ledger.log_path(attempt.claim)
    lines = ["ffprobe input", "", *failure.stderr_tail, failure.message, failure.hint]
    try:
        with path.open("x", encoding="utf-8") as out:
            out.write("\n".join(lines).rstrip() + "\n")
    except FileExistsError:
        return  # FFmpeg has started and written its messages
    except OSError as exc:  # a full disk: the row still has the reason of the failure
        log.warning("job %s: its log cannot be written: %s", attempt.claim.job_id, exc)


def _release(attempt: Attempt, message: str) -> None:
    """Return the job to the queue, unless the claim was lost."""
    attempt.heartbeat.ask_until_answered(
        lambda ledger: ledger.release(attempt.claim, message=message), has_work=False
    )
    log.info("job %s: returned to the queue", attempt.claim.job_id)


def _suspend(attempt: Attempt, message: str, *, may_stream: bool) -> None:
    """Return a job whose input arrives to the queue, unless the claim was lost."""
    attempt.heartbeat.ask_until_answered(
        lambda ledger: ledger.suspend(attempt.claim, message=message, may_stream=may_stream),
        has_work=False,
    )
    log.info("job %s: returned to the queue: %s", attempt.claim.job_id, message)


def _discard_files(attempt: Attempt) -> None:
    """Remove the files of an attempt that has ended, and the links to the inputs of an ended job.

    A result stays if the row names it, or if the row cannot be read: a COMMIT may have succeeded
    although it reported an error. A sweep removes the files later if it did not.
    """
    claim, storage = attempt.claim, attempt.context.storage
    is_published, is_over = True, False
    try:
        is_published, is_over = attempt.heartbeat.ask_once(
            lambda ledger: (ledger.is_published(claim), ledger.is_over(claim))
        )
    except LedgerAway as exc:
        log.warning("job %s: its files are left for a sweep: %s", claim.job_id, exc)
    try:
        storage.discard_attempt(claim.job_id, claim.token, result=not is_published)
        if is_over:
            storage.discard_inputs(claim.job_id)
    except (OSError, DepotAway) as exc:
        log.warning("job %s: its files are left for a sweep: %s", claim.job_id, exc)
        return
    if not storage.depot.is_on_this_disk:
        with suppress(OSError):  # another attempt's files are in it
            storage.job_dir(claim.job_id).rmdir()


def _forget_process(attempt: Attempt) -> None:
    """Record in the row of a job whose claim was lost that its FFmpeg has ended."""
    pid = attempt.pid
    if pid is None:
        return
    try:
        attempt.heartbeat.ask_once(lambda ledger: ledger.forget_process(attempt.claim, pid))
    except LedgerAway as exc:
        log.warning("job %s: its row still has a PID: %s", attempt.claim.job_id, exc)


def _of_files(exc: OSError | DepotAway) -> Failure:
    """Return the failure of a job by an error of the operating system, most often of its files."""
    if isinstance(exc, OSError) and exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure(
            reason=FailureReason.DISK_FULL,
            message="The server's disk is full.",
            hint="Ask the operator to free disk space, then submit the job again.",
        )
    if isinstance(exc, OSError) and exc.errno == errno.EFBIG:
        return Failure(
            reason=FailureReason.RESOURCE_LIMIT,
            message=f"The result is too large: {exc.strerror}.",
            hint="Lower the quality or the picture size, or ask the operator for a higher limit.",
        )
    log.error("the files of a job could not be used", exc_info=exc)
    if isinstance(exc, InputLost):
        return Failure(
            reason=FailureReason.INPUT_LOST,
            message=f"The file of {exc.field}, which was received completely, is no longer there.",
            hint="Send it again. Ask the operator whether the storage is well, and whether all "
            "workers share the server's.",
        )
    return Failure(
        reason=FailureReason.UNKNOWN,
        message=f"The worker could not use the job's files: {reason_of(exc)}.",
        hint="Ask the operator whether the disk is well, and whether all workers share the data "
        "directory of the server.",
    )
