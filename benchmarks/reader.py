"""Downloads one path again and again in a process of its own, beside what is measured."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

from benchmarks.wire import Address, fetch

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def reading(address: Address, path: str) -> Iterator[None]:
    """Run a reader for as long as the block lasts."""
    argv = [sys.executable, "-m", "benchmarks.reader", address[0], str(address[1]), path]
    with Popen(argv, cwd=ROOT) as child:
        try:
            yield
        finally:
            child.kill()


if __name__ == "__main__":
    host, port, path = sys.argv[1:]
    while True:
        fetch((host, int(port)), path)
