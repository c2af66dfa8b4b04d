"""A short storm; `./run chaos` runs long ones."""

from pathlib import Path

import pytest

from tests.chaos.contention import contend
from tests.chaos.parameters import parameters
from tests.chaos.storm import run_storm
from tests.support import postgresql


@pytest.mark.slow
def test_a_storm_loses_duplicates_and_leaks_nothing(tmp_path: Path) -> None:
    verdict = run_storm(tmp_path, seconds=4, seed=7, crowd=6)

    assert verdict.faults == [], verdict.text
    assert verdict.injected > 2  # five, on a machine with nine other busy processes
    assert verdict.compared > 0


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.skipif(postgresql.missing() is not None, reason=str(postgresql.missing()))
def test_a_storm_on_postgresql_loses_duplicates_and_leaks_nothing(tmp_path: Path) -> None:
    verdict = run_storm(tmp_path, seconds=12, seed=7, crowd=6, database="postgresql")

    assert verdict.faults == [], verdict.text
    assert verdict.injected > 2


@pytest.mark.slow
def test_a_storm_with_workers_over_http_loses_duplicates_and_leaks_nothing(
    tmp_path: Path,
) -> None:
    verdict = run_storm(tmp_path, seconds=12, seed=7, crowd=6, remote=True)

    assert verdict.faults == [], verdict.text
    assert verdict.injected > 2


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.skipif(postgresql.missing() is not None, reason=str(postgresql.missing()))
def test_claims_and_releases_do_not_deadlock(tmp_path: Path) -> None:
    with postgresql.running() as cluster:
        counted = contend(tmp_path / "data", cluster.url, seconds=3)

    assert counted.pop("pairs") > 0
    assert counted == {}


@pytest.mark.slow
def test_a_storm_over_jobs_that_read_arriving_uploads_loses_and_leaks_nothing(
    tmp_path: Path,
) -> None:
    verdict = run_storm(tmp_path, seconds=8, seed=7, crowd=6, overlap=True)

    assert verdict.faults == [], verdict.text
    assert verdict.injected > 2
    assert verdict.overlapped > 0, verdict.text


@pytest.mark.parametrize("word", ["DATABASE=mysql", "SECONDS=soon", "SEED", "COLOUR=red"])
def test_a_wrong_parameter_of_a_storm_is_refused(word: str) -> None:
    with pytest.raises(SystemExit, match="SEED=n or DATABASE"):
        parameters([word], {})


def test_parameters_of_a_storm_come_from_arguments_before_the_environment() -> None:
    given = parameters(["SEED=4", "DATABASE=postgresql"], {"SEED": "5", "SECONDS": "9"})

    assert given == {"SECONDS": "9", "SEED": "4", "DATABASE": "postgresql"}
