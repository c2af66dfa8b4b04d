"""Keeps the slots of a worker running, tells that it lives, and stops it in order."""

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import uuid
from types import FrameType

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import ffremote
from ffremote import clock
from ffremote.clock import utc_now
from ffremote.db.models import Worker, WorkerState
from ffremote.files import ballast
from ffremote.host import notify, processes
from ffremote.host.locks import ProcessLock
from ffremote.host.notify import Listener
from ffremote.jobs import orphans, rescues, workers

from .context import WorkerContext
from .rescuer import Rescuer

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
STOP_SECONDS = 10.0
RESTART_SECONDS = 2.0  # a slot that dies sooner than this after its start waits before the next


class SlotProcess:
    """One running slot."""

    def __init__(self, worker_id: str, *, sandbox: str, once: bool) -> None:
        self.started = clock.monotonic()
        arguments = ["--worker", worker_id, "--holder", str(uuid.uuid4())]
        arguments += ["--parent", str(os.getpid()), "--sandbox", sandbox]
        arguments += ["--once"] if once else []
        # Its own session: a Ctrl-C in the terminal is for the supervisor, which tells the slots.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ffremote_worker.slot", *arguments],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to the slot's process alone; it ends its FFmpeg itself."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    @property
    def has_ended(self) -> bool:
        """Whether the process is over (and reaped)."""
        return self.process.poll() is not None


class Supervisor:
    """One worker daemon: its row, its slots, its eye on lost jobs."""

    def __init__(self, context: WorkerContext, *, concurrency: int, once: bool) -> None:
        self._workshop = context
        self._concurrency = concurrency
        self._once = once
        self._id = str(uuid.uuid4())
        self._slots: list[SlotProcess] = []
        self._signals = 0
        self._told = 0
        self._leaving = False  # a signal asked us to end
        self._paused = False  # a drain was asked for from outside: we stay, idle
        self._stop_by: float | None = None
        self._next_beat = 0.0
        self._rung = True
        self._rescuer = Rescuer(context.storage, context.settings.lease_seconds)

    def run(self) -> None:
        """Work until asked to stop and every slot has ended."""
        storage = self._workshop.storage
        with (
            ProcessLock(storage.lock(self._id)),
            Listener(storage.run, self._id) as listener,
            self._workshop.sessions() as session,
        ):
            self._listener = listener
            self._begin(session)
            while not self._is_over():
                self._turn(session)
                self._rung = self._wait(listener)
            workers.set_state(session, self._id, WorkerState.GONE)
        log.info("worker %s: stopped", self._id)

    def _begin(self, session: Session) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGCHLD):
            signal.signal(number, self._heard)
        workers.register(session, self._row())
        self._tidy(session)
        log.info(
            "worker %s: %d slots, %s, sandbox %s",
            self._id,
            self._concurrency,
            self._workshop.capabilities.versions,
            self._workshop.runtime.sandbox.name,
        )
        self._slots = [self._new_slot() for _ in range(self._concurrency)]

    def _tidy(self, session: Session) -> None:
        """Remove what others left behind; work begins also where that fails."""
        try:
            rescues.forget_earlier_boots(session, socket.gethostname())
            orphans.sweep(session, self._workshop.storage)
        except (OperationalError, OSError) as exc:
            log.warning("worker %s: orphans are left to the cleanup: %s", self._id, exc)

    def _turn(self, session: Session) -> None:
        """Look at everything once; what the database refuses now is done at the next turn."""
        self._obey()
        self._replace_dead()
        for deed in (self._rescue, self._beat):
            try:
                deed(session)
            except OperationalError as exc:
                log.warning("worker %s: the database does not answer: %s", self._id, exc.orig)
            except OSError as exc:
                log.warning("worker %s: the data directory cannot be used: %s", self._id, exc)

    def _rescue(self, session: Session) -> None:
        """Give lost jobs to whoever is free."""
        if self._rescuer.look(session):
            notify.notify_all(self._workshop.storage.run)

    def _beat(self, session: Session) -> None:
        """Write a heartbeat; read at the same time, or when rung, whether a drain is asked for."""
        is_due = clock.monotonic() >= self._next_beat
        if is_due:
            self._next_beat = clock.monotonic() + workers.HEARTBEAT_INTERVAL.total_seconds()
            workers.record_heartbeat(session, self._id)
            ballast.restore(self._workshop.storage)
        if is_due or self._rung:
            self._pause(session, workers.is_asked_to_drain(session, self._id))

    def _obey(self) -> None:
        """Pass each signal that we got to the slots: the first drains, the second stops."""
        while self._told < self._signals:
            self._told += 1
            if self._told == 1:
                self._leave()
            elif self._told == 2:
                self._stop()

    def _leave(self) -> None:
        """End when what runs is finished."""
        log.info("worker %s: draining; once more to stop now", self._id)
        self._leaving = True
        with self._workshop.sessions() as session:
            self._drain(session)

    def _pause(self, session: Session, asked: bool) -> None:
        """Drain and stay, or take jobs again, as asked from outside."""
        if asked is self._paused or self._leaving:
            return
        self._paused = asked
        if asked:
            log.info("worker %s: draining by request; it stays until undrained", self._id)
            self._drain(session)
        else:
            log.info("worker %s: takes jobs again", self._id)
            self._move(session, WorkerState.UP)

    def _drain(self, session: Session) -> None:
        for slot in self._slots:
            slot.tell(signal.SIGTERM)
        self._move(session, WorkerState.DRAINING)

    def _move(self, session: Session, state: WorkerState) -> None:
        try:
            workers.set_state(session, self._id, state)
        except OperationalError as exc:
            log.warning("worker %s: its row does not say %s: %s", self._id, state, exc.orig)

    def _stop(self) -> None:
        log.info("worker %s: stopping now, its jobs are given back", self._id)
        self._stop_by = clock.monotonic() + STOP_SECONDS
        for slot in self._slots:
            slot.tell(signal.SIGQUIT)

    def _replace_dead(self) -> None:
        """Put a new slot in the place of each that died, unless we are on our way out."""
        if self._stop_by is not None and clock.monotonic() > self._stop_by:
            for slot in self._slots:
                slot.tell(signal.SIGKILL)
        if self._leaving or self._paused or self._once:
            return
        for place, slot in enumerate(self._slots):
            if slot.has_ended and clock.monotonic() - slot.started > RESTART_SECONDS:
                self._log_end(slot)
                self._slots[place] = self._new_slot()

    def _log_end(self, slot: SlotProcess) -> None:
        """Log why a slot is replaced: one that drained ended with 0."""
        code = slot.process.returncode
        if code:
            log.error("worker %s: a slot died (%s); a new one starts", self._id, code)

    def _is_over(self) -> bool:
        leaving = self._leaving or self._once
        return leaving and all(slot.has_ended for slot in self._slots)

    def _new_slot(self) -> SlotProcess:
        sandbox = self._workshop.runtime.sandbox.name
        return SlotProcess(self._id, sandbox=sandbox, once=self._once)

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGQUIT:
            self._signals += 2  # for those who can send one only, such as a container engine
        elif number != signal.SIGCHLD:
            self._signals += 1
        self._listener.notify()

    def _wait(self, listener: Listener) -> bool:
        """Wait for the next look; return whether somebody rang for it."""
        rung, _, _ = select.select(
            [listener] if listener.fileno() >= 0 else [], [], [], LOOK_SECONDS
        )
        listener.drain()
        return bool(rung)

    def _row(self) -> Worker:
        now = utc_now()
        capabilities = self._workshop.capabilities
        return Worker(
            id=self._id,
            state=WorkerState.UP,
            host=socket.gethostname(),
            boot_id=processes.boot_id(),
            pid=os.getpid(),
            pid_started=processes.started_at(os.getpid()),
            version=ffremote.__version__,
            concurrency=self._concurrency,
            ffmpeg_version=capabilities.version,
            sandbox=self._workshop.runtime.sandbox.name,
            capabilities=capabilities.to_json(),
            started_at=now,
            heartbeat_at=now,
        )
