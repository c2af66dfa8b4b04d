"""Reads the steps of a page: its shell blocks, whose info strings name the machine.

    ```sh box tunnel serves

is a block for the machine `box`, of the way `tunnel`, that keeps running. A block without a way
belongs to all ways. Further words: `check` is a check, repeated until it succeeds; `types-token`
gets the token that the box printed on stdin, as a user types it at the prompt.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MACHINES = ("box", "laptop")
WAYS = ("demo", "own", "tunnel", "tls")
KINDS = ("serves", "check", "types-token")

_HEADING = re.compile(r"#{1,6} +(.+)")
_OPENING = re.compile(r"```sh((?: [\w-]+)+)")
_HERE_DOCUMENT = re.compile(r"<<'?(\w+)'?")


class PageError(Exception):
    """An info string has a word that is not known."""


@dataclass(frozen=True, slots=True)
class Step:
    """One block of a page."""

    title: str
    """The heading above it."""
    machine: str
    way: str | None
    kind: str | None
    script: str

    @property
    def commands(self) -> int:
        """How many lines are entered: a continued line is one, and so is a here-document."""
        return 0 if self.kind == "check" else len(list(_entered(self.script.splitlines())))


def steps(page: Path, way: str) -> list[Step]:
    """Return the steps of one way through a page, in order; raise PageError."""
    return [step for step in _blocks(page.read_text()) if step.way in (None, way)]


def _blocks(text: str) -> Iterator[Step]:
    title, lines = "", iter(text.splitlines())
    for line in lines:
        if heading := _HEADING.fullmatch(line):
            title = heading[1]
        elif opening := _OPENING.fullmatch(line):
            script = "\n".join(iter(lines.__next__, "```"))
            yield _step(title, opening[1].split(), script)
        elif line.startswith("```"):
            list(iter(lines.__next__, "```"))


def _step(title: str, words: list[str], script: str) -> Step:
    found = {"machine": "", "way": None, "kind": None}
    for word in words:
        for name, known in (("machine", MACHINES), ("way", WAYS), ("kind", KINDS)):
            if word in known and not found[name]:
                found[name] = word
                break
        else:
            raise PageError(f"{title}: {word!r} in the info string of a block is not known")
    if not found["machine"]:
        raise PageError(f"{title}: the info string of a block names no machine")
    return Step(title, str(found["machine"]), found["way"], found["kind"], script)


def _entered(lines: list[str]) -> Iterator[str]:
    rest = iter(lines)
    for line in rest:
        entered = line
        while entered.endswith("\\"):
            entered = entered[:-1] + next(rest)
        if here := _HERE_DOCUMENT.search(entered):
            list(iter(rest.__next__, here[1]))
        if entered.strip() and not entered.lstrip().startswith("#"):
            yield entered
