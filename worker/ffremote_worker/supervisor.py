"""Keeps a worker's slots running, records its heartbeat, rescues lost jobs, and stops in order."""

import logging
import os
import select
import signal
import socket
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
from .slot_process import SlotProcess

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
STOP_SECONDS = 10.0
RESTART_SECONDS = 2.0  # a slot that ends sooner than this after its start is not restarted at once


class Supervisor:
    """One worker daemon: its row, its slots, its watch over lost jobs."""

    def __init__(self, context: WorkerContext, *, concurrency: int, once: bool) -> None:
        self._context = context
        self._concurrency = concurrency
        self._once = once
        self._id = str(uuid.uuid4())
        self._slots: list[SlotProcess] = []
        self._signals_received = 0
        self._signals_handled = 0
        self._is_ending = False  # drains because of a signal, then ends
        self._is_paused = False  # drains because of a request in its row, then stays idle
        self._kill_at: float | None = None
        self._next_heartbeat = 0.0
        self._was_notified = True
        self._rescuer = Rescuer(context.storage, context.settings.lease_seconds)

    def run(self) -> None:
        """Run until a signal asks to end and every slot has ended."""
        storage = self._context.storage
        with (
            ProcessLock(storage.lock(self._id)),
            Listener(storage.run, self._id) as listener,
            self._context.sessions() as session,
        ):
            self._listener = listener
            self._start(session)
            while not self._is_over():
                self._poll(session)
                self._was_notified = self._wait(listener)
            workers.set_state(session, self._id, WorkerState.GONE)
        log.info("worker %s: stopped", self._id)

    def _start(self, session: Session) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGCHLD):
            signal.signal(number, self._on_signal)
        workers.register(session, self._row())
        self._sweep(session)
        log.info(
            "worker %s: %d slots, %s, sandbox %s",
            self._id,
            self._concurrency,
            self._context.capabilities.versions,
            self._context.runtime.sandbox.name,
        )
        self._slots = [self._new_slot() for _ in range(self._concurrency)]

    def _sweep(self, session: Session) -> None:
        """Remove what crashed processes left behind; a failure does not prevent the start."""
        try:
            rescues.forget_earlier_boots(session, socket.gethostname())
            orphans.sweep(session, self._context.storage)
        except (OperationalError, OSError) as exc:
            log.warning("worker %s: orphans are left to the cleanup: %s", self._id, exc)

    def _poll(self, session: Session) -> None:
        """Run every periodic step once; a step that fails is repeated at the next poll."""
        self._handle_signals()
        self._replace_ended_slots()
        for step in (self._rescue, self._send_heartbeat):
            try:
                step(session)
            except OperationalError as exc:
                log.warning("worker %s: the database cannot be used: %s", self._id, exc.orig)
            except OSError as exc:
                log.warning("worker %s: the data directory cannot be used: %s", self._id, exc)

    def _rescue(self, session: Session) -> None:
        """Return lost jobs to the queue and wake the workers."""
        if self._rescuer.rescue_lost(session):
            notify.notify_all(self._context.storage.run)

    def _send_heartbeat(self, session: Session) -> None:
        """Record a heartbeat when due; then, or when notified, read whether to drain."""
        is_due = clock.monotonic() >= self._next_heartbeat
        if is_due:
            interval = workers.HEARTBEAT_INTERVAL.total_seconds()
            self._next_heartbeat = clock.monotonic() + interval
            workers.record_heartbeat(session, self._id)
            ballast.restore(self._context.storage)
        if is_due or self._was_notified:
            self._set_paused(session, workers.is_asked_to_drain(session, self._id))

    def _handle_signals(self) -> None:
        """Act on each received signal: the first drains the slots, the second stops them."""
        while self._signals_handled < self._signals_received:
            self._signals_handled += 1
            if self._signals_handled == 1:
                self._end()
            elif self._signals_handled == 2:
                self._stop()

    def _end(self) -> None:
        """Drain, and end when the running jobs have ended."""
        log.info("worker %s: draining; a second signal stops it now", self._id)
        self._is_ending = True
        with self._context.sessions() as session:
            self._drain(session)

    def _set_paused(self, session: Session, requested: bool) -> None:
        """Drain and stay, or claim jobs again, as requested in the worker's row."""
        if requested is self._is_paused or self._is_ending:
            return
        self._is_paused = requested
        if requested:
            log.info("worker %s: draining on request; idle until undrained", self._id)
            self._drain(session)
        else:
            log.info("worker %s: claims jobs again", self._id)
            self._set_state(session, WorkerState.UP)

    def _drain(self, session: Session) -> None:
        for slot in self._slots:
            slot.send_signal(signal.SIGTERM)
        self._set_state(session, WorkerState.DRAINING)

    def _set_state(self, session: Session, state: WorkerState) -> None:
        try:
            workers.set_state(session, self._id, state)
        except OperationalError as exc:
            log.warning("worker %s: state %s cannot be stored: %s", self._id, state, exc.orig)

    def _stop(self) -> None:
        log.info("worker %s: stopping now; its jobs return to the queue", self._id)
        self._kill_at = clock.monotonic() + STOP_SECONDS
        for slot in self._slots:
            slot.send_signal(signal.SIGQUIT)

    def _replace_ended_slots(self) -> None:
        """Start a new slot for each that has ended, unless the worker ends or is paused."""
        if self._kill_at is not None and clock.monotonic() > self._kill_at:
            for slot in self._slots:
                slot.send_signal(signal.SIGKILL)
        if self._is_ending or self._is_paused or self._once:
            return
        for index, slot in enumerate(self._slots):
            if slot.has_ended and clock.monotonic() - slot.started > RESTART_SECONDS:
                self._log_end(slot)
                self._slots[index] = self._new_slot()

    def _log_end(self, slot: SlotProcess) -> None:
        """Log a slot that failed; one that drained has exit status 0."""
        code = slot.process.returncode
        if code:
            log.error("worker %s: a slot died (%s); a new one starts", self._id, code)

    def _is_over(self) -> bool:
        is_ending = self._is_ending or self._once
        return is_ending and all(slot.has_ended for slot in self._slots)

    def _new_slot(self) -> SlotProcess:
        sandbox = self._context.runtime.sandbox.name
        return SlotProcess(self._id, sandbox=sandbox, once=self._once)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGQUIT:
            self._signals_received += 2  # for senders of a single signal, such as container engines
        elif number != signal.SIGCHLD:
            self._signals_received += 1
        self._listener.notify()

    def _wait(self, listener: Listener) -> bool:
        """Wait for the next poll; return whether a notification ended the wait."""
        waits = [listener] if listener.fileno() >= 0 else []
        notified, _, _ = select.select(waits, [], [], POLL_SECONDS)
        listener.drain()
        return bool(notified)

    def _row(self) -> Worker:
        now = utc_now()
        capabilities = self._context.capabilities
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
            sandbox=self._context.runtime.sandbox.name,
            capabilities=capabilities.to_json(),
            started_at=now,
            heartbeat_at=now,
        )
