"""`-progress`: key=value lines about a job, as ffmpeg writes them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from .errand import View
from .errors import LocalFileProblem
from .results import Status


class ProgressReport:
    """A view that reports to a stream, and passes everything on to another view."""

    def __init__(self, view: View, stream: TextIO) -> None:
        self._view = view
        self._stream = stream

    def sent(self, have: int, total: int | None) -> None:
        """That many bytes of the film went out."""
        self._view.sent(have, total)

    def status(self, status: Status) -> None:
        """What the server says of the job."""
        self._view.status(status)
        self._stream.write(block_of(status))
        self._stream.flush()

    def received(self, have: int, total: int | None) -> None:
        """That many bytes of the result are here."""
        self._view.received(have, total)

    def close(self) -> None:
        """The errand has ended, well or not."""
        self._view.close()


def block_of(status: Status) -> str:
    """One block of `-progress`; what is not known is N/A, as with ffmpeg."""
    raw = status.raw
    seconds = raw.get("out_seconds")
    fields = {
        "frame": raw.get("frame") or 0,
        "fps": f"{status.fps or 0:.2f}",
        "total_size": _or_not(raw.get("output_bytes")),
        "out_time_us": "N/A" if seconds is None else round(seconds * 1_000_000),
        "out_time": "N/A" if seconds is None else _clock(seconds),
        "speed": "N/A" if status.speed is None else f"{status.speed:.3g}x",
        "progress": "end" if status.is_final else "continue",
    }
    return "".join(f"{key}={value}\n" for key, value in fields.items())


@contextmanager
def opened(target: str) -> Iterator[TextIO]:
    """The stream that `-progress TARGET` means."""
    if target in ("-", "pipe:1", "pipe:"):
        yield sys.stdout
    elif target == "pipe:2":
        yield sys.stderr
    else:
        path = Path(target.removeprefix("file:"))
        try:
            stream = path.open("w", encoding="ascii")
        except OSError as exc:
            raise LocalFileProblem(f"{path} cannot be written: {exc.strerror}") from exc
        with stream:
            yield stream


def _or_not(value: object) -> object:
    return "N/A" if value is None else value


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:02}:{minutes:02}:{rest:09.6f}"
