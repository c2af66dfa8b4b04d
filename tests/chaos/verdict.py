"""What a storm has shown: its counts, its broken promises, and the report with both."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ffremote.db.models import Job
from tests.chaos import audit
from tests.chaos.clients import Ledger
from tests.chaos.clocks import LIBRARIES, MISSING
from tests.chaos.monkey import Monkey
from tests.chaos.witness import Witness


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a storm, `compared` downloads among it; `text` is its report.

    `overlapped` jobs were seen to be converted while their input arrived.
    """

    injected: int
    kills: int
    jobs: int
    compared: int
    faults: list[str]
    text: str
    overlapped: int = 0


def verdict_of(
    monkey: Monkey, witness: Witness, ledger: Ledger, found: list[str], notes: Sequence[str]
) -> Verdict:
    jobs = witness.jobs()
    ends = Counter(
        f"{job.state} ({job.error_reason})" if job.error_reason else f"{job.state}" for job in jobs
    )
    losses, canceled = sum(job.losses for job in jobs), len(ledger.canceled)
    faults = monkey.faults + monkey.outages.done
    refusals = ledger.refusals + ledger.downloads.refusals
    lines = [
        f"{monkey.kills} kills; " + ", ".join(f"{fault} {n}" for fault, n in faults.most_common()),
        f"{len(ledger.accepted)} jobs accepted, {len(jobs)} in the database: "
        + ", ".join(f"{end} {n}" for end, n in sorted(ends.items())),
        f"{losses} losses of a worker, {canceled} cancels",
        *_recovered(monkey),
        *_streamed(jobs, ledger),
        "answers that were no success: "
        + ", ".join(f"{code} {n}" for code, n in refusals.most_common()),
        *notes,
        f"compared in all: {ledger.downloads}",
    ]
    lines += [f"FAULT {fault}" for fault in found] or ["0 lost, 0 stuck, 0 twice, 0 stray"]
    injected, compared = monkey.faults.total(), ledger.downloads.compared.total()
    text = "\n".join(lines)
    return Verdict(injected, monkey.kills, len(jobs), compared, found, text, len(ledger.begun))


def _streamed(jobs: Sequence[Job], ledger: Ledger) -> Iterator[str]:
    """Yield a line about the jobs that could begin while their input arrived, if there are any."""
    if ledger.streamed:
        done = sum(audit.is_overlapped(job) for job in jobs)
        yield (
            f"{len(ledger.streamed)} jobs with a slow upload: {len(ledger.begun)} seen to be"
            f" converted meanwhile, {done} completed so, {len(ledger.abandoned)} lost their upload"
        )


def unavailable(small: bool) -> Iterator[str]:
    """Yield a line for each kind of fault that cannot be had here."""
    if not small:
        yield "the disk was never filled: no small file system can be mounted here"
    if not LIBRARIES:
        yield f"only stored times were stepped: {MISSING}"


def _recovered(monkey: Monkey) -> Iterator[str]:
    """Yield a line for each kind of kill with its recovery times."""
    for cause in sorted({recovery.cause for recovery in monkey.recoveries}):
        found = sorted(recovery for recovery in monkey.recoveries if recovery.cause == cause)
        median, worst = found[len(found) // 2].seconds, found[-1]
        yield (
            f"recovered: {cause} {len(found)} times, median {median:.2f} s, "
            f"worst {worst.seconds:.2f} s ({worst.what})"
        )
