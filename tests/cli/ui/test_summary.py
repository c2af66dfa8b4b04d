"""The summary line of a run: the result, and the speed if it is meaningful."""

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
    message = result_line(outcome({"duration": length} if length else {}))

    assert "realtime" not in message
    assert "50 %" in message


def test_a_video_has_a_speed() -> None:
    assert result_line(outcome({"duration": 12.0})).endswith(", 6x realtime")
