"""The processor share and memory of an idle server, worker and cleanup."""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tools.private_service import Service

SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the service, as /proc describes it."""

    pid: int
    parent: int
    name: str
    cpu_seconds: float
    resident_mb: float
    own_mb: float


def measure(service: Service, scratch: Path) -> None:
    """Print the share of one core that each program uses while idle."""
    if sys.platform != "linux":
        print("  measured on Linux only")
        return
    time.sleep(3)  # without the start
    before = {process.pid: process.cpu_seconds for process in family(service.process.pid)}
    time.sleep(SECONDS)
    totals: dict[str, float] = {}
    for process in family(service.process.pid):
        used = process.cpu_seconds - before.get(process.pid, 0)
        totals[process.name] = totals.get(process.name, 0) + used
    for name, used in totals.items():
        print(f"  {name:18} {100 * used / SECONDS:5.2f} % of a core, over {SECONDS:.0f} s")


def measure_memory(service: Service, scratch: Path) -> None:
    """Print the resident and the private memory of each process."""
    if sys.platform != "linux":
        print("  measured on Linux only")
        return
    for process in family(service.process.pid):
        print(
            f"  {process.name:18} {process.resident_mb:6.1f} MB resident, "
            f"{process.own_mb:6.1f} MB of its own"
        )


def family(root: int) -> list[Process]:
    """Return a process and its descendants, parents first."""
    entries = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    everyone = [process for pid in entries if (process := _read(pid))]
    found = [process for process in everyone if process.pid == root]
    for parent in found:  # `found` grows during the loop
        found += [process for process in everyone if process.parent == parent.pid]
    return found


def _read(pid: int) -> Process | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        memory = Path(f"/proc/{pid}/smaps_rollup").read_text()
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None  # it ended meanwhile, or belongs to another user
    ticks = int(fields[11]) + int(fields[12])
    numbers = {line.split()[0]: int(line.split()[1]) for line in memory.splitlines()[1:]}
    return Process(
        pid=pid,
        parent=int(fields[1]),
        name=_name(words),
        cpu_seconds=ticks / os.sysconf("SC_CLK_TCK"),
        resident_mb=numbers["Rss:"] / 1024,
        own_mb=(numbers["Private_Clean:"] + numbers["Private_Dirty:"]) / 1024,
    )


def _name(words: list[str]) -> str:
    """Return a short name for a command line."""
    if "-m" in words[:3]:
        return words[words.index("-m") + 1].removeprefix("tools.")
    program = Path(words[1] if len(words) > 1 and "python" in words[0] else words[0]).name
    return "cleanup" if program == "flask" else program
