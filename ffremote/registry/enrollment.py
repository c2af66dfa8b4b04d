"""What the registry is told of a worker of this host: its row, and the space that it has."""

import os
import socket
from collections.abc import Callable

import ffremote
from ffremote.db.models import Worker
from ffremote.db.types import DatabaseNow
from ffremote.files.room import Room
from ffremote.files.storage import Storage
from ffremote.host import processes
from ffremote.ledger.values import NewWorker
from ffremote.states import WorkerState


def free_bytes_of(storage: Storage, reserve_bytes: int) -> Callable[[], int | None]:
    """Return what says how much a worker can store; None where the files are on its disk."""
    if storage.depot.is_on_this_disk:
        return lambda: None
    return Room(storage, reserve_bytes).free_bytes


def worker_row(worker: NewWorker, place: str, free_bytes: int | None) -> Worker:
    """Return the row of a worker that is this process."""
    return Worker(
        id=worker.id,
        state=WorkerState.UP,
        host=socket.gethostname(),
        boot_id=place,
        pid=os.getpid(),
        pid_started=processes.started_at(os.getpid()),
        version=ffremote.__version__,
        concurrency=worker.concurrency,
        ffmpeg_version=worker.ffmpeg_version,
        sandbox=worker.sandbox,
        capabilities=worker.capabilities,
        labels=list(worker.labels),
        free_bytes=free_bytes,
        started_at=DatabaseNow(),
        heartbeat_at=DatabaseNow(),
    )
