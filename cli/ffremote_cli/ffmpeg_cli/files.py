"""Input and output of `ffremote ffmpeg`, with stdin, stdout and ffmpeg's rules for overwriting."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from ..client.sequence.notation import PicturePattern
from ..client.transfer.overwrite_guard import Sources
from ..errors import LocalFileProblem
from ..translate import SourceFile, Translation
from ..workflow import stdio
from .packages import pattern_path

_BLOCK_BYTES = 1 << 20


def reads_stdin(translation: Translation) -> bool:
    """Return whether stdin is an input."""
    return any(source.name in stdio.STDIN for source in translation.inputs)


@contextmanager
def input_files(translation: Translation, *, max_bytes: int) -> Iterator[tuple[Path, ...]]:
    """Yield the files to upload, in the order of the job's inputs; `max_bytes` bounds stdin."""
    with ExitStack() as stack:
        spool = stack.enter_context(stdio.spooled(max_bytes)) if reads_stdin(translation) else None
        yield tuple(
            spool
            if spool is not None and each.name in stdio.STDIN
            else stack.enter_context(_input_file(each))
            for each in translation.inputs
        )


@contextmanager
def _input_file(source: SourceFile) -> Iterator[Path]:
    if not source.parts:
        yield _path_of(source)
        return
    with tempfile.TemporaryDirectory(prefix="ffremote-") as folder:
        join = _number_pictures if source.is_sequence else _join
        yield join(source, Path(folder))


@contextmanager
def output_files(
    translation: Translation, *, overwrite: bool | None
) -> Iterator[tuple[Path | None, ...]]:
    """Yield the path of each output, None for one that is no file; see `_output_file`."""
    outputs = translation.job.get("outputs") or [translation.job]
    names = [each["output_filename"] for each in outputs]
    with ExitStack() as stack:
        yield tuple(
            stack.enter_context(_output(number, name, translation, overwrite=overwrite))
            for number, name in enumerate(names)
        )


@contextmanager
def _output(
    number: int, name: str, translation: Translation, *, overwrite: bool | None
) -> Iterator[Path | None]:
    """Yield the path of an output: of a package, the one that the line names."""
    pattern = translation.patterns.get(number)
    if not translation.has_file[number]:
        yield None
    elif pattern is not None:
        yield pattern_path(pattern, overwrite=overwrite)
    else:
        path = translation.outputs[number]
        with _output_file(path, name, translation, overwrite=overwrite) as target:
            yield target


@contextmanager
def _output_file(
    output: str, name: str, translation: Translation, *, overwrite: bool | None
) -> Iterator[Path]:
    """Yield the path of a result; a result for stdout is a temporary file, printed at the end.

    Raise LocalFileProblem for an input itself, even with `overwrite`, for a missing directory, and
    for an existing file that may not be overwritten; None asks on the terminal.
    """
    if output in stdio.STDOUT:
        with tempfile.TemporaryDirectory(prefix="ffremote-") as folder:
            target = Path(folder, name)
            yield target
            if target.exists():  # FFmpeg writes no picture where there is no frame
                stdio.print_file(target)
        return
    target = Path(output)
    _refuse_inputs(target, translation)
    if not target.parent.is_dir():
        raise LocalFileProblem(f"{target}: No such file or directory")
    if target.exists() and not _may_overwrite(target, overwrite):
        raise LocalFileProblem(f"File '{target}' already exists. Exiting.")
    yield target


def sources_of(translation: Translation) -> Sources:
    """Return the input files, which the result must not overwrite."""
    return Sources.of(path for each in translation.inputs for path in _paths_of(each))


def _paths_of(source: SourceFile) -> tuple[Path, ...]:
    """Return the paths of the files that the input is read from; none for stdin."""
    return () if source.name in stdio.STDIN else (_path_of(source), *map(Path, source.parts))


def _path_of(source: SourceFile) -> Path:
    if source.is_sequence and not source.parts:
        return PicturePattern(source.name, source.start_number, source.is_glob).path
    return Path(source.name)


def _join(source: SourceFile, folder: Path) -> Path:
    """Return a file with the bytes of all parts; raise LocalFileProblem if one cannot be read."""
    joined = folder / f"{Path(source.name).stem}{Path(source.parts[0]).suffix}"
    with joined.open("wb") as target:
        for part in source.parts:
            try:
                with Path(part).open("rb") as file:
                    shutil.copyfileobj(file, target, _BLOCK_BYTES)
            except OSError as exc:
                raise LocalFileProblem(f"{part} cannot be read: {exc.strerror}") from exc
    return joined


def _number_pictures(source: SourceFile, folder: Path) -> Path:
    """Return the pattern of links to the pictures of a list; raise LocalFileProblem without one."""
    ending = Path(source.parts[0]).suffix.lower()
    for number, part in enumerate(source.parts, 1):
        path = Path(part)
        if not path.is_file():
            raise LocalFileProblem(f"{part} cannot be read: no such file, named in {source.name}")
        (folder / f"{number:06}{ending}").symlink_to(path.absolute())
    return PicturePattern(f"{folder}/%06d{ending}".replace("%", "%%").replace("%%06d", "%06d")).path


def _refuse_inputs(target: Path, translation: Translation) -> None:
    for number, source in enumerate(translation.inputs):
        try:
            Sources.of(_paths_of(source)).refuse(target)
        except LocalFileProblem as exc:
            raise LocalFileProblem(
                f"Output {target} same as Input #{number} - exiting",
                hint="a result never replaces its input, even with -y; name another output",
            ) from exc


def _may_overwrite(target: Path, overwrite: bool | None) -> bool:
    if overwrite is not None or not sys.stdin.isatty():
        return bool(overwrite)
    return click.confirm(f"File '{target}' already exists. Overwrite?", err=True)
