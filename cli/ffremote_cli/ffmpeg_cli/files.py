"""Where the input of an ffmpeg command line comes from, and where its output goes."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ..client.transfer.overwrite_guard import Sources
from ..errors import LocalFileProblem
from ..translate import Translation

_STDIN = ("-", "pipe:0", "pipe:")
_STDOUT = ("-", "pipe:1", "pipe:")


@contextmanager
def source_of(means: Translation) -> Iterator[Path]:
    """The file to send; what comes from stdin is kept in a temporary file.

    So is a text whose charset the line names: it is sent as UTF-8.
    """
    if means.input not in _STDIN and means.charset is None:
        yield Path(means.input)
        return
    with tempfile.TemporaryDirectory(prefix="ffremote-") as folder:
        if means.charset is not None:
            yield _as_utf8(Path(means.input), means.charset, Path(folder))
            return
        path = Path(folder, "stdin")
        with path.open("wb") as spool:
            shutil.copyfileobj(sys.stdin.buffer, spool, 1 << 20)
        yield path


@contextmanager
def target_of(means: Translation, *, overwrite: bool | None) -> Iterator[Path]:
    """The file for the result; one that goes to stdout is temporary and printed at the end.

    Raises LocalFileProblem for the input itself, which `overwrite` does not change, for a missing
    directory, and for a file that is there and may not be overwritten; None asks the person.
    """
    if means.output in _STDOUT:
        with tempfile.TemporaryDirectory(prefix="ffremote-") as folder:
            target = Path(folder, means.job["output_filename"])
            yield target
            _print(target)
        return
    target = Path(means.output)
    _refuse_source(target, sources_of(means))
    if not target.parent.is_dir():
        raise LocalFileProblem(f"{target}: No such file or directory")
    if target.exists() and not _may_overwrite(target, overwrite):
        raise LocalFileProblem(f"File '{target}' already exists. Exiting.")
    yield target


def _as_utf8(path: Path, charset: str, folder: Path) -> Path:
    """A copy of the text, under its own name; raises LocalFileProblem where it is none."""
    try:
        text = path.read_bytes().decode(charset)
    except OSError as exc:
        raise LocalFileProblem(f"{path} cannot be read: {exc.strerror}") from exc
    except (ValueError, LookupError) as exc:
        raise LocalFileProblem(
            f"{path} is not text in {charset}: {exc}",
            hint="leave -sub_charenc out: the server guesses the charset, and a warning names it",
        ) from exc
    copy = folder / path.name
    copy.write_text(text, encoding="utf-8", newline="")
    return copy


def sources_of(means: Translation) -> Sources:
    """The input, which the output may not be."""
    return Sources() if means.input in _STDIN else Sources.of([Path(means.input)])


def _refuse_source(target: Path, sources: Sources) -> None:
    try:
        sources.refuse(target)
    except LocalFileProblem as exc:
        raise LocalFileProblem(
            f"Output {target} same as Input #0 - exiting",
            hint="-y does not change that: a result never replaces its input; name another output",
        ) from exc


def _may_overwrite(target: Path, overwrite: bool | None) -> bool:
    if overwrite is not None or not sys.stdin.isatty():
        return bool(overwrite)
    return click.confirm(f"File '{target}' already exists. Overwrite?", err=True)


def _print(path: Path) -> None:
    with path.open("rb") as film:
        shutil.copyfileobj(film, sys.stdout.buffer, 1 << 20)
    sys.stdout.buffer.flush()
