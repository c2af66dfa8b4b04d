"""Progress bars of a job with several inputs: one for each file, and the total."""

from pathlib import Path

import pytest

from ffremote_cli.ui.progress_bars import ProgressDisplay


def test_each_file_has_a_bar_of_its_own_beside_the_total(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with ProgressDisplay(quiet=False, always=True) as display:
        view = display.view("")
        view.sent(0, 300)
        view.sent_input(Path("films/a.mkv"), 50, 100)
        view.sent_input(Path("films/b.srt"), 200, 200)
        view.sent(250, 300)
        view.close()

    drawn = capfd.readouterr().err
    assert "a.mkv" in drawn
    assert "b.srt" in drawn
    assert "0.00/300" in drawn
    assert "films/" not in drawn


def test_a_quiet_display_draws_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with ProgressDisplay(quiet=True) as display:
        view = display.view("")
        view.sent(0, 300)
        view.sent_input(Path("a.mkv"), 50, 100)
        view.close()

    assert capfd.readouterr().err == ""
