"""Publishes what an attempt made, with heartbeats meanwhile, and completes its job."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import Any, TypeVar

from ffremote import clock
from ffremote.depot.protocol import DepotAway
from ffremote.ffmpeg import Failure, MediaInfo, TranscodeError
from ffremote.files.publication import ProducedFile, UnexpectedFile, publish_files
from ffremote.files.storage import Storage
from ffremote.ledger.outage import Outage
from ffremote.ledger.values import ProgressUpdate, Result
from ffremote.states import FailureReason, Phase

from .heartbeat import ClaimLost, Heartbeat

log = logging.getLogger(__name__)

T = TypeVar("T")

PAUSE_SECONDS = (0.5, 30.0)  # between two tries, the first and the longest
HINT = "The input may be crafted to harm the server; tell the operator."


def patiently(work: Callable[[], T], seconds: float, given_up: Event) -> T:
    """Return what `work` returns; try again for so many seconds if it raises DepotAway."""
    since, (pause, longest), outage = clock.monotonic(), PAUSE_SECONDS, Outage(log)
    while True:
        try:
            done = work()
        except DepotAway as exc:
            if given_up.is_set() or clock.monotonic() - since > seconds:
                raise
            outage.goes_on(f"a result is kept back: {exc.message}")
        else:
            outage.is_over("a result that was kept back is stored")
            return done
        if given_up.wait(pause):
            raise DepotAway("The attempt was ended before its result could be kept.")
        pause = min(2 * pause, longest)


@dataclass(frozen=True, slots=True)
class Publisher:
    """The end of one attempt; `progress` is FFmpeg's last, `totals` and `warnings` are stored."""

    storage: Storage
    heartbeat: Heartbeat
    progress: dict[str, Any] | None
    totals: dict[str, Any] | None
    warnings: tuple[str, ...]

    def publish_file(self, output: str, info: MediaInfo, facts: Mapping[str, Any]) -> None:
        """Keep `output`, a path below the job's directory; then complete the job.

        `facts` are stored beside `info`, what the result contains.
        """
        storage, claim = self.storage, self.heartbeat.claim
        kept = self._meanwhile(lambda: storage.publish(claim.job_id, claim.token, output))
        self._complete(Result(kept.bytes, kept.sha256, {**info.to_json(), **facts}))

    def publish_files(self, produced: Sequence[ProducedFile], facts: dict[str, Any]) -> None:
        """Publish several files, or none of a report; then complete the job with `facts`.

        Raise TranscodeError if one of them is not the regular file that it should be.
        """
        storage, claim = self.storage, self.heartbeat.claim
        if not produced:
            self._complete(Result(None, None, facts))
            return
        try:
            done = self._meanwhile(
                lambda: publish_files(storage, claim.job_id, claim.token, produced)
            )
        except UnexpectedFile as exc:
            message = f"{exc} Nothing was published."
            raise TranscodeError(Failure(FailureReason.UNKNOWN, message, HINT)) from exc
        info = {"files": len(done.files), **facts}
        self._complete(Result(done.bytes, done.archive_sha256, info, files=done.files))

    def _meanwhile(self, work: Callable[[], T]) -> T:
        """Run `work`, again while the depot is away: minutes of encoding are at stake."""
        verifying = ProgressUpdate(Phase.VERIFYING, 99, progress=self.progress)
        given_up = Event()
        try:
            return self.heartbeat.run_with_heartbeat(
                lambda: patiently(work, self.heartbeat.outage_seconds, given_up), verifying
            )
        finally:
            given_up.set()

    def _complete(self, published: Result) -> None:
        result = replace(published, warnings=self.warnings, progress=self.totals)
        claim = self.heartbeat.claim
        if not self.heartbeat.ask_until_answered(lambda ledger: ledger.complete(claim, result)):
            raise ClaimLost
        log.info("job %s: completed, %d bytes", claim.job_id, result.size or 0)
