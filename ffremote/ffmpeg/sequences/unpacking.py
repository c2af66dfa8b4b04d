"""Runs the program that takes an archive of pictures apart, in FFmpeg's own confinement."""

import errno
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ffremote import clock
from ffremote.states import FailureReason, Phase

from ..model.failure import TranscodeError, refuse
from ..model.picture_sequence import EXTENSIONS, MOST_PICTURES
from ..model.report import OnProgress, Report
from ..process.process import Process, ProcessCallbacks, run_process
from ..runtime import Runtime
from ..sandbox.sandbox import for_python, python_program

ARCHIVE = Path(__file__).with_name("archive.py")
TICK_SECONDS = 0.5
MIN_SECONDS = 300.0
_SLOWEST = 4 << 20  # bytes per second: slower than any disk of a server
_MAX_OUTPUT = 4096
_HINT = "Send an uncompressed archive of pictures: tar --format=ustar -cf pictures.tar *.png"
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The pictures of an archive: how many, their bytes together, their extension."""

    pictures: int
    bytes: int
    extension: str


def unpack(
    runtime: Runtime, directory: Path, archive: str, folder: str, *, on_progress: OnProgress
) -> Unpacked:
    """Write the pictures of `archive` into the new directory `folder`; both are in `directory`.

    Raise TranscodeError for an archive that is refused, and if the disk has no space for the
    pictures.
    """
    size = (directory / archive).stat().st_size
    if shutil.disk_usage(directory).free - size < runtime.limits.min_free_bytes:
        raise _disk_full()
    (directory / folder).mkdir(mode=0o700)
    words = ["-I", "-S", "-c", ARCHIVE.read_text("utf-8"), archive, folder, str(MOST_PICTURES)]
    sandbox = for_python(runtime.sandbox)
    output, messages = bytearray(), bytearray()
    ended = run_process(
        sandbox.command(python_program(), words, cwd=directory, writable=folder),
        cwd=directory,
        environ=sandbox.environ(folder),
        callbacks=ProcessCallbacks(
            _on_tick(on_progress, MIN_SECONDS + size / _SLOWEST),
            TICK_SECONDS,
            lambda data: _collect(output, data),
            lambda line: _collect(messages, line),
        ),
    )
    if ended.code != 0:
        raise refuse(
            FailureReason.RESOURCE_LIMIT,
            "The pictures could not be taken out of their archive: the program for it ended with"
            f" {ended.code if ended.signal is None else f'signal {ended.signal}'}.",
            messages.decode("utf-8", "replace")[-200:],
        )
    return _result(output)


def _on_tick(on_progress: OnProgress, seconds: float) -> Callable[[Process], None]:
    started = clock.monotonic()

    def tick(process: Process) -> None:
        if clock.monotonic() - started > seconds:
            raise refuse(
                FailureReason.RESOURCE_LIMIT,
                f"Taking the archive apart took longer than {seconds:.0f} seconds.",
            )
        on_progress(Report(Phase.PROBING, 0, pid=process.pid, pid_started=process.started))

    return tick


def _collect(into: bytearray, data: bytes) -> None:
    into.extend(data[: _MAX_OUTPUT - len(into)])


def _result(output: bytearray) -> Unpacked:
    found: dict[str, Any] = json.loads(output)
    if "error" in found:
        raise refuse(FailureReason.UNSUPPORTED_INPUT, str(found["error"]), _HINT)
    if found.get("failed") in _DISK_FULL:
        raise _disk_full()
    if "failed" in found:
        raise refuse(
            FailureReason.UNKNOWN,
            f"The pictures could not be written: {errno.errorcode.get(found['failed'], '?')}.",
        )
    unpacked = Unpacked(int(found["pictures"]), int(found["bytes"]), str(found["extension"]))
    assert unpacked.extension in EXTENSIONS.values(), unpacked.extension
    return unpacked


def _disk_full() -> TranscodeError:
    return refuse(
        FailureReason.DISK_FULL,
        "The pictures do not fit beside their archive into the free space that the server may use.",
        "Try again later, or tell the operator.",
    )
