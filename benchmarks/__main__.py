"""Run the benchmarks: `./run bench [NAME...]`, all of them without a name.

Absolute figures depend on the machine; the ratios compare steps that are measured in turns
within one run.
"""

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import cancel, confinement, idle, latency, overhead, overlap, planning, startup
from benchmarks.fleet import bucket
from benchmarks.page import pages
from benchmarks.queue import measuring
from benchmarks.remote import idle as remote_idle
from benchmarks.remote import worker
from benchmarks.transfers import files, flat, transfers
from tools import private_service

Benchmark = Callable[[private_service.Service, Path], None]

ALL: dict[str, Benchmark] = {
    "idle": idle.measure,  # first, before anything ran
    "startup": lambda _service, _scratch: startup.measure(),
    "latency": latency.measure,
    "overhead": overhead.measure,
    "overlap": overlap.measure,
    "transfers": transfers.measure,
    "files": lambda _service, scratch: files.measure(scratch),
    "flat": lambda _service, scratch: flat.measure(scratch),
    "fleet": lambda _service, scratch: bucket.measure(scratch),
    "cancel": cancel.measure,
    "confinement": confinement.measure,
    "planning": lambda _service, scratch: planning.measure(scratch),
    "queue": lambda _service, scratch: measuring.measure(scratch),
    "pages": lambda _service, scratch: pages.measure(scratch),
    "remote": lambda _service, scratch: worker.measure(scratch),
    "remote-idle": lambda _service, scratch: remote_idle.measure(scratch),
    "memory": idle.measure_memory,  # last, after everything ran
}


def main(names: Sequence[str]) -> int:
    """Run the benchmarks in their order on one service; return the exit status."""
    if {"-h", "--help"} & set(names):
        print(
            f"{__doc__}\nThere are: {', '.join(ALL)}; benchmarks/README.md says what each measures."
        )
        return 0
    if unknown := [name for name in names if name not in ALL]:
        print(f"bench: no benchmark {unknown[0]!r}; there are: {', '.join(ALL)}", file=sys.stderr)
        return 2
    with (
        tempfile.TemporaryDirectory(prefix="ffremote-bench-") as scratch,
        private_service.running(Path(scratch) / "service") as service,
    ):
        for name, benchmark in ALL.items():
            if not names or name in names:
                print(f"\n{name}", flush=True)
                benchmark(service, Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
