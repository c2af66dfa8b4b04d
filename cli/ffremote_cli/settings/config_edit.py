"""Writes a profile into the configuration file; everything else in it stays as it is."""

import contextlib
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..client.config_file import read_toml
from ..errors import LocalFileProblem

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SERVER_KEYS = ("server", "token", "ca")


def write_profile(path: Path, name: str, values: Mapping[str, str], *, is_default: bool) -> None:
    """Put server, token and certificates of a profile into the file, readable by its owner only.

    Other profiles, comments and the other keys of this one are kept. Raises LocalFileProblem,
    without a change, if the file cannot be read, edited or written.
    """
    before = read_toml(path) or {}
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    edited = with_profile(text, name, values, is_default=is_default)
    if _parsed(edited) != _expected(before, name, values, is_default=is_default):
        raise LocalFileProblem(
            f"{path} is written in a way that cannot be edited safely; nothing was changed",
            hint=f"write the profile as a table [profiles.{_key(name)}]",
        )
    try:
        _replace(path, edited)
    except OSError as exc:
        raise LocalFileProblem(
            f"{path} cannot be written: {exc.strerror}; nothing was changed"
        ) from exc


def with_profile(text: str, name: str, values: Mapping[str, str], *, is_default: bool) -> str:
    """Return the text of a configuration file with the profile in it."""
    top, *tables = _tables(text)
    if is_default:
        top = [line for line in top if not _sets(line, ("profile",))]
        top = [f"profile = {_string(name)}\n", *top]
    lines = [f"{key} = {_string(value)}\n" for key, value in values.items()]
    header: dict[str, Any] = {"profiles": {name: {}}}
    found = False
    for index, table in enumerate(tables):
        if _parsed(table[0]) == header:
            found = True
            kept = [line for line in table[1:] if not _sets(line, _SERVER_KEYS)]
            tables[index] = [table[0], *lines, *kept]
    if not found:
        gap = ["\n"] if top or tables else []
        tables.append([*gap, f"[profiles.{_key(name)}]\n", *lines])
    return "".join(line for table in (top, *tables) for line in table)


def _tables(text: str) -> list[list[str]]:
    """Return the lines before the first table, and those of each table from its header on."""
    found: list[list[str]] = [[]]
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith("["):
            found.append([])
        found[-1].append(line if line.endswith("\n") else f"{line}\n")
    return found


def _sets(line: str, keys: tuple[str, ...]) -> bool:
    return re.match(rf"\s*(?:{'|'.join(keys)})\s*=", line) is not None


def _expected(
    before: Mapping[str, Any], name: str, values: Mapping[str, str], *, is_default: bool
) -> dict[str, Any]:
    profiles = before.get("profiles", {})
    kept = {key: each for key, each in profiles.get(name, {}).items() if key not in _SERVER_KEYS}
    after = {**before, "profiles": {**profiles, name: {**kept, **values}}}
    return {**after, "profile": name} if is_default else after


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _string(name)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _replace(path: Path, text: str) -> None:
    target = path.resolve()  # a link, as in a folder of dotfiles, stays one
    target.parent.mkdir(parents=True, exist_ok=True)
    with _removed_unless_renamed(target) as (descriptor, beside):
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)


@contextlib.contextmanager
def _removed_unless_renamed(target: Path) -> Iterator[tuple[int, Path]]:
    # mkstemp makes the file with mode 600, which the rename keeps
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        yield descriptor, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
