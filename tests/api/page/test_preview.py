"""The preview of a job: a package of HLS is played by hls.js under the page's policy."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from ffremote import ffmpeg
from ffremote.files.storage import Storage
from tests.support.builds import build_settings
from tests.support.job_directory import JobDirectory
from tests.support.multipart import file_part, form, job_part
from tests.support.packages import complete_package

PACKAGE = {"type": "hls", "seconds": 1, "renditions": [{"height": 36}, {"height": 18}]}
PLAY = """async () => {
  const video = document.querySelector(".preview video");
  video.muted = true;
  await video.play();
  await new Promise((resolve) => video.addEventListener("ended", resolve));
  return video.currentTime;
}"""


@pytest.mark.slow
def test_a_package_of_hls_is_played_and_its_files_are_listed(
    page: Page,
    client: FlaskClient,
    session: Session,
    storage: Storage,
    binaries: ffmpeg.Binaries,
    clip: Path,
    tmp_path: Path,
) -> None:
    runtime = ffmpeg.make_runtime(build_settings(binaries))
    made = JobDirectory(runtime, ffmpeg.read_capabilities(binaries), tmp_path / "job", clip)
    made.run(output_filename="a.zip", package=PACKAGE)
    files = ffmpeg.produced_files(made.plan, made.runtime.limits, {}, cwd=made.path)
    sent = form(job_part(output_filename="a.mp4"), file_part())
    job_id = client.post("/api/v1/jobs", **sent).json["job_id"]
    complete_package(
        session,
        storage,
        {each.name: (made.path / each.path).read_bytes() for each in files},
        types={each.name: each.content_type for each in files},
    )

    page.evaluate(f"location.hash = '/jobs/{job_id}'")
    expect(page.locator(".files li")).to_have_count(len(files))
    expect(page.locator(".preview .field-error")).to_have_count(0)
    length = page.evaluate(PLAY)

    assert length == pytest.approx(2, abs=0.2)
