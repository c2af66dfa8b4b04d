"""Runs FFmpeg, confined, on one graph and tells how it ended and what it used."""

import os
import re
import resource
import signal
import subprocess
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ffremote import ffmpeg
from ffremote.config import Settings

from .filter_cases import Case

SECONDS = 12  # of processor time
CLOCK_FACTOR = 20  # wall-clock seconds per second of processor time, on a busy machine
MEMORY = 1 << 30


@dataclass(frozen=True)
class Verdict:
    """The result of a case: `how` is ok, refused, crash, time or memory."""

    how: str
    code: int
    cpu_seconds: float
    peak_bytes: int
    words: str = ""


def attempt(runtime: ffmpeg.Runtime, case: Case, graph: str, directory: Path) -> Verdict:
    """Run FFmpeg, confined, on one graph; about a tenth of the time is its start."""
    command = runtime.sandbox.command(
        runtime.binaries.ffmpeg, _argv(case, graph), cwd=directory, writable="out"
    )
    environ = runtime.sandbox.environ("out") | _checking()
    with (directory / "stderr").open("w+b") as stderr:
        child = subprocess.Popen(
            command,
            cwd=directory,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
        status, cpu, peak = _wait(child.pid)
        child.returncode = status or 0  # it is reaped: Popen must not wait for it
        stderr.seek(0)
        words = stderr.read(4000).decode("utf-8", "replace")
    return _verdict(status, cpu, peak, words)


def _argv(case: Case, graph: str) -> list[str]:
    if case.kind == "v":
        size, _, pix_fmt = case.source.partition(",")
        source = f"testsrc2=s={size}:r=10:d=0.8,format={pix_fmt}"
        work = ["-filter:v", graph, "-frames:v", "60"]
    else:
        source = f"anoisesrc=r={case.source.partition(':')[0]}:d=0.4,aformat=channel_layouts="
        source += case.source.rpartition("=")[2]
        work = ["-filter:a", graph, "-t", "20"]
    if ";" in graph:
        work[0] = "-lavfi"
    head = ["-hide_banner", "-nostdin", "-v", "error", "-filter_threads", "2"]
    return [*head, "-f", "lavfi", "-i", source, *work, "-f", "null", "-"]


@cache
def _checking() -> dict[str, str]:
    """Return the environment that makes glibc check the heap, if its library is installed."""
    found = sorted(Path("/lib").glob("*/libc_malloc_debug.so.0"))
    if not found:
        return {"GLIBC_TUNABLES": "glibc.malloc.perturb=165"}
    tunables = "glibc.malloc.check=3:glibc.malloc.perturb=165"
    return {"LD_PRELOAD": str(found[0]), "GLIBC_TUNABLES": tunables}


def _wait(pid: int) -> tuple[int | None, float, int]:
    """Wait for the end, at most SECONDS of processor time.

    Returns:
        The exit code, None if it took too long; the processor seconds; the most bytes in memory.
    """
    deadline = time.monotonic() + CLOCK_FACTOR * SECONDS
    peak = 0
    while True:
        peak = max(peak, _peak(pid))
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return code, _seconds(usage), max(peak, _own_peak(usage))
        if time.monotonic() > deadline or _cpu_seconds(pid) > SECONDS:
            os.kill(pid, signal.SIGKILL)
            _, _, usage = os.wait4(pid, 0)
            return None, _seconds(usage), max(peak, _own_peak(usage))
        time.sleep(0.02)


def _seconds(usage: resource.struct_rusage) -> float:
    return round(usage.ru_utime + usage.ru_stime, 2)


def _own_peak(usage: resource.struct_rusage) -> int:
    """Return the peak of an ended child; 0 if it may be the parent's, which fork and exec hand on.

    See getrusage(2): `ru_maxrss` is kept over an execve.
    """
    parent = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return usage.ru_maxrss << 10 if usage.ru_maxrss > parent else 0


def _peak(pid: int) -> int:
    """Return the peak of what a child runs now, in bytes; 0 once it has ended."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) << 10 if found else 0


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _verdict(status: int | None, cpu: float, peak: int, words: str) -> Verdict:
    how = "ok" if status == 0 else "refused"
    if status is None:
        how = "time"
    elif status < 0 or "Assertion" in words or "malloc()" in words:
        how = "crash"
    elif peak > MEMORY * 3 // 4:
        how = "memory"
    return Verdict(how, status if status is not None else -9, cpu, peak, words[-300:])


def make_runtime(binaries: ffmpeg.Binaries) -> ffmpeg.Runtime:
    """Return the runtime of a worker with little memory and this FFmpeg."""
    return ffmpeg.make_runtime(
        Settings(
            ffmpeg=str(binaries.ffmpeg),
            ffprobe=str(binaries.ffprobe),
            max_memory_bytes=MEMORY + (1 << 30),
            max_output_bytes=1 << 20,
        )
    )
