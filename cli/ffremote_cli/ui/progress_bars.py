"""Progress on stderr as bars, one for each input that is on its way."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from ..client.models import Status
from ..formatting import columns_of, one_line

_BYTES = "{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} {rate_fmt} {elapsed}<{remaining}"
_BYTES_OF_UNKNOWN = "{desc} {n_fmt} {rate_fmt}"
_PERCENT = "{desc} {percentage:3.0f}%|{bar}| "
_FILMS = "{desc} {n}/{total} |{bar}| {elapsed}"
_NAME_WIDTH = 18
_PACE_WIDTH = 26  # so that the bar keeps its length while the numbers change
_TEXT = "{desc} "


class ProgressDisplay:
    """The lines at the bottom of the terminal: one for each film that is on its way."""

    def __init__(self, *, quiet: bool, count: int = 1, always: bool = False) -> None:
        # tqdm's monitor thread is of use only to loops that never report.
        tqdm.monitor_interval = 0
        self._disable = quiet or not (always or sys.stderr.isatty())
        self._several = count > 1
        self._total: tqdm[Any] | None = None
        if self._several:
            self._total = self.bar("files", _FILMS, total=count, leave=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._total is not None:
            self._total.close()

    def view(self, name: str) -> "JobProgress":
        """A line for one input."""
        return JobProgress(self, name if self._several else "", leave=not self._several)

    def tell(self, text: str) -> None:
        """Print a line above the bars."""
        if not self._disable:
            tqdm.write(text, file=sys.stderr)

    def bar(self, what: str, form: str, *, total: int | None, leave: bool) -> "tqdm[Any]":
        """A new line."""
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
        """While entered, stdout and stderr can be printed to without tearing the bars."""
        with tqdm.external_write_mode(file=sys.stderr):
            yield

    def input_done(self) -> None:
        """One film fewer."""
        if self._total is not None:
            self._total.update()


class JobProgress:
    """Shows one film's upload, queue, encode and download, one after the other."""

    def __init__(self, board: ProgressDisplay, name: str, *, leave: bool) -> None:
        self._board = board
        self._name = f"{shortened(one_line(name), _NAME_WIDTH):{_NAME_WIDTH}} " if name else ""
        self._leave = leave
        self._bar: tqdm[Any] | None = None
        self._showing: str | None = None

    def accepted(self, job_id: str) -> None:
        """The server has the job; its id stays in sight."""
        if self._name:
            self._name = f"{self._name}{job_id[:8]} "
        else:
            self._board.tell(f"job {job_id}")

    def note(self, text: str) -> None:
        """What holds the work up, instead of the numbers; the next change takes it away."""
        bar = self._show("waiting", _TEXT, leave=False) if self._bar is None else self._bar
        # An error may hold braces, which are fields to tqdm.
        said = one_line(text).replace("{", "{{").replace("}", "}}")
        bar.bar_format = f"{_PERCENT}{said}" if bar.total else f"{_TEXT}{said}"
        bar.refresh()

    def sent(self, have: int, total: int | None) -> None:
        """That many bytes of the film went out."""
        if have == total and self._showing != "upload":
            bar = self._show("upload", _TEXT, leave=False)
            bar.bar_format = f"{_TEXT}already on the server"
            bar.refresh()
        else:
            self._count("upload", have, total)

    def status(self, status: Status) -> None:
        """What the server says of the job."""
        if status.upload is not None:
            self._count("upload", status.upload.bytes_received, status.upload.bytes)
        elif status.state == "queued":
            bar = self._show("queued", _TEXT, leave=False)
            bar.bar_format = _TEXT + _ahead(status)
            bar.refresh()
        elif status.state == "running":
            self._encoding(status)
        elif status.state == "completed":
            self._encoding(status)
            self._end()

    def received(self, have: int, total: int | None) -> None:
        """That many bytes of the result are here."""
        self._count("download", have, total)

    def close(self) -> None:
        """The work has ended, well or not; a bar that is not full is taken away."""
        if self._bar is not None and self._bar.n < (self._bar.total or 0):
            self._bar.leave = False
        self._end()
        self._board.input_done()

    def _count(self, what: str, have: int, total: int | None) -> None:
        begins = self._showing != what
        bar = self._show(what, _BYTES if total else _BYTES_OF_UNKNOWN, total=total)
        bar.bar_format = _BYTES if total else _BYTES_OF_UNKNOWN  # after a note
        if begins:
            bar.initial = bar.n = have  # the speed is that of what moves now
        bar.update(have - bar.n)

    def _encoding(self, status: Status) -> None:
        phase = {"probing": "probe", "verifying": "verify"}.get(status.phase or "", "encode")
        bar = self._show("encode", _PERCENT, total=100)
        bar.set_description_str(self._label(phase), refresh=False)
        # in the format, because tqdm would set a comma before a postfix
        bar.bar_format = f"{_PERCENT}{pace_of(status):{_PACE_WIDTH}}"
        bar.n = max(bar.n, status.percent)
        bar.refresh()

    def _show(
        self, what: str, form: str, *, total: int | None = None, leave: bool | None = None
    ) -> "tqdm[Any]":
        if self._bar is None or self._showing != what:
            self._end()
            keep = self._leave if leave is None else leave
            self._bar = self._board.bar(self._label(what), form, total=total, leave=keep)
            self._showing = what
        return self._bar

    def _label(self, what: str) -> str:
        return f"{self._name}{what:8}"

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar, self._showing = None, None


def pace_of(status: Status) -> str:
    """`48 fps 1.9x ETA 0:12`, as far as it is known."""
    words = []
    if status.fps:
        words.append(f"{status.fps:.0f} fps")
    if status.speed:
        words.append(f"{status.speed:.3g}x")
    if status.eta_seconds is not None and not status.is_final:
        words.append(f"ETA {tqdm.format_interval(round(status.eta_seconds))}")
    if status.attempt and status.attempt > 1:
        words.append(f"attempt {status.attempt}")
    return " ".join(words)


def shortened(name: str, width: int) -> str:
    """A file name in at most `width` columns; its end says more than its middle."""
    if columns_of(name) <= width:
        return name
    head, tail = name, name
    while columns_of(head) > width // 2 - 1:
        head = head[:-1]
    while columns_of(tail) > width // 2:
        tail = tail[1:]
    return f"{head}…{tail}"


def _ahead(status: Status) -> str:
    if status.queue_position is None:
        return "waiting"
    if status.queue_position == 1:
        return "next in the queue"
    return f"{status.queue_position - 1} ahead in the queue"
