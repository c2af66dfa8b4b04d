"""`-progress`: key=value lines on a job, in the format of ffmpeg."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from ..client.models import Status
from ..client.transfer.overwrite_guard import Sources
from ..errors import LocalFileProblem
from ..workflow.progress_view import ProgressView

_TOTALS = ("frame", "fps", "out_seconds", "output_bytes", "dup_frames", "drop_frames", "speed")


class ProgressReport:
    """A view that writes to a stream, and forwards every call to another view.

    The block with `progress=end` is written after the download: programs then expect the result.
    """

    def __init__(self, view: ProgressView, stream: TextIO) -> None:
        self._view = view
        self._stream = stream
        self._known: dict[str, Any] = {}

    def accepted(self, job_id: str) -> None:
        """Forward the id of the created job."""
        self._view.accepted(job_id)

    def note(self, text: str) -> None:
        """Forward the note."""
        self._view.note(text)

    def sent(self, done: int, total: int | None) -> None:
        """Forward the progress of the upload."""
        self._view.sent(done, total)

    def sent_input(self, path: Path, done: int, total: int) -> None:
        """Forward the progress of one of several inputs."""
        self._view.sent_input(path, done, total)

    def status(self, status: Status) -> None:
        """Write a block for the status; values that it leaves out keep their last value."""
        self._view.status(status)
        values = {name: status.raw.get(name) for name in _TOTALS}
        self._known |= {name: value for name, value in values.items() if value is not None}
        if not status.is_final:
            self._write(block_of(self._known, "continue"))

    def received(self, done: int, total: int | None) -> None:
        """Forward the progress of the download."""
        self._view.received(done, total)

    def close(self) -> None:
        """Write the last block."""
        self._view.close()
        self._write(block_of(self._known, "end"))

    def _write(self, block: str) -> None:
        self._stream.write(block)
        self._stream.flush()


def block_of(known: Mapping[str, Any], progress: str) -> str:
    """Return one block of `-progress`: N/A for unknown values, no frames for audio."""
    seconds, size, speed = (known.get(name) for name in ("out_seconds", "output_bytes", "speed"))
    microseconds = "N/A" if seconds is None else round(seconds * 1_000_000)
    fields: dict[str, object] = {}
    if known.get("frame") is not None:
        fields |= {"frame": known["frame"], "fps": f"{known.get('fps') or 0:.2f}"}
    fields |= {
        "bitrate": f"{size * 8 / seconds / 1000:6.1f}kbits/s" if size and seconds else "N/A",
        "total_size": "N/A" if size is None else size,
        "out_time_us": microseconds,
        "out_time_ms": microseconds,  # microseconds in every version of FFmpeg
        "out_time": "N/A" if microseconds == "N/A" else _hms(int(microseconds)),
        "dup_frames": known.get("dup_frames") or 0,
        "drop_frames": known.get("drop_frames") or 0,
        "speed": "N/A" if speed is None else f"{speed:.3g}x",
        "progress": progress,
    }
    return "".join(f"{key}={value}\n" for key, value in fields.items())


@contextmanager
def open_progress(target: str, sources: Sources) -> Iterator[TextIO]:
    """Open the stream of `-progress TARGET`; raise LocalFileProblem if it is one of `sources`."""
    if target in ("-", "pipe:1", "pipe:"):
        yield sys.stdout
    elif target == "pipe:2":
        yield sys.stderr
    else:
        path = Path(target.removeprefix("file:"))
        sources.refuse(path)
        try:
            stream = path.open("w", encoding="ascii")
        except OSError as exc:
            raise LocalFileProblem(f"{path} cannot be written: {exc.strerror}") from exc
        with stream:
            yield stream


def _hms(microseconds: int) -> str:
    seconds, rest = divmod(microseconds, 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest:06}"
