"""Download one path repeatedly in another process, as load during a measurement."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

from benchmarks.parts.wire import Address, fetch

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def reading(address: Address, path: str) -> Iterator[None]:
    """Run the reader until the block ends."""
    argv = [sys.executable, "-m", "benchmarks.transfers.reader", address[0], str(address[1]), path]
    with Popen(argv, cwd=ROOT) as child:
        try:
            yield
        finally:
            child.kill()


if __name__ == "__main__":
    host, port, path = sys.argv[1:]
    while True:
        fetch((host, int(port)), path)
