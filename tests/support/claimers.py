"""Many processes on one database: each claims until the queue is empty, as a worker's slot does.

Run as a program, it forks one claimer for each line on stdin and prints its PID, so that a killed
claimer is replaced at once. Each claimer opens its own database connection after the fork.
"""

import os
import signal
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.config import Settings, load_settings
from ffremote.db import database
from ffremote.db.models import Job, Upload, UploadState
from ffremote.files.storage import Storage
from ffremote.host.locks import ProcessLock, is_dead
from ffremote.jobs import claims, queue, rescues
from ffremote.jobs.rescues import Hold
from ffremote.ledger.values import ProgressUpdate, Result
from ffremote.states import JobState, Phase
from tests.support.builders import WORKER, register_worker

UPLOAD = "33333333-3333-4333-8333-333333333333"
RECORD = "INSERT INTO changes VALUES (NEW.id, OLD.state, NEW.state)"
FUNCTION = "CREATE FUNCTION r() RETURNS trigger LANGUAGE plpgsql"
CHANGED = "AFTER UPDATE OF state ON jobs"
TRIGGERS = {
    "sqlite": [
        f"CREATE TRIGGER record_change {CHANGED} WHEN OLD.state <> NEW.state BEGIN {RECORD}; END"
    ],
    "postgresql": [
        f"{FUNCTION} AS 'BEGIN {RECORD}; RETURN NULL; END'",
        f"CREATE TRIGGER record_change {CHANGED} FOR EACH ROW EXECUTE FUNCTION r()",
    ],
}


def queue_many(session: Session, jobs: int) -> list[str]:
    """Queue many jobs in one transaction; a trigger records every change of a state."""
    now = utc_now()
    common = {"state": JobState.QUEUED, "phase": Phase.QUEUED, "output_filename": "a.mp4"}
    common |= {"spec": "{}", "upload_id": UPLOAD, "input_ready_at": now, "created_at": now}
    rows = [common | {"id": str(uuid.uuid4()), "rank": number} for number in range(jobs)]
    with database.writing(session):
        session.execute(text("CREATE TABLE changes (job_id TEXT, old TEXT, new TEXT)"))
        for statement in TRIGGERS[session.get_bind().dialect.name]:
            session.execute(text(statement))
        session.add(Upload(id=UPLOAD, state=UploadState.COMPLETE, created_at=now, expires_at=now))
        session.flush()
        session.execute(insert(Job), rows)
    register_worker(session, worker_id=WORKER)
    return [str(row["id"]) for row in rows]


def completions(session: Session) -> list[str]:
    """Return the job of each change to `completed` that was ever committed."""
    with database.reading(session):
        return list(session.scalars(text("SELECT job_id FROM changes WHERE new = 'completed'")))


def states(session: Session) -> dict[str, JobState]:
    """Return the state of each job."""
    with database.reading(session):
        return {row.id: row.state for row in session.execute(select(Job.id, Job.state))}


def lost_holds(session: Session, storage: Storage) -> Iterator[Hold]:
    """Yield the claims whose holder is dead: its lock is free."""
    for hold in rescues.holds(session):
        if hold.token and hold.holder and is_dead(storage.lock(hold.holder)):
            yield hold


class ClaimerPool:
    """Starts claimers and collects their exit statuses."""

    def __init__(self, process: "Popen[str]") -> None:
        self._process = process

    def start(self) -> int:
        """Fork one claimer and return its PID."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def wait(self) -> int:
        """Wait until all claimers have ended; return how many of them failed, kills not counted."""
        out, _ = self._process.communicate(timeout=60)
        return int(out)


@contextmanager
def claimer_pool(environ: dict[str, str]) -> Iterator[ClaimerPool]:
    """Run this module as a program with the settings of `environ`."""
    argv = [sys.executable, "-m", __name__]
    with Popen(argv, stdin=PIPE, stdout=PIPE, text=True, env=environ) as process:
        try:
            yield ClaimerPool(process)
        finally:
            process.kill()


def claim_all(settings: Settings) -> None:
    """Claim, report and complete jobs until the queue is empty."""
    storage = Storage(settings.data_dir)
    holder = str(uuid.uuid4())
    engine = database.open_engine(settings.registry_url)
    with ProcessLock(storage.lock(holder)), database.session_maker(engine)() as session:
        while claim := queue.claim_next(
            session, worker_id=WORKER, holder=holder, needs=frozenset({""})
        ):
            claims.report(session, claim, ProgressUpdate(Phase.TRANSCODING, 50))
            claims.complete(session, claim, Result(1, "ab", {}))


def _fork(settings: Settings) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            claim_all(settings)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return pid


def _main() -> None:
    children, settings = [], load_settings()
    for _ in sys.stdin:
        children.append(_fork(settings))
        print(children[-1], flush=True)
    ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    print(sum(end not in (0, -signal.SIGKILL) for end in ends))


if __name__ == "__main__":
    _main()
