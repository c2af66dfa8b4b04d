"""The files of a job with several inputs: opened, checked, each file once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .opening import open_input
from .source import SourceFile


@dataclass(frozen=True, slots=True)
class InputFiles:
    """Open files, and for each input of the job which of them it is."""

    files: tuple[SourceFile, ...]
    """Each file once, also if several inputs name it, by whatever path."""
    order: tuple[int, ...]
    """For each input of the job an index into `files`."""

    @property
    def has_repeats(self) -> bool:
        """Whether two inputs are the same file."""
        return len(self.files) < len(self.order)

    @property
    def size(self) -> int:
        """The bytes of all files together."""
        return sum(file.size for file in self.files)


@contextmanager
def open_inputs(
    paths: Sequence[Path], warn: Callable[[str], None] = lambda _: None
) -> Iterator[InputFiles]:
    """Open the inputs; raise LocalFileProblem if one of them cannot be one."""
    indices: dict[tuple[int, int], int] = {}
    files: list[SourceFile] = []
    order: list[int] = []
    with ExitStack() as stack:
        for path in paths:
            source = stack.enter_context(open_input(path, warn))
            index = indices.setdefault(source.identity, len(files))
            if index == len(files):
                files.append(source)
            order.append(index)
        yield InputFiles(tuple(files), tuple(order))
