"""Processes of an earlier boot of this machine are not looked for: the reboot ended them."""

import socket
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db.database import writing
from ffremote.db.models import Job, Worker, WorkerState
from ffremote.files.storage import Storage
from ffremote.host import processes
from ffremote.jobs import queue, rescues, store, submission, workers

LONG_AGO = timedelta(hours=1)


def cancel_with_pid(session: Session, storage: Storage, *, host: str, boot_id: str) -> str:
    """Leave a canceled job whose row names a process of a worker on `host` at `boot_id`."""
    now = utc_now()
    worker = Worker(
        id=str(uuid.uuid4()),
        state=WorkerState.UP,
        host=host,
        boot_id=boot_id,
        pid=1,
        version="0",
        concurrency=1,
        started_at=now - LONG_AGO,
        heartbeat_at=now - LONG_AGO,
    )
    worker_id = worker.id
    workers.register(session, worker)
    upload_id, partial = submission.new_upload(storage)
    partial.write_bytes(b"film")
    order = submission.JobRequest(spec="{}", output_filename="a.mp4")
    job = submission.accept_file(
        session, storage, Settings(), order, submission.ReceivedFile(upload_id, "film.mp4", 4, "cd")
    )
    claim = queue.claim_next(
        session, worker_id=worker_id, holder=str(uuid.uuid4()), needs=frozenset({""})
    )
    assert claim is not None
    store.request_cancel(session, job.id)
    with writing(session):
        session.execute(update(Job).where(Job.id == job.id).values(pid=99999, pid_started=1))
    return str(job.id)


@pytest.mark.parametrize(
    ("host", "boot_id", "kept"),
    [
        (socket.gethostname(), "an earlier boot", None),
        (socket.gethostname(), processes.boot_id(), 99999),
        ("another host", "another boot", 99999),
    ],
)
def test_only_processes_of_this_machines_earlier_boots_are_forgotten(
    session: Session, storage: Storage, host: str, boot_id: str, kept: int | None
) -> None:
    job_id = cancel_with_pid(session, storage, host=host, boot_id=boot_id)

    rescues.forget_earlier_boots(session, socket.gethostname())

    assert store.find(session, job_id).pid == kept


def test_another_machine_of_this_name_that_lives_keeps_its_processes(
    session: Session, storage: Storage
) -> None:
    job_id = cancel_with_pid(session, storage, host=socket.gethostname(), boot_id="another boot")
    with writing(session):
        session.execute(update(Worker).values(heartbeat_at=utc_now()))

    rescues.forget_earlier_boots(session, socket.gethostname())

    assert store.find(session, job_id).pid == 99999


def test_only_processes_of_this_boot_are_watched(session: Session, storage: Storage) -> None:
    cancel_with_pid(session, storage, host=socket.gethostname(), boot_id="an earlier boot")
    job_id = cancel_with_pid(
        session, storage, host=socket.gethostname(), boot_id=processes.boot_id()
    )

    assert [hold.job_id for hold in rescues.holds(session)] == [job_id]
