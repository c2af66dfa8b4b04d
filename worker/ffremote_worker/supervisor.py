"""Keeps a worker's slots running, records its heartbeat, rescues lost jobs, and stops in order."""

import logging
import select
import signal
import uuid
from collections.abc import Callable
from concurrent.futures import Future, wait
from types import FrameType
from typing import TypeVar

from ffremote import clock
from ffremote.host.locks import ProcessLock
from ffremote.host.notify import Listener
from ffremote.ledger.protocol import Ledger, LedgerAway
from ffremote.ledger.values import NewWorker
from ffremote.states import WorkerState

from .clerk import within
from .context import WorkerContext
from .heartbeat import LAST_SECONDS
from .rounds import Rounds
from .slot_process import SlotOptions, SlotProcess

log = logging.getLogger(__name__)

T = TypeVar("T")

POLL_SECONDS = 0.5
START_SECONDS = 60.0
STOP_SECONDS = 10.0
RESTART_SECONDS = 2.0  # a slot that ends sooner than this after its start is not restarted at once


class Supervisor:
    """One worker daemon: its row, its slots, its watch over lost jobs."""

    def __init__(self, context: WorkerContext, *, concurrency: int, slots: SlotOptions) -> None:
        self._context = context
        self._concurrency = concurrency
        self._options = slots
        self._id = str(uuid.uuid4())
        self._slots: list[SlotProcess] = []
        self._signals_received = 0
        self._signals_handled = 0
        self._is_ending = False  # drains because of a signal, then ends
        self._is_paused = False  # drains because of a request in its row, then stays idle
        self._kill_at: float | None = None
        self._rounds = Rounds(context, self._id)
        self._recorded: Future[None] = Future()  # of the latest state

    def run(self) -> None:
        """Run until a signal asks to end and every slot has ended."""
        storage = self._context.storage
        with (
            ProcessLock(storage.lock(self._id)),
            Listener(storage.run, self._id) as listener,
        ):
            self._listener = listener
            self._start()
            notified = True
            while not self._is_over():
                self._poll(notified=notified)
                notified = self._wait(listener)
            self._leave()
        log.info("worker %s: stopped", self._id)

    def _start(self) -> None:
        facts = self._facts()
        within(START_SECONDS, self._ask(lambda ledger: ledger.register(facts)))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGCHLD):
            signal.signal(number, self._on_signal)
        self._sweep()
        log.info(
            "worker %s: %d slots, %s, sandbox %s",
            self._id,
            self._concurrency,
            self._context.capabilities.versions,
            self._context.runtime.sandbox.name,
        )
        self._slots = [self._new_slot() for _ in range(self._concurrency)]

    def _sweep(self) -> None:
        """Remove what crashed processes left behind; a failure does not prevent the start."""
        swept = self._ask(lambda ledger: ledger.sweep())
        while not swept.done() and not self._signals_received:
            wait([swept], POLL_SECONDS)
        try:
            within(0, swept)
        except (LedgerAway, OSError) as exc:
            log.warning("worker %s: orphans are left to the cleanup: %s", self._id, exc)

    def _poll(self, *, notified: bool) -> None:
        """Act on signals and ended slots, and on what the registry answers."""
        self._handle_signals()
        self._replace_ended_slots()
        is_drain_requested = self._rounds.look(notified=notified)
        if is_drain_requested is not None:
            self._set_paused(is_drain_requested)

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
        self._drain()

    def _set_paused(self, requested: bool) -> None:
        """Drain and stay, or claim jobs again, as requested in the worker's row."""
        if requested is self._is_paused or self._is_ending:
            return
        self._is_paused = requested
        if requested:
            log.info("worker %s: draining on request; idle until undrained", self._id)
            self._drain()
        else:
            log.info("worker %s: claims jobs again", self._id)
            self._set_state(WorkerState.UP)

    def _drain(self) -> None:
        for slot in self._slots:
            slot.send_signal(signal.SIGTERM)
        self._set_state(WorkerState.DRAINING)

    def _set_state(self, state: WorkerState) -> None:
        """Let the state be recorded; one that cannot be is logged."""

        def record(ledger: Ledger) -> None:
            try:
                ledger.set_state(self._id, state)
            except LedgerAway as exc:
                log.warning("worker %s: state %s cannot be stored: %s", self._id, state, exc)

        self._recorded = self._ask(record)

    def _leave(self) -> None:
        """Record that the worker has gone, if the registry answers soon."""
        self._set_state(WorkerState.GONE)
        wait([self._recorded], LAST_SECONDS)

    def _ask(self, question: Callable[[Ledger], T]) -> Future[T]:
        return self._context.clerk.ask(question)

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
        if self._is_ending or self._is_paused or self._options.once:
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
        is_ending = self._is_ending or self._options.once
        return is_ending and all(slot.has_ended for slot in self._slots)

    def _new_slot(self) -> SlotProcess:
        sandbox = self._context.runtime.sandbox.name
        return SlotProcess(self._id, sandbox=sandbox, options=self._options)

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

    def _facts(self) -> NewWorker:
        capabilities = self._context.capabilities
        return NewWorker(
            id=self._id,
            concurrency=self._concurrency,
            ffmpeg_version=capabilities.version,
            sandbox=self._context.runtime.sandbox.name,
            capabilities=capabilities.to_json(),
            labels=self._context.settings.labels,
        )
