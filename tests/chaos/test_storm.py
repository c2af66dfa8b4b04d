"""A short storm; `./run chaos` has the long ones."""

from pathlib import Path

import pytest

from tests.chaos.storm import rage


@pytest.mark.slow
def test_nothing_is_lost_stuck_twice_or_astray_after_a_storm(tmp_path: Path) -> None:
    verdict = rage(tmp_path, seconds=4, seed=7)

    assert verdict.faults == [], verdict.text
    assert verdict.deeds > 2  # five, on a machine that had nine other things to do
