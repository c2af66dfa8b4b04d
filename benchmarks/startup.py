"""How long `ffremote --version` and the help of a command take, beside Python itself."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 20
BIN = Path(sys.executable).parent


def measure() -> None:
    """Print the median and the shortest time of each in milliseconds, measured in turns."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "ffremote --version": [str(BIN / "ffremote"), "--version"],
        "ffremote --help": [str(BIN / "ffremote"), "--help"],
        "ffremote run --help": [str(BIN / "ffremote"), "run", "--help"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, argv in commands.items():
            began = time.perf_counter()
            subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
            times[name].append(1000 * (time.perf_counter() - began))
    for name, taken in times.items():
        print(
            f"  {name:22} median {statistics.median(taken):4.0f} ms, shortest {min(taken):4.0f} ms"
        )
