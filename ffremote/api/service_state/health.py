"""What is wrong with the service, in words that say what to do about it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ffremote.errors import FfremoteError
from ffremote.jobs import workers
from ffremote.jobs.kept import quota
from ffremote.jobs.workers import LiveWorker
from ffremote.states import JobState

from ..context import AppContext

NEARLY_FULL_PERCENT = 90
MIB = 1 << 20


class Level(StrEnum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence about what is wrong, and what to do."""

    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """The state of the service in numbers."""

    totals: dict[JobState, int]
    alive: Sequence[LiveWorker]
    free_bytes: int


def messages(context: AppContext, numbers: Numbers) -> list[Message]:
    """Return what is wrong, the worst first; an error means that jobs do not run."""
    found = [
        *_of_workers(numbers),
        *_of_storage(context),
        *_of_space(context, numbers),
        *_of_quota(context),
        *_of_queue(context, numbers),
    ]
    return sorted(found, key=lambda each: each.level is not Level.ERROR)


def _of_workers(numbers: Numbers) -> Iterator[Message]:
    waiting = numbers.totals.get(JobState.QUEUED, 0)
    what = {0: "jobs will wait", 1: "1 job waits"}.get(waiting, f"{waiting} jobs wait")
    if not numbers.alive:
        yield Message(Level.ERROR, f"No worker is alive: {what}. Start one with ffremote-worker.")
    elif all(worker.is_draining for worker in numbers.alive):
        text = f"Every worker is draining: {what} until one takes jobs again (undrain it)."
        yield Message(Level.ERROR, text)


def _of_storage(context: AppContext) -> Iterator[Message]:
    yield from _refused(context.storage.check)


def _of_space(context: AppContext, numbers: Numbers) -> Iterator[Message]:
    reserve = context.settings.min_free_bytes
    if numbers.free_bytes < reserve:
        yield Message(
            Level.ERROR,
            f"The server's disk has {numbers.free_bytes // MIB} MiB free, less than its reserve of "
            f"{reserve // MIB} MiB (FFREMOTE_MIN_FREE_BYTES): nothing is accepted. Make room.",
        )


def _of_quota(context: AppContext) -> Iterator[Message]:
    found = quota.current(context.session, context.settings)
    if found is None or found.used_percent < NEARLY_FULL_PERCENT:
        return
    yield Message(
        Level.ERROR if found.free_bytes <= 0 else Level.WARNING,
        f"{found.used_percent:.0f} % of FFREMOTE_MAX_STORED_BYTES are in use: delete results, or "
        "raise it.",
    )


def _of_queue(context: AppContext, numbers: Numbers) -> Iterator[Message]:
    limit = context.settings.max_queued
    if numbers.totals.get(JobState.QUEUED, 0) >= limit:
        yield Message(
            Level.WARNING,
            f"The queue is full with {limit} {'job' if limit == 1 else 'jobs'} "
            "(FFREMOTE_MAX_QUEUED): new ones are refused until some have run.",
        )


def _refused(check: Callable[[], None]) -> Iterator[Message]:
    try:
        check()
    except FfremoteError as exc:
        yield Message(Level.ERROR, str(exc))


def numbers(context: AppContext, totals: dict[JobState, int]) -> Numbers:
    """Return the numbers of now; `totals` are the jobs by state."""
    alive = workers.alive(context.session, context.storage)
    return Numbers(totals, alive, context.storage.free_bytes())
