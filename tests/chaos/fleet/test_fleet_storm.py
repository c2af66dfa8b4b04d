"""A short storm over a fleet; `./run chaos FLEET=1` runs long ones."""

from pathlib import Path

import pytest

from tests.chaos.fleet.storm import parameters, run_storm
from tests.support import postgresql, s3_servers

MISSING = postgresql.missing() or s3_servers.missing("seaweedfs")


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.timeout(400)
@pytest.mark.skipif(MISSING is not None, reason=str(MISSING))
def test_a_storm_over_a_fleet_loses_duplicates_and_leaks_nothing(tmp_path: Path) -> None:
    verdict = run_storm(tmp_path, seconds=20, seed=7, crowd=6)

    assert verdict.faults == [], verdict.text
    assert verdict.injected > 2


@pytest.mark.parametrize("word", ["S3=minio", "SECONDS=soon", "FLEET=0", "COLOUR=red"])
def test_a_wrong_parameter_of_a_storm_is_refused(word: str) -> None:
    with pytest.raises(SystemExit, match="or FLEET=1"):
        parameters([word], {})
