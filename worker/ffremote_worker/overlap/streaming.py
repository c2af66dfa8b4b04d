"""An attempt at a job whose input still arrives: FFmpeg reads it from a pipe, as it comes.

Its result counts if FFmpeg ended well, was given all bytes, the server has verified the upload, and
the whole input, probed like any other, leads to the same command.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from ffremote import ffmpeg, spec
from ffremote.clock import monotonic
from ffremote.ffmpeg import Failure, Feeder, Outcome, Plan, Report, TranscodeError
from ffremote.files.arriving.spool import Spool, link_arrived
from ffremote.ledger.protocol import LedgerAway
from ffremote.ledger.values import Claim, ProgressUpdate
from ffremote.states import FailureReason, Phase

from ..attempt import Attempt
from ..context import WorkerContext
from ..probing import probe_inputs
from .pace import Pace

VERIFIED_SECONDS = 30.0
"""How long the upload may take to be verified, once all is fed, before the slot is given back."""
POLL_SECONDS = 0.1
GIVES_WAY = "Its input arrives slowly and other jobs wait; it begins again later."
DRAINS = "Its worker ends, and its input is not there yet; it begins again later."


class InputAwaited(Exception):
    """The slot is wanted for something else while the input arrives: begin again later."""


class StreamingAttempt(Attempt):
    """The steps of such an attempt; `must_drain` returns whether the worker waits for its jobs."""

    def __init__(
        self,
        context: WorkerContext,
        claim: Claim,
        *,
        wake_fd: int,
        must_stop: Callable[[], bool],
        must_drain: Callable[[], bool],
    ) -> None:
        super().__init__(context, claim, wake_fd=wake_fd, must_stop=must_stop)
        self.update = ProgressUpdate(Phase.STREAMING, 0)
        self._must_drain = must_drain
        self._pace: Pace | None = None
        self._feeder: Feeder | None = None
        self._is_wanted: Future[bool] | None = None
        self._pause = threading.Event()  # never set: its wait is a sleep

    def run(self) -> None:
        """Run all steps to the published result; raise as `Attempt.run`, and InputAwaited."""
        claim, storage = self.claim, self.context.storage
        [upload_id] = claim.upload_ids
        directory = storage.open_attempt(claim.job_id, claim.token, ())
        with Spool(storage, upload_id, claim.arriving_bytes or 0) as spool:
            self._pace = Pace(spool)
            begun, early = self._begin(spool, directory)
            outcome = self._feed(begun, spool, directory)
            self._await_upload()
        self._pace = None
        link_arrived(storage, claim.job_id, claim.token, upload_id)
        infos = probe_inputs(self.context, claim, directory, on_progress=self.on_progress)
        whole = self.plan(infos)
        ffmpeg.require_same(begun, early, whole, infos[0])
        self.record_plan(replace(begun, warnings=whole.warnings), infos, overlapped=True)
        self.finish(whole, infos, outcome, directory)

    def on_progress(self, report: Report) -> None:
        """Write a heartbeat; raise ClaimLost, StopNow or InputAwaited, which stop FFmpeg."""
        if self._pace is not None:
            self._pace.note(self._feeder)
            report = self._with_upload(report, self._pace)
        super().on_progress(report)
        if self._pace is not None and self._pace.is_starving:
            self._give_way()

    def _begin(self, spool: Spool, directory: Path) -> tuple[Plan, ffmpeg.MediaInfo]:
        """Return the plan that reads from a pipe, and what the first bytes show."""
        [source] = spec.load_job(self.claim.spec).sources
        early = ffmpeg.probe_arriving(
            self.context.runtime, directory, spool, on_progress=self.on_progress, source=source
        )
        begun = ffmpeg.piped(self.plan([early]))
        self.record_plan(begun, [early])
        return begun, early

    def _feed(self, plan: Plan, spool: Spool, directory: Path) -> Outcome:
        """Run FFmpeg on the bytes as they come; raise TranscodeError if it leaves any unread."""
        self._feeder = Feeder(spool)
        outcome = self.transcode(plan, directory, self._feeder)
        if not self._feeder.is_complete:
            message = "FFmpeg ended before it had read all of its input."
            raise TranscodeError(Failure(FailureReason.OUTPUT_TRUNCATED, message))
        return outcome

    def _await_upload(self) -> None:
        """Wait until the server has verified the upload; one that it refuses ends the claim."""
        began = monotonic()
        update = replace(self.update, phase=Phase.VERIFYING, progress=self.update.progress)
        while not self.heartbeat.ask_until_answered(lambda ledger: ledger.has_arrived(self.claim)):
            self.heartbeat.send(update)
            if monotonic() - began > VERIFIED_SECONDS:
                self._give_way()
            self._pause.wait(POLL_SECONDS)

    def _with_upload(self, report: Report, pace: Pace) -> Report:
        """Return the report with the phase of both, and the time left of the slower one."""
        if pace.is_complete:
            return report
        upload, own = pace.seconds_left, report.eta_seconds
        eta = None if upload is None else round(max(upload, own or 0.0), 1)
        return replace(report, phase=Phase.STREAMING, eta_seconds=eta)

    def _give_way(self) -> None:
        """Raise InputAwaited if a job with all of its inputs waits for this slot, or a drain."""
        if self._must_drain():
            raise InputAwaited(DRAINS)
        if self._is_wanted is None:
            able = self.context.abilities
            self._is_wanted = self.context.clerk.ask(lambda ledger: ledger.is_wanted(able))
        elif self._is_wanted.done():
            answer, self._is_wanted = self._is_wanted, None
            if _yes(answer):
                raise InputAwaited(GIVES_WAY)


def _yes(answer: Future[bool]) -> bool:
    try:
        return answer.result()
    except LedgerAway:
        return False
