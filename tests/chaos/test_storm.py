"""A short storm; `./run chaos` runs long ones."""

from pathlib import Path

import pytest

from tests.chaos.storm import run_storm
from tests.support import postgresql


@pytest.mark.slow
def test_a_storm_loses_duplicates_and_leaks_nothing(tmp_path: Path) -> None:
    verdict = run_storm(tmp_path, seconds=4, seed=7, crowd=6)

    assert verdict.faults == [], verdict.text
    assert verdict.injected > 2  # five, on a machine with nine other busy processes


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.skipif(postgresql.missing() is not None, reason=str(postgresql.missing()))
def test_a_storm_on_postgresql_loses_duplicates_and_leaks_nothing(tmp_path: Path) -> None:
    verdict = run_storm(tmp_path, seconds=12, seed=7, crowd=6, database="postgresql")

    assert verdict.faults == [], verdict.text
    assert verdict.injected > 2
