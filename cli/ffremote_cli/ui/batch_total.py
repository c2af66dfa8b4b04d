"""The bar of a whole batch: how many inputs are done, run and wait, and the time that is left."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

_FORM = "{desc} {n}/{total} |{bar}| {elapsed}"
_SHARE_OF_UPLOAD = 0.1
_ENCODED = 0.9
_FIRST_ESTIMATE_SECONDS = 2.0
_LEAST_DONE = 0.02
_REFRESH_SECONDS = 0.2
_SHOWN = ("uploading", "running", "downloading", "queued")


@dataclass(slots=True)
class BatchItem:
    """What one input of the batch is doing."""

    step: str = "waiting"
    done: float = 0.0
    """Its share of the work that is done, from 0 to 1."""
    bytes: int | None = None
    has_upload: bool = True
    """False if the server had the input already: there is only the encode to wait for."""

    def uploaded(self, done: int, total: int | None) -> None:
        """Some bytes are uploaded."""
        if self.step == "waiting" and done == total:
            self.has_upload = False
        self.step, self.bytes = "uploading", total or self.bytes
        if total and self.has_upload:
            self._advance(_SHARE_OF_UPLOAD * done / total)

    def encoded(self, percent: int) -> None:
        """The job runs."""
        begin = _SHARE_OF_UPLOAD if self.has_upload else 0.0
        self.step = "running"
        self._advance(begin + (_ENCODED - begin) * percent / 100)

    def downloaded(self, done: int, total: int | None) -> None:
        """Some bytes of the result are here."""
        self.step = "downloading"
        if total:
            self._advance(_ENCODED + (1 - _ENCODED) * done / total)

    def end(self) -> None:
        """The input is done, or has failed."""
        self.step, self.done = "done", 1.0

    def _advance(self, done: float) -> None:
        self.done = max(self.done, min(done, 1.0))


class BatchTotal:
    """The bar below those of the single inputs; safe to use from several threads."""

    def __init__(self, bar: "tqdm[Any]", count: int) -> None:
        self._bar = bar
        self._count = count
        self._items: list[BatchItem] = []
        self._began = time.monotonic()
        self._drawn_at = 0.0
        self._lock = threading.Lock()

    def begin(self) -> BatchItem:
        """Return a further input of the batch."""
        item = BatchItem()
        with self._lock:
            self._items.append(item)
        return item

    def refresh(self) -> None:
        """Draw the bar, unless that was done just now."""
        now = time.monotonic()
        with self._lock:
            if now - self._drawn_at < _REFRESH_SECONDS:
                return
            self._drawn_at = now
            text = batch_text(self._items, self._count, now - self._began)
        self._bar.bar_format = f"{_FORM} {text}".rstrip()
        self._bar.refresh()

    def end(self, item: BatchItem) -> None:
        """Count one more input as finished."""
        item.end()
        self._bar.update()
        self._drawn_at = 0.0
        self.refresh()

    def close(self) -> None:
        """Remove the bar."""
        self._bar.close()


def batch_text(items: Sequence[BatchItem], count: int, elapsed: float) -> str:
    """Return what the inputs do, and when all are done: `2 running, 5 queued, ETA 01:20`."""
    steps = Counter(item.step for item in items)
    words = [f"{steps[step]} {step}" for step in _SHOWN if steps[step]]
    if (left := seconds_left(items, count, elapsed)) is not None:
        words.append(f"ETA {tqdm.format_interval(round(left))}")
    return ", ".join(words)


def seconds_left(items: Sequence[BatchItem], count: int, elapsed: float) -> float | None:
    """Return the time until all `count` inputs are done, at the pace so far; None if unknown.

    An input of unknown size counts as one of average size.
    """
    sizes = [item.bytes for item in items if item.bytes]
    average = sum(sizes) / len(sizes) if sizes else 1.0
    done = sum((item.bytes or average) * item.done for item in items)
    total = sum(item.bytes or average for item in items) + average * (count - len(items))
    if elapsed < _FIRST_ESTIMATE_SECONDS or done < _LEAST_DONE * total or done >= total:
        return None
    return elapsed * (total - done) / done
