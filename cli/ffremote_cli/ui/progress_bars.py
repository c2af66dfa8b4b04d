"""Progress as bars on stderr, one for each input in progress."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from tqdm import tqdm

from ..client.models import Status
from ..formatting import one_line
from .batch_total import BatchItem, BatchTotal
from .words import pace_of, queue_text, shortened

_BYTES = "{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} {rate_fmt} {elapsed}<{remaining}"
_BYTES_OF_UNKNOWN = "{desc} {n_fmt} {rate_fmt}"
_PERCENT = "{desc} {percentage:3.0f}%|{bar}| "
_INPUTS = "{desc} {n}/{total} |{bar}| {elapsed}"
_NAME_WIDTH = 18
_PACE_WIDTH = 26  # fixed, so that the bar keeps its length while the numbers change
_TEXT = "{desc} "


class ProgressDisplay:
    """The bars at the bottom of the terminal: one per input, and a total for several inputs."""

    def __init__(self, *, quiet: bool, count: int = 1, always: bool = False) -> None:
        # tqdm's monitor thread only helps loops that never report.
        tqdm.monitor_interval = 0
        self._disable = quiet or not (always or sys.stderr.isatty())
        self._several = count > 1
        self.total: BatchTotal | None = None
        if self._several:
            bar = self.bar("files", _INPUTS, total=count, leave=False)
            self.total = BatchTotal(bar, count)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.total is not None:
            self.total.close()

    def view(self, name: str) -> "JobProgress":
        """Return the view of one input."""
        return JobProgress(self, name if self._several else "", leave=not self._several)

    def print_line(self, text: str) -> None:
        """Print a line above the bars, unless they are disabled."""
        if not self._disable:
            tqdm.write(text, file=sys.stderr)

    def bar(self, what: str, form: str, *, total: int | None, leave: bool) -> "tqdm[Any]":
        """Return a new bar; `form` is its tqdm format."""
        return tqdm(
            desc=what,
            bar_format=form,
            total=total,
            leave=leave,
            disable=self._disable,
            file=sys.stderr,
            dynamic_ncols=True,
            unit="B",
            unit_scale=True,
            mininterval=0.1,
            miniters=0,
        )

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """While entered, text can be printed to stdout and stderr without tearing the bars."""
        with tqdm.external_write_mode(file=sys.stderr):
            yield


class JobProgress:
    """The bar of one input: upload, queue, encode and download in turn."""

    def __init__(self, display: ProgressDisplay, name: str, *, leave: bool) -> None:
        self._display = display
        self._name = f"{shortened(one_line(name), _NAME_WIDTH):{_NAME_WIDTH}} " if name else ""
        self._without_id = self._name
        self._leave = leave
        self._bar: tqdm[Any] | None = None
        self._step: str | None = None
        self._input_bars: dict[Path, tqdm[Any]] = {}
        self._early: tqdm[Any] | None = None
        self._item = display.total.begin() if display.total is not None else BatchItem()

    def accepted(self, job_id: str) -> None:
        """Show the id of the created job for the rest of its run."""
        if self._name:
            self._name = f"{self._without_id}{job_id[:8]} "
        else:
            self._display.print_line(f"job {job_id}")

    def note(self, text: str) -> None:
        """Show the text instead of the numbers, until the next change."""
        bar = self._show("waiting", _TEXT, leave=False) if self._bar is None else self._bar
        # tqdm would read braces in an error message as fields.
        escaped = one_line(text).replace("{", "{{").replace("}", "}}")
        bar.bar_format = f"{_PERCENT}{escaped}" if bar.total else f"{_TEXT}{escaped}"
        bar.refresh()

    def sent(self, done: int, total: int | None) -> None:
        """Show the upload; an input that needs none is already on the server."""
        self._item.uploaded(done, total)
        if done == total and self._step != "upload":
            bar = self._show("upload", _TEXT, leave=False)
            bar.bar_format = f"{_TEXT}already on the server"
            bar.refresh()
        else:
            self._count("upload", done, total)

    def sent_input(self, path: Path, done: int, total: int) -> None:
        """Show the upload of one of several inputs in a bar of its own, until it is complete."""
        bar = self._input_bars.get(path)
        if bar is None:
            label = f"  {shortened(one_line(path.name), _NAME_WIDTH):{_NAME_WIDTH}}"
            bar = self._display.bar(label, _BYTES, total=total, leave=False)
            bar.initial = bar.n = done  # only new bytes count for the speed
            self._input_bars[path] = bar
        bar.update(done - bar.n)
        if done == total:
            bar.close()

    def status(self, status: Status) -> None:
        """Show the upload, the position in the queue, or the progress of the encode."""
        if status.upload is not None:
            self._item.uploaded(status.upload.bytes_received, status.upload.bytes)
            self._count("upload", status.upload.bytes_received, status.upload.bytes)
            self._encoding_early(status)
        elif status.state == "queued":
            self._queued(status)
        elif status.state == "running":
            self._encoding(status)
        elif status.state == "completed":
            self._encoding(status)
            self._end()
        self._refresh_total()

    def received(self, done: int, total: int | None) -> None:
        """Show the download."""
        self._item.downloaded(done, total)
        self._count("download", done, total)

    def _queued(self, status: Status) -> None:
        """Show the position in the queue; in a batch only the total, to make room for others."""
        self._item.step = "queued"
        if self._display.total is not None:
            self._end()
        else:
            bar = self._show("queued", _TEXT, leave=False)
            bar.bar_format = _TEXT + queue_text(status)
            bar.refresh()

    def close(self) -> None:
        """Close the bars; remove them if they are not full."""
        for bar in self._input_bars.values():
            bar.close()
        if self._bar is not None and self._bar.n < (self._bar.total or 0):
            self._bar.leave = False
        self._end()
        if self._display.total is not None:
            self._display.total.end(self._item)

    def _count(self, what: str, done: int, total: int | None) -> None:
        is_new = self._step != what
        bar = self._show(what, _BYTES if total else _BYTES_OF_UNKNOWN, total=total)
        bar.bar_format = _BYTES if total else _BYTES_OF_UNKNOWN  # after a note
        if is_new:
            bar.initial = bar.n = done  # only new bytes count for the speed
        bar.update(max(0, done - bar.n))  # a status has fewer than were sent
        self._refresh_total()

    def _refresh_total(self) -> None:
        if self._display.total is not None:
            self._display.total.refresh()

    def _encoding(self, status: Status) -> None:
        self._item.encoded(status.percent)
        phase = {"fetching": "fetch", "probing": "probe", "verifying": "verify"}.get(
            status.phase or "", "encode"
        )
        bar = self._show("encode", _PERCENT, total=100)
        bar.set_description_str(self._label(phase), refresh=False)
        # In the format, because tqdm puts a comma before a postfix.
        bar.bar_format = f"{_PERCENT}{pace_of(status):{_PACE_WIDTH}}"
        bar.n = max(bar.n, status.percent)
        bar.refresh()

    def _encoding_early(self, status: Status) -> None:
        """Show a second bar below that of the upload while the job reads what has arrived."""
        if status.state != "running" or self._display.total is not None:
            return
        if self._early is None:
            self._early = self._display.bar(self._label("encode"), _PERCENT, total=100, leave=False)
        self._early.bar_format = f"{_PERCENT}{pace_of(status):{_PACE_WIDTH}}"
        self._early.n = max(self._early.n, status.percent)
        self._early.refresh()

    def _show(
        self, what: str, form: str, *, total: int | None = None, leave: bool | None = None
    ) -> "tqdm[Any]":
        if self._bar is None or self._step != what:
            self._end()
            leave = self._leave if leave is None else leave
            self._bar = self._display.bar(self._label(what), form, total=total, leave=leave)
            self._step = what
        return self._bar

    def _label(self, what: str) -> str:
        return f"{self._name}{what:8}"

    def _end(self) -> None:
        for bar in (self._early, self._bar):
            if bar is not None:
                bar.close()
        self._early, self._bar, self._step = None, None, None
