"""Jobs with several inputs, by the client against a real server, a real worker, a real FFmpeg."""

import json
import subprocess
import threading
from pathlib import Path

import pytest

from ffremote.ffmpeg import Binaries
from ffremote_cli import Client, Refused, Stopped
from ffremote_cli.client.transfer.upload import RESUMABLE_FROM
from tests.support.scripted_server import Ffremote
from tests.support.service import Service

JOB = {"streams": ["0:v:0", "1:a:0"]}


@pytest.fixture(scope="module")
def large(binaries: Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw video that is sent by tus."""
    path = tmp_path_factory.mktemp("media") / "large.nut"
    picture = ("-f", "lavfi", "-i", "testsrc2=s=640x480:r=25:d=2")
    coded = ("-c:v", "rawvideo", "-pix_fmt", "yuv420p")
    subprocess.run(
        [binaries.ffmpeg, "-v", "error", *picture, *coded, path],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert path.stat().st_size > RESUMABLE_FROM
    return path


def codecs_of(binaries: Binaries, path: Path) -> list[str]:
    """Return the codecs of the streams in the file."""
    shown = subprocess.run(
        [
            binaries.ffprobe,
            "-v",
            "error",
            "-of",
            "json",
            "-show_entries",
            "stream=codec_name",
            path,
        ],
        capture_output=True,
        check=True,
    )
    return [each["codec_name"] for each in json.loads(shown.stdout)["streams"]]


@pytest.mark.parametrize("kind", ["small", "large"])
def test_run_takes_video_and_audio_from_two_files(
    real: Ffremote, binaries: Binaries, clip: Path, large: Path, tmp_path: Path, kind: str
) -> None:
    first = large if kind == "large" else clip
    (tmp_path / "job.json").write_text(json.dumps(JOB))

    done = real(
        *("run", "-i", str(first), "--with", str(clip), "--job", "job.json", "-o", "out.mkv"),
        *("--video-codec", "libx264", "--video-preset", "ultrafast", "--json"),
    )

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert codecs_of(binaries, tmp_path / "out.mkv")[0] == "h264"
    assert [each["bytes"] for each in result["inputs"]] == [
        first.stat().st_size,
        clip.stat().st_size,
    ]


@pytest.mark.slow
def test_a_file_that_two_inputs_name_is_one_upload(
    service: Service, clip: Path, tmp_path: Path
) -> None:
    job = {**JOB, "output_filename": "out.mkv", "inputs": [{}, {"start": 0.5}]}

    with Client(service.url, state_folder=tmp_path) as client:
        accepted = client.submit([clip, clip], job)
        done = client.wait(accepted.job_id)

    assert len({each["upload_id"] for each in done["inputs"]}) == 1


@pytest.mark.wide
def test_files_that_the_server_has_are_not_sent_for_another_job(
    service: Service, clip: Path, large: Path, tmp_path: Path
) -> None:
    job = {**JOB, "output_filename": "out.mkv", "inputs": [{}, {}]}
    sent: list[tuple[int, int | None]] = []

    with Client(service.url, state_folder=tmp_path) as client:
        first = client.submit([large, clip], job)
        second = client.submit(
            [large, clip],
            {**job, "output_filename": "other.mkv"},
            on_bytes=lambda done, total: sent.append((done, total)),
        )
        inputs = [client.wait(each.job_id)["inputs"] for each in (first, second)]

    total = large.stat().st_size + clip.stat().st_size
    assert sent == [(total, total)]
    assert [it["upload_id"] for it in inputs[0]] == [it["upload_id"] for it in inputs[1]]


def test_stopping_leaves_no_upload_that_arrives(
    service: Service, clip: Path, large: Path, tmp_path: Path
) -> None:
    stop = threading.Event()
    accepted: list[str] = []
    job = {**JOB, "output_filename": "out.mkv", "inputs": [{}, {}]}

    with Client(service.url, state_folder=tmp_path, stop=stop) as client:
        with pytest.raises(Stopped):
            client.submit(
                [large, clip],
                job,
                on_accepted=accepted.append,
                on_input_bytes=lambda path, done, _: stop.set() if path == large and done else None,
            )
        client.cancel(accepted[0])

        assert client.status(accepted[0]).state == "canceled"
        assert not client.resume_upload(accepted[0])
        assert list(tmp_path.glob("uploads/*.lock")) == []


@pytest.mark.parametrize("kind", ["small", "large"])
def test_a_wrong_job_is_refused_and_leaves_nothing(
    service: Service, clip: Path, large: Path, tmp_path: Path, kind: str
) -> None:
    first = large if kind == "large" else clip
    job = {"output_filename": "out.mkv", "inputs": [{}, {"start": "never"}]}

    with (
        Client(service.url, state_folder=tmp_path) as client,
        pytest.raises(Refused, match=r"inputs\[1\]\.start"),
    ):
        client.submit([first, clip], job)

    assert list(tmp_path.glob("uploads/*")) == []
