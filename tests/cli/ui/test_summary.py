"""The line at the end of a run says what came of it, and a speed only where that says something."""

from pathlib import Path
from typing import Any

import pytest

from ffremote_cli.ui.summary import result_line
from ffremote_cli.workflow.conversion import Conversion, ConversionResult


def outcome(result: dict[str, Any]) -> ConversionResult:
    """A job that ran for two seconds."""
    job = {"result": result, "timings": {"running_seconds": 2.0}}
    conversion = Conversion(Path("in.mov"), {}, Path("out"))
    return ConversionResult(conversion, job, 3.0, 2_000_000, 1_000_000, "0" * 64)


@pytest.mark.parametrize("length", [None, 0.04, 0.08])
def test_a_picture_has_no_speed(length: float | None) -> None:
    said = result_line(outcome({"duration": length} if length else {}))

    assert "realtime" not in said
    assert "50 %" in said


def test_a_film_has_one() -> None:
    assert result_line(outcome({"duration": 12.0})).endswith(", 6x realtime")
