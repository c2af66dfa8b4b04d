"""The program `ffremote`: prints its version, or hands the words to the group of commands.

Little is imported here, so that `ffremote --version` does not wait for click.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module


def main(args: Sequence[str] | None = None) -> None:
    """Run the program and exit with its status."""
    words = list(sys.argv[1:] if args is None else args)
    if instruction := os.environ.get("_FFREMOTE_COMPLETE"):
        sys.exit(import_module(".group", __package__).complete(instruction))
    if os.path.basename(sys.argv[0]) == "ffmpeg":  # noqa: PTH119 - a symlink, for other programs
        words = ["ffmpeg", *words]
    sys.exit(run(words))


def run(words: list[str]) -> int:
    """Run the command line in `words`; return the exit status."""
    if words == ["--version"]:
        print(version_line())
        return 0
    status: int = import_module(".group", __package__).run(words)
    return status


def version_line() -> str:
    """Return the name and the version of the program."""
    metadata = import_module("importlib.metadata")  # slow to import, and used only here
    return f"ffremote {metadata.version('ffremote')}"
