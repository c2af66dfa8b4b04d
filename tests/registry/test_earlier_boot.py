"""Processes of an earlier boot of this host are not searched for: the reboot ended them."""

import socket
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.database import writing
from ffremote.db.models import Job, Worker
from ffremote.files.storage import Storage
from ffremote.host import processes
from ffremote.jobs import rescues, store
from tests.support.builders import claim_job, queue_job, register_worker, update_row

LONG_AGO = timedelta(hours=1)


def cancel_with_pid(session: Session, storage: Storage, *, host: str, boot_id: str) -> str:
    """Leave a canceled job whose row names a process of a worker on `host` at `boot_id`."""
    worker_id = register_worker(
        session, host=host, boot_id=boot_id, heartbeat_at=utc_now() - LONG_AGO
    )
    queue_job(session, storage)
    job_id = claim_job(session, worker_id=worker_id, holder=str(uuid.uuid4())).job_id
    store.request_cancel(session, job_id)
    update_row(session, Job, job_id, pid=99999, pid_started=1)
    return job_id


@pytest.mark.parametrize(
    ("host", "boot_id", "kept"),
    [
        (socket.gethostname(), "an earlier boot", None),
        (socket.gethostname(), f"{processes.boot_id()}/a data directory", 99999),
        ("another host", "another boot", 99999),
    ],
)
def test_only_processes_of_earlier_boots_of_this_host_are_forgotten(
    session: Session, storage: Storage, host: str, boot_id: str, kept: int | None
) -> None:
    job_id = cancel_with_pid(session, storage, host=host, boot_id=boot_id)

    rescues.forget_earlier_boots(session, socket.gethostname())

    assert store.find(session, job_id).pid == kept


def test_a_live_host_of_the_same_name_keeps_its_processes(
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
