"""The client against a real server, a real worker and a real FFmpeg."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ffremote.ffmpeg import Binaries
from ffremote_cli import Client, JobFailed
from tests.support.matrices import every
from tests.support.scripted_server import Ffremote
from tests.support.service import Service


def probe(binaries: Binaries, path: Path) -> dict[str, Any]:
    """Return format, duration and streams as ffprobe prints them."""
    message = subprocess.run(
        [
            *(binaries.ffprobe, "-v", "error", "-of", "json", "-show_entries"),
            "format=format_name,duration:stream=codec_name,width,height,sample_rate,channels",
            path,
        ],
        capture_output=True,
        check=True,
    )
    return dict(json.loads(message.stdout))


def test_run_converts_a_clip(
    real: Ffremote, binaries: Binaries, clip: Path, tmp_path: Path
) -> None:
    (tmp_path / "infile.mp4").write_bytes(clip.read_bytes())

    done = real(
        *("-i", "infile.mp4", "--video-codec", "libx264", "--crf", "23"),
        *("--output", "outfile.mp4"),
    )

    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "outfile.mp4\n",
        done.stderr,
    )
    streams = probe(binaries, tmp_path / "outfile.mp4")["streams"]
    assert [each["codec_name"] for each in streams] == ["h264", "aac"]


def test_single_commands_submit_follow_and_download_a_job(
    real: Ffremote, clip: Path, tmp_path: Path
) -> None:
    job_id = real("submit", str(clip), "--container", "mkv", "--label", "a=b").stdout.strip()
    watched = real("watch", job_id)
    listed = json.loads(real("list", "--label", "a=b", "--json").stdout)
    status = real("status", job_id)
    log = real("log", job_id)
    brought = real("download", job_id, "--json")

    downloaded = json.loads(brought.stdout)
    assert watched.stdout == f"{job_id} completed\n"
    assert job_id in [item["job_id"] for item in listed["items"]]
    assert status.stdout == f"{job_id} completed\n"
    assert "ffmpeg" in log.stdout.splitlines()[0]
    assert downloaded["path"] == "clip.mkv"
    digest = hashlib.sha256((tmp_path / "clip.mkv").read_bytes()).hexdigest()
    assert downloaded["sha256"] == digest


def test_the_library_works_as_documented(service: Service, clip: Path, tmp_path: Path) -> None:
    with Client(service.url) as client:
        job = client.submit(clip, {"output_filename": "out.mp4", "video": {"crf": 30}})
        seen = [status.percent for status in client.follow(job.job_id)]
        downloaded = client.download(job.job_id, tmp_path / "out.mp4")

    assert seen == sorted(seen)
    assert seen[-1] == 100
    assert downloaded.bytes == (tmp_path / "out.mp4").stat().st_size


def test_an_input_that_is_not_media_fails_with_a_reason(service: Service, tmp_path: Path) -> None:
    source = tmp_path / "film.mp4"
    source.write_bytes(b"\0\0\0\x18ftypmp42" + b"\x07" * 5000)

    with Client(service.url) as client:
        job = client.submit(source, {"output_filename": "out.mp4"})
        with pytest.raises(JobFailed) as caught:
            client.wait(job.job_id)

    assert caught.value.details["reason"] in ("unsupported_input", "corrupt_input")
    assert caught.value.hint


SAMPLES = {
    "trim": "-ss 0.5 -i in.mp4 -t 1 -c:v libx264 -preset ultrafast out.mp4",
    "trim after -i": "-i in.mp4 -ss 0.5 -to 1.5 -preset ultrafast -c:a aac out.mkv",
    "remux": "-i in.mp4 -c copy out.mkv",
    "web": "-i in.mp4 -c:v libx264 -crf 30 -preset ultrafast -c:a aac -b:a 96k -ac 1 out.mp4",
    "vp9": "-t 0.4 -i in.mp4 -c:v libvpx-vp9 -crf 40 -b:v 0 -cpu-used 8 -c:a libopus out.webm",
    "scale": "-i in.mp4 -vf scale=160:-2 -c:v libx264 -preset ultrafast -c:a copy out.mp4",
    "pad": "-i in.mp4 -vf pad=400:300:(ow-iw)/2:(oh-ih)/2 -preset ultrafast out.mp4",
    "graph": "-i in.mp4 -filter_complex [0:v]hflip[v] -map [v] -map 0:a -preset ultrafast out.mp4",
    "parts": (
        "-i in.mp4 -vf select='lt(t,0.5)+gt(t,1.5)',setpts=N/FRAME_RATE/TB"
        " -af aselect='lt(t,0.5)+gt(t,1.5)',asetpts=N/SR/TB -preset ultrafast out.mp4"
    ),
    "sound": "-i in.mp4 -vn -c:a libmp3lame -q:a 4 out.mp3",
    "copied sound": "-i in.mp4 -vn -c:a copy out.m4a",
    "wave": "-i in.mp4 -vn -acodec pcm_s16le -ar 16000 -ac 1 out.wav",
    "loudness": "-i in.mp4 -af loudnorm=I=-16:TP=-1.5:LRA=11 -ar 48000 -c:v copy out.mp4",
    "gif": "-i in.mp4 -vf fps=10,scale=160:-1:flags=lanczos out.gif",
    "thumbnail": "-ss 1 -i in.mp4 -frames:v 1 -s 160x90 out.png",
    "metadata": "-i in.mp4 -metadata title=Holiday -c copy out.mp4",
    "two passes": "-i in.mp4 -c:v libx264 -b:v 300k -preset ultrafast -pass 2 -c:a copy out.mp4",
}


@pytest.mark.parametrize("name", every(3, SAMPLES))
def test_the_result_is_that_of_the_local_ffmpeg(
    real: Ffremote, binaries: Binaries, clip: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "in.mp4").write_bytes(clip.read_bytes())
    *words, output = SAMPLES[name].split(" ")
    local = tmp_path / f"local{Path(output).suffix}"
    without_pass = [word for word in words if word not in ("-pass", "2")]
    subprocess.run(
        [binaries.ffmpeg, "-v", "error", "-nostdin", *without_pass, local], cwd=tmp_path, check=True
    )

    done = real("ffmpeg", *words, output)

    assert done.returncode == 0, done.stderr
    remote, expected = probe(binaries, tmp_path / output), probe(binaries, local)
    assert remote["streams"] == expected["streams"]
    assert remote["format"]["format_name"] == expected["format"]["format_name"]
    durations = [float(each["format"].get("duration", 0)) for each in (remote, expected)]
    assert durations[0] == pytest.approx(durations[1], abs=0.15)


def test_a_dry_run_prints_the_command_and_stores_nothing(
    real: Ffremote, clip: Path, service: Service
) -> None:
    with Client(service.url) as client:
        before = client.jobs(limit=1).total

        by_run = real("run", str(clip), "-o", "out.mp4", "--crf", "30", "--dry-run")
        by_line = real("ffmpeg", "--dry-run", "-i", str(clip), "-crf", "30", "out.mp4")

        assert client.jobs(limit=1).total == before
    assert by_run.stdout.startswith("ffmpeg ")
    assert "-crf 30" in by_run.stdout
    assert by_line.stdout == by_run.stdout


@pytest.fixture
def large_file(clip: Path, tmp_path: Path, binaries: Binaries) -> Path:
    """A file that is uploaded in chunks."""
    source = tmp_path / "large.avi"
    subprocess.run(
        [
            *(binaries.ffmpeg, "-v", "error", "-i", clip, "-t", "1", "-c:v", "rawvideo"),
            *("-pix_fmt", "bgr24", "-s", "640x400", "-an", source),
        ],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return source


def test_a_large_file_is_uploaded_in_chunks_and_only_once(
    service: Service, large_file: Path, tmp_path: Path
) -> None:
    job = {"output_filename": "out.mp4", "video": {"preset": "ultrafast"}}

    with Client(service.url, state_folder=tmp_path / "state") as client:
        first = client.wait(client.submit(large_file, job).job_id)
        second = client.wait(client.submit(large_file, job | {"input": {"duration": 0.5}}).job_id)

    digest = hashlib.sha256(large_file.read_bytes()).hexdigest()
    assert first["input"]["bytes"] == large_file.stat().st_size > 16 << 20
    assert first["input"]["sha256"] == second["input"]["sha256"] == digest
    assert second["input"]["upload_id"] == first["input"]["upload_id"]


class Killed(BaseException):
    """An exception that no handler catches."""


def test_a_job_whose_client_died_during_the_upload_is_resumed_by_its_id(
    service: Service, large_file: Path, tmp_path: Path
) -> None:
    accepted_ids: list[str] = []

    def die(have: int, _: int | None) -> None:
        if have > 8 << 20:
            raise Killed

    job = {"output_filename": "out.mp4", "video": {"preset": "ultrafast"}, "overlap": "off"}
    with Client(service.url, state_folder=tmp_path / "state") as client, pytest.raises(Killed):
        client.submit(large_file, job, on_bytes=die, on_accepted=accepted_ids.append)

    with Client(service.url, state_folder=tmp_path / "state") as client:
        before = client.status(accepted_ids[0])
        went_on = client.resume_upload(accepted_ids[0])
        ended = client.wait(accepted_ids[0])

    assert (before.state, before.phase) == ("queued", "uploading")
    assert before.upload is not None
    assert before.upload.bytes == large_file.stat().st_size
    assert went_on
    digest = hashlib.sha256(large_file.read_bytes()).hexdigest()
    assert (ended["state"], ended["input"]["sha256"]) == ("completed", digest)
