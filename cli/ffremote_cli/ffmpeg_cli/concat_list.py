"""-f concat and concat: on this machine: the files that a list names become inputs of the job."""

import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from ..errors import LocalFileProblem
from ..translate import CannotTranslate, CommandLine, InputFile, Option
from .picture_list import takes_pictures, with_pictures

MAX_FILES = 16
"""The server's limit of inputs for each job."""
MAX_LIST_BYTES = 1 << 20
_STDIN = ("-", "pipe:", "pipe:0", "/dev/stdin")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")
_PICTURES = frozenset({"png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff"})
_FORMATS = {"jpeg": "jpg", "tiff": "tif"}
_PART = {"inpoint": "ss", "outpoint": "to"}
_HEAD = ["ffconcat", "version", "1.0"]
_ALLOWED = frozenset({"f", "safe", "protocol_whitelist", "auto_convert", "re"})


@dataclass(slots=True)
class _Listed:
    """A file of a list, with the directives after it."""

    name: str
    values: dict[str, str] = field(default_factory=dict)


def with_listed_files(line: CommandLine) -> CommandLine:
    """Return the line with the files of its list as inputs, or the line itself without a list.

    Raise CannotTranslate for a list beside other inputs and for a directive that a job cannot
    express, LocalFileProblem for a list that cannot be read.
    """
    lists = [each for each in line.inputs if _is_list(each)]
    if not lists:
        return line
    other = next((each for each in lists[0].options if each.name not in _ALLOWED), None)
    if other is not None:
        raise CannotTranslate(
            other.word, "before a list of files it is not supported: write it after -i"
        )
    listed = _files_of(lists[0].name)
    if takes_pictures(line) and _are_pictures(listed):
        names = [each.name for each in listed]
        durations = [each.values.get("duration") for each in listed]
        return with_pictures(line, line.inputs.index(lists[0]), names, durations)
    if len(line.inputs) > 1:
        raise CannotTranslate(
            f"-i {lists[0].name}", "a list of files is supported as the only input of a line"
        )
    files = tuple(_input_of(each) for each in listed)
    if len(files) > MAX_FILES:
        raise CannotTranslate(
            f"-i {lists[0].name}",
            f"it names {len(files)} files, and a job joins at most {MAX_FILES}",
            hint="join them in several steps",
        )
    notes = tuple(
        f"the duration of {each.name} in the list is not used, its frames end it: outpoint ends it"
        " earlier"
        for each in listed
        if "duration" in each.values and not _is_picture(each)
    )
    return replace(line, inputs=files, is_joined=len(files) > 1, notes=notes)


def _is_list(source: InputFile) -> bool:
    return source.name.startswith("concat:") or source.values("f").get("f") == "concat"


def _files_of(name: str) -> list[_Listed]:
    if name.startswith("concat:"):
        return [_Listed(each) for each in name.removeprefix("concat:").split("|")]
    path = name.removeprefix("file:")
    folder = Path() if name in _STDIN else Path(path).parent
    listed = list(_parse(name, _text_of(name)))
    if not listed:
        raise CannotTranslate(f"-i {name}", "the list names no file")
    for each in listed:
        _refuse_url(each.name, name)
        each.name = str(folder / each.name.removeprefix("file:"))
    return listed


def _text_of(name: str) -> str:
    try:
        if name in _STDIN:
            raw = sys.stdin.buffer.read(MAX_LIST_BYTES + 1)
        else:
            with Path(name.removeprefix("file:")).open("rb") as file:
                raw = file.read(MAX_LIST_BYTES + 1)
    except OSError as exc:
        raise LocalFileProblem(f"{name}: {exc.strerror}") from exc
    if len(raw) > MAX_LIST_BYTES:
        raise CannotTranslate(f"-i {name}", f"a list has at most {MAX_LIST_BYTES} bytes")
    return raw.decode(errors="surrogateescape")


def _parse(name: str, text: str) -> Iterator[_Listed]:
    """Yield the files of a list; raise CannotTranslate for a directive that is not supported."""
    current: _Listed | None = None
    for number, line in enumerate(text.split("\n"), 1):
        place = f"{name}, line {number}"
        words = _words(place, line.rstrip("\r"))
        if not words or words == _HEAD:
            continue
        if words[0] == "file":
            if current is not None:
                yield current
            current = _Listed(_only(place, words))
        elif current is not None and words[0] in (*_PART, "duration"):
            current.values[words[0]] = _only(place, words)
        else:
            raise CannotTranslate(
                place,
                f"{' '.join(words)!r} is not supported; file, duration, inpoint and outpoint are",
            )
    if current is not None:
        yield current


def _only(place: str, words: list[str]) -> str:
    """Return the one value of a directive."""
    if len(words) != 2:
        raise CannotTranslate(
            place,
            f"{words[0]} takes one value, and this line has {len(words) - 1}",
            hint="put a name that has spaces in single quotes",
        )
    return words[1]


def _words(place: str, line: str) -> list[str]:
    """Return the words of a line, whose quotes and backslashes are those of a shell."""
    if line.lstrip().startswith("#"):
        return []
    lexer = shlex.shlex(line, posix=True, punctuation_chars="")
    lexer.whitespace_split, lexer.commenters, lexer.quotes = True, "", "'"
    try:
        return list(lexer)
    except ValueError as exc:
        raise CannotTranslate(place, "missing closing quote") from exc


def _refuse_url(file: str, name: str) -> None:
    if _SCHEME.match(file) and not file.startswith("file:"):
        raise CannotTranslate(
            f"-i {name}",
            f"it names {file}, and the server does not read URLs",
            hint="download the file first, and name the copy",
        )


def _input_of(listed: _Listed) -> InputFile:
    """Return the file as an input: inpoint, outpoint, and how long a picture is shown."""
    options = [
        Option(option, "", listed.values[name])
        for name, option in _PART.items()
        if name in listed.values
    ]
    if "duration" in listed.values and _is_picture(listed):
        options += [Option("loop", "", "1"), Option("t", "", listed.values["duration"])]
    return InputFile(listed.name, tuple(options))


def _are_pictures(listed: Sequence[_Listed]) -> bool:
    """Return whether the files are pictures of one format, which a sequence can have."""
    endings = {PurePath(each.name).suffix[1:].lower() for each in listed}
    formats = {_FORMATS.get(ending, ending) for ending in endings}
    has_parts = any(each.values.keys() & _PART.keys() for each in listed)
    return len(formats) == 1 and endings <= _PICTURES and not has_parts


def _is_picture(listed: _Listed) -> bool:
    return PurePath(listed.name).suffix[1:].lower() in _PICTURES
