"""Time steps in turns, on a warm page cache, and print their rates."""

import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.parts.wire import BLOCK, SIZE

ROUNDS = 5
PRIME_BYTES = 4 << 30

# Does the timed work; may return a clean-up, which is not timed.
Step = Callable[[], Callable[[], object] | None]


def in_turns(steps: Mapping[str, Step]) -> Mapping[str, list[float]]:
    """Return the seconds of each step in each round, after a warm-up round."""
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for turn in range(ROUNDS + 1):
        for name, step in steps.items():
            began = time.perf_counter()
            tidy_up = step()
            if turn:
                seconds[name].append(time.perf_counter() - began)
            if tidy_up is not None:
                tidy_up()
    return seconds


def write(path: Path, size: int) -> None:
    """Make a file of zeros."""
    with path.open("wb", buffering=0) as file:
        for _ in range(size // len(BLOCK)):
            file.write(BLOCK)


def prime(path: Path) -> None:
    """Touch the memory that the page cache will need: a virtual machine gets it page by page.

    Otherwise the first writer is slower by a factor of three (measured in a KVM guest).
    """
    write(path, PRIME_BYTES)
    path.unlink()


def print_rates(seconds: Mapping[str, list[float]], *against: str) -> None:
    """Print MB/s of each step, and its ratio to those named in `against`."""
    rates = {name: SIZE / 1e6 / statistics.median(each) for name, each in seconds.items()}
    for name, rate in rates.items():
        runs = ", ".join(f"{SIZE / 1e6 / each:.0f}" for each in sorted(seconds[name]))
        ratios = "".join(f"{rate / rates[one]:5.2f} x {one}  " for one in against if one in rates)
        print(f"    {name:<26}{rate:6.0f} MB/s  {ratios} [{runs}]", flush=True)
