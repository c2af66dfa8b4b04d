"""Why a queued job waits, in words: which workers could run it, and what the others lack."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ffremote.db.models import Job
from ffremote.ffmpeg import FORMATS
from ffremote.ledger import needs
from ffremote.states import JobState

from .crew import Crew, Member


def message(session: Session, crew: Crew, job: Job) -> str | None:
    """Return why a job waits for a worker; for any other job, what its row says."""
    if job.state is not JobState.QUEUED or job.input_ready_at is None:
        return job.message
    return reason(job.needs, crew.live(session)) or job.message


def reason(words: str, crew: Sequence[Member]) -> str | None:
    """Return why a job with these needs waits, None if it is only behind others."""
    if not crew:
        return "Waits for a worker; none is alive."
    able = [each for each in crew if each.fits(words)]
    if not able:
        return _unable(words, crew)
    if all(each.is_draining for each in able):
        return "Waits for a worker that does not drain: those that can run the job do."
    return None


def _unable(words: str, crew: Sequence[Member]) -> str:
    lacking = [needs.missing(words, each.able, each.free_bytes) for each in crew]
    of_all = frozenset.intersection(*lacking)
    if not of_all:
        whole = _listed(_shown(frozenset(words.split())))
        return f"Waits for one worker with {whole}: no live one has all."
    return f"Waits for a worker with {_listed(_shown(of_all))}: none is alive."


def _shown(words: frozenset[str]) -> list[str]:
    """Return the words of needs as a user knows them, labels first."""
    labels = _beginning(words, needs.LABEL)
    room = _beginning(words, needs.ROOM)
    version = words & (needs.ALL | {FORMATS})
    known = version | {needs.EXCERPT} | {f"{needs.LABEL}{each}" for each in labels}
    encoders = sorted(words - known - {f"{needs.ROOM}{each}" for each in room})
    shown = [_named("the label", labels)] if labels else []
    shown += [_named("the encoder", encoders)] if encoders else []
    shown += [f"{each} GiB of free space" for each in room]
    shown += ["a file system that tells what was read"] if needs.EXCERPT in words else []
    return shown + (["the version of this server"] if version else [])


def _beginning(words: frozenset[str], prefix: str) -> list[str]:
    """Return what follows the prefix in the words that begin with it."""
    return sorted(each.removeprefix(prefix) for each in words if each.startswith(prefix))


def _named(what: str, names: list[str]) -> str:
    return f"{what}{'s' if len(names) > 1 else ''} {_listed(names)}"


def _listed(texts: Sequence[str]) -> str:
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last
