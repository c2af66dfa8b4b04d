"""Asks the ledger in a thread of its own: a registry that hangs holds up nothing but its answer.

The thread that runs FFmpeg reads its pipes and hears signals meanwhile.
"""

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswerYet
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from ffremote.ledger.protocol import Ledger, LedgerAway

T = TypeVar("T")


class Clerk:
    """Asks one question after another, in the order in which they were put.

    The thread is a daemon: a process that ends does not wait for an answer.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._questions: SimpleQueue[tuple[Callable[[Ledger], Any], Future[Any]]] = SimpleQueue()
        self._thread: Thread | None = None

    def ask(self, question: Callable[[Ledger], T]) -> Future[T]:
        """Put a question; return its answer, which may come later or be an error."""
        if self._thread is None:
            self._thread = Thread(target=self._work, name="clerk", daemon=True)
            self._thread.start()
        answer: Future[T] = Future()
        self._questions.put((question, answer))
        return answer

    def _work(self) -> None:
        while True:
            question, answer = self._questions.get()
            try:
                answer.set_result(question(self._ledger))
            except BaseException as exc:
                answer.set_exception(exc)


def within(seconds: float, answer: Future[T]) -> T:
    """Return an answer that comes within `seconds`; raise LedgerAway if it has not come yet."""
    try:
        return answer.result(seconds)
    except NoAnswerYet:
        if answer.done():  # at the last moment; or the question itself raised a TimeoutError
            return answer.result()
        raise LedgerAway("it has not answered yet") from None
