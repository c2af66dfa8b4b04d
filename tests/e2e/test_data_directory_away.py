"""A data directory that is unmounted while a job runs, and mounted again."""

from pathlib import Path

import pytest

from tests.support.service import Service
from tests.support.waiting import wait_for

SHORT = {"video": {"codec": "libx264", "preset": "medium", "scale": "960:540", "fps": 60}}


@pytest.mark.slow
def test_a_job_whose_data_directory_goes_away_completes_when_it_is_back(
    service: Service, clip: Path, tmp_path: Path
) -> None:
    root, away = Path(service.environ["FFREMOTE_DATA_DIR"]), tmp_path / "away"
    (root / "ffremote.db").rename(tmp_path / "ffremote.db")
    service.environ["FFREMOTE_DATABASE_URL"] = f"sqlite:///{tmp_path / 'ffremote.db'}"
    service.start_server()
    for _ in range(2):  # each could take the other for dead: their locks are away, too
        service.start_worker("--concurrency", "1")
    job_id = service.submit(clip, **SHORT)
    wait_for(lambda: service.status(job_id)["phase"] == "transcoding")

    root.rename(away)
    wait_for(lambda: "could not use its files" in (service.status(job_id)["message"] or ""))
    released = service.status(job_id)
    away.rename(root)

    done = service.wait_until(job_id, "completed")
    assert (released["state"], done["attempt"]) == ("queued", 1)
    assert "was lost" not in service.text()
