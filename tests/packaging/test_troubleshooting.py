"""docs/troubleshooting.md: each message in its table of messages is one that the programs print."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.support.paths import CHECKOUT

PAGE = (CHECKOUT / "docs/troubleshooting.md").read_text()
TABLE = PAGE.partition("## What it says\n")[2].partition("\n## ")[0]
PHRASES = [
    phrase
    for row in TABLE.splitlines()[3:]
    if row.startswith("|")
    for phrase in re.findall(r"\*([^*]+)\*", row.split("|")[1])
]


def printed() -> Iterator[str]:
    """Yield the texts of the programs; a value in a text is `…`."""
    for folder in ("cli", "ffremote", "worker"):
        for path in (CHECKOUT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.JoinedStr):
                    yield "".join(text(part) for part in node.values)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def text(part: ast.expr) -> str:
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "…"


TEXTS = [" ".join(each.split()) for each in printed()]


def test_the_table_has_messages() -> None:
    assert len(PHRASES) > 25


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_message_of_the_table_is_printed_by_the_programs(phrase: str) -> None:
    pieces = [piece.strip() for piece in phrase.split("…")]

    assert [piece for piece in pieces if not any(piece in each for each in TEXTS)] == []
