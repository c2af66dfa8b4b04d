"""Input and output of `ffremote ffmpeg`, with stdin, stdout and ffmpeg's rules for overwriting."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from ..client.transfer.overwrite_guard import Sources
from ..errors import LocalFileProblem
from ..translate import SourceFile, Translation

_STDIN = ("-", "pipe:0", "pipe:")
_STDOUT = ("-", "pipe:1", "pipe:")
_BLOCK_BYTES = 1 << 20


@contextmanager
def input_files(translation: Translation) -> Iterator[tuple[Path, ...]]:
    """Yield the files to upload, in the order of the job's inputs.

    stdin is copied to a temporary file, and so is a subtitle file with `-sub_charenc`, as UTF-8.
    """
    with ExitStack() as stack:
        yield tuple(stack.enter_context(_input_file(each)) for each in translation.inputs)


@contextmanager
def _input_file(source: SourceFile) -> Iterator[Path]:
    if source.name not in _STDIN and source.charset is None and not source.parts:
        yield Path(source.name)
        return
    with tempfile.TemporaryDirectory(prefix="ffremote-") as folder:
        if source.charset is not None:
            yield _copy_as_utf8(Path(source.name), source.charset, Path(folder))
            return
        if source.parts:
            yield _join(source, Path(folder))
            return
        path = Path(folder, "stdin")
        with path.open("wb") as spool:
            shutil.copyfileobj(sys.stdin.buffer, spool, _BLOCK_BYTES)
        yield path


@contextmanager
def output_files(translation: Translation, *, overwrite: bool | None) -> Iterator[tuple[Path, ...]]:
    """Yield the path of each output; see `_output_file`."""
    outputs = translation.job.get("outputs") or [translation.job]
    names = [each["output_filename"] for each in outputs]
    with ExitStack() as stack:
        yield tuple(
            stack.enter_context(_output_file(path, name, translation, overwrite=overwrite))
            for path, name in zip(translation.outputs, names, strict=True)
        )


@contextmanager
def _output_file(
    output: str, name: str, translation: Translation, *, overwrite: bool | None
) -> Iterator[Path]:
    """Yield the path of a result; a result for stdout is a temporary file, printed at the end.

    Raise LocalFileProblem for an input itself, even with `overwrite`, for a missing directory, and
    for an existing file that may not be overwritten; None asks on the terminal.
    """
    if output in _STDOUT:
        with tempfile.TemporaryDirectory(prefix="ffremote-") as folder:
            target = Path(folder, name)
            yield target
            if target.exists():  # FFmpeg writes no picture where there is no frame
                _print(target)
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
    names = [name for each in translation.inputs for name in (each.name, *each.parts)]
    return Sources.of(Path(name) for name in names if name not in _STDIN)


def _copy_as_utf8(path: Path, charset: str, folder: Path) -> Path:
    """Return a copy in UTF-8 with the same name; raise LocalFileProblem if it cannot be decoded."""
    try:
        text = path.read_bytes().decode(charset)
    except OSError as exc:
        raise LocalFileProblem(f"{path} cannot be read: {exc.strerror}") from exc
    except (ValueError, LookupError) as exc:
        raise LocalFileProblem(
            f"{path} is not text in {charset}: {exc}",
            hint="leave out -sub_charenc: the server detects the encoding and names it in a"
            " warning",
        ) from exc
    copy = folder / path.name
    copy.write_text(text, encoding="utf-8", newline="")
    return copy


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


def _refuse_inputs(target: Path, translation: Translation) -> None:
    for number, source in enumerate(translation.inputs):
        if source.name in _STDIN:
            continue
        try:
            Sources.of(map(Path, (source.name, *source.parts))).refuse(target)
        except LocalFileProblem as exc:
            raise LocalFileProblem(
                f"Output {target} same as Input #{number} - exiting",
                hint="a result never replaces its input, even with -y; name another output",
            ) from exc


def _may_overwrite(target: Path, overwrite: bool | None) -> bool:
    if overwrite is not None or not sys.stdin.isatty():
        return bool(overwrite)
    return click.confirm(f"File '{target}' already exists. Overwrite?", err=True)


def _print(path: Path) -> None:
    with path.open("rb") as result:
        shutil.copyfileobj(result, sys.stdout.buffer, _BLOCK_BYTES)
    sys.stdout.buffer.flush()
