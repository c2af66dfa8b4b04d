"""Which jobs describe a file: on parts of it, on more of it, on all of it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ffremote_cli.errors import Refused
from ffremote_cli.workflow.conversion import Conversion, ConversionResult
from ffremote_cli.workflow.describing import ROUNDS, describe

SIZE = 200 << 20
STREAMS = {"streams": []}


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A large file that takes no space."""
    path = tmp_path / "film.mkv"
    with path.open("wb") as file:
        file.truncate(SIZE)
    return path


def parts_of(job: Mapping[str, Any]) -> list[list[int]] | None:
    excerpt = (job.get("input") or {}).get("excerpt")
    return excerpt and excerpt["parts"]


def described(
    film: Path, answer: Callable[[int], dict[str, Any]]
) -> tuple[int | None, list[list[list[int]] | None], list[str]]:
    """Return the bytes sent, the parts of each job, and what was said."""
    jobs: list[list[list[int]] | None] = []
    said: list[str] = []

    def run(conversion: Conversion) -> ConversionResult:
        parts = parts_of(conversion.job)
        jobs.append(parts)
        sent = sum(length for _, length in parts) if parts else SIZE
        return ConversionResult(conversion, {"input": answer(len(jobs))}, 0.0, sent, None, None)

    found = describe(Conversion(film, {"probe": True}, None), run, said.append)
    return found.sent_bytes, jobs, said


def test_parts_are_enough_for_most_files(film: Path) -> None:
    sent, jobs, said = described(film, lambda turn: STREAMS)

    assert [bool(parts) for parts in jobs] == [True]
    assert sent is not None and sent < 4 << 20
    assert said == []


def test_what_was_missing_is_sent_as_well(film: Path) -> None:
    missing = {"missing": [[100 << 20, 65536]]}

    sent, jobs, said = described(film, lambda turn: missing if turn == 1 else STREAMS)

    assert [len(parts or ()) for parts in jobs] == [2, 3]
    assert any(at == 100 << 20 for at, _ in jobs[1] or ())
    assert sent is not None and sent < 8 << 20
    assert said == []


@pytest.mark.parametrize(
    "missing",
    [
        [[0, SIZE]],
        [[1 << 20, 2 << 30]],
        *([[-5, 3]], [["0", "x"]], ["parts"], [[SIZE, 1]], [[1.5, 2]], [[True, True]], [[1, 2, 3]]),
    ],
)
def test_files_that_need_all_of_it_are_sent_whole(film: Path, missing: list[Any]) -> None:
    sent, jobs, said = described(
        film, lambda turn: {"missing": missing} if turn <= ROUNDS else STREAMS
    )

    assert jobs[-1] is None
    assert len(jobs) == 2 if missing == [[0, SIZE]] else len(jobs) <= ROUNDS + 1
    assert sent is not None and sent > SIZE
    assert len(said) == 1


def test_a_server_of_an_earlier_version_gets_the_whole_file(film: Path) -> None:
    def refuse(turn: int) -> dict[str, Any]:
        if turn == 1:
            details = {"field": "input.excerpt"}
            raise Refused("no such key", code="INVALID_ARGUMENT", status=400, details=details)
        return STREAMS

    sent, jobs, said = described(film, refuse)

    assert (sent, jobs[1:], said) == (None, [None], [])


def test_other_refusals_are_errors(film: Path) -> None:
    def refuse(turn: int) -> dict[str, Any]:
        raise Refused("full", code="QUEUE_FULL", status=429, details={})

    with pytest.raises(Refused, match="full"):
        described(film, refuse)
