"""`ffremote ffmpeg` talks, asks and ends as ffmpeg does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.scripted_job import JOB, result_reply, submitted_job
from tests.support.scripted_server import Ffremote, Script, error_reply, json_reply

RESULT = b"the result"


@pytest.fixture
def good_job(script: Script) -> Script:
    script.on("POST /jobs", json_reply(202, job_id=JOB, state="queued"))
    script.on(
        f"GET /jobs/{JOB}/status",
        json_reply(job_id=JOB, state="running", frame=12, fps=24.0, out_seconds=0.5, speed=1.5),
        json_reply(job_id=JOB, state="completed", progress_percent=100),
    )
    script.on(f"GET /jobs/{JOB}", json_reply(job_id=JOB, state="completed"))
    script.on(f"GET /jobs/{JOB}/result", result_reply(RESULT))
    return script


def test_the_output_arrives_where_the_command_line_said(
    ffremote: Ffremote, good_job: Script, film: Path, tmp_path: Path
) -> None:
    (tmp_path / "made").mkdir()

    done = ffremote("ffmpeg", "-y", "-i", film.name, "-c:v", "libx264", "made/out.mp4")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "made/out.mp4").read_bytes() == RESULT
    assert submitted_job(good_job.requests[0]) == {
        "output_filename": "out.mp4",
        "video": {"codec": "libx264"},
    }


def test_progress_is_written_as_ffmpeg_writes_it(
    ffremote: Ffremote, good_job: Script, film: Path
) -> None:
    status = f"GET /jobs/{JOB}/status"
    totals = {"frame": 250, "out_seconds": 10.0, "output_bytes": 10_000, "drop_frames": 3}
    running = {"frame": 12, "fps": 24.0, "out_seconds": 0.5, "speed": 1.5}
    good_job.on(
        status,
        json_reply(job_id=JOB, state="running", **running),
        json_reply(job_id=JOB, state="completed", progress_percent=100, **totals),
    )

    done = ffremote("ffmpeg", "-progress", "pipe:1", "-i", film.name, "out.mp4")

    first, last = done.stdout.split("progress=continue\n")
    assert first == (
        "frame=12\nfps=24.00\nbitrate=N/A\ntotal_size=N/A\nout_time_us=500000\nout_time_ms=500000\n"
        "out_time=00:00:00.500000\ndup_frames=0\ndrop_frames=0\nspeed=1.5x\n"
    )
    assert last == (
        "frame=250\nfps=24.00\nbitrate=   8.0kbits/s\ntotal_size=10000\nout_time_us=10000000\n"
        "out_time_ms=10000000\nout_time=00:00:10.000000\ndup_frames=0\ndrop_frames=3\nspeed=1.5x\n"
        "progress=end\n"
    )


def test_stdout_as_output_gets_the_film(ffremote: Ffremote, good_job: Script, film: Path) -> None:
    done = ffremote("ffmpeg", "-i", film.name, "-f", "mp4", "-")

    assert done.stdout.encode() == RESULT


def test_an_existing_output_stays_when_nobody_can_be_asked(
    ffremote: Ffremote, script: Script, film: Path, tmp_path: Path
) -> None:
    (tmp_path / "out.mp4").write_text("precious")

    done = ffremote("ffmpeg", "-n", "-i", film.name, "out.mp4")

    assert (done.returncode, script.requests) == (1, [])
    assert done.stderr == "ffremote: File 'out.mp4' already exists. Exiting.\n"


def test_what_no_job_can_say_is_refused_before_any_byte(
    ffremote: Ffremote, script: Script, film: Path
) -> None:
    done = ffremote("ffmpeg", "-stream_loop", "3", "-i", film.name, "out.mp4")

    assert (done.returncode, script.requests) == (1, [])
    assert done.stderr == "ffremote: -stream_loop: a job reads its input once\n"


def test_a_failed_job_ends_with_the_status_and_the_words_of_ffmpeg(
    ffremote: Ffremote, good_job: Script, film: Path
) -> None:
    error = {
        "code": "TRANSCODE_FAILED",
        "message": "The input is damaged.",
        "details": {"exit_code": 183, "stderr_tail": ["<input>: Invalid data found"]},
    }
    good_job.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="failed", error=error))

    done = ffremote("ffmpeg", "-i", film.name, "out.mp4")

    assert done.returncode == 183
    assert done.stderr.splitlines()[0] == "<input>: Invalid data found"


@pytest.mark.parametrize("level", [("-loglevel", "quiet"), ("-v", "0"), ("-v", "-8")])
def test_a_refusal_is_told_at_every_loglevel(
    ffremote: Ffremote, script: Script, film: Path, level: tuple[str, str]
) -> None:
    script.on("POST /jobs", error_reply(400, "INVALID_ARGUMENT", "No."))

    by_server = ffremote("ffmpeg", *level, "-i", film.name, "out.mp4")
    by_client = ffremote("ffmpeg", *level, "-stream_loop", "2", "-i", film.name, "out.mp4")

    assert (by_server.returncode, by_server.stdout, by_server.stderr) == (1, "", "ffremote: No.\n")
    assert by_client.stderr == "ffremote: -stream_loop: a job reads its input once\n"


SPOKEN = {
    "video.crf is 99, but libx264 accepts 0 to 51.": "-crf is 99, but libx264 accepts 0 to 51.",
    "libx264 does not support video.preset 'x'.": "libx264 does not support -preset 'x'.",
    "video.filters[0]: the filter 'x' is not allowed.": "-vf: the filter 'x' is not allowed.",
    'audio.bitrate cannot be "320".': '-b:a cannot be "320".',
}


@pytest.mark.parametrize(("said", "told"), SPOKEN.items())
def test_the_server_is_quoted_with_the_options_of_ffmpeg(
    ffremote: Ffremote, script: Script, film: Path, said: str, told: str
) -> None:
    field = said.partition(" ")[0].rstrip(":")
    script.on("POST /jobs", error_reply(400, "INVALID_ARGUMENT", said, field=field))

    done = ffremote("ffmpeg", "-i", film.name, "-crf", "99", "out.mp4")

    assert done.stderr == f"ffremote: {told}\n"


def test_loglevel_quiet_leaves_out_the_words_of_ffmpeg_and_the_remarks(
    ffremote: Ffremote, good_job: Script, film: Path
) -> None:
    error = {"message": "No.", "details": {"stderr_tail": ["<input>: Invalid data found"]}}
    good_job.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="failed", error=error))

    done = ffremote("ffmpeg", "-v", "quiet", "-threads", "2", "-i", film.name, "out.mp4")

    assert done.returncode == 1
    assert done.stderr.startswith(f"ffremote: job {JOB} failed: No.")
    assert "Invalid data" not in done.stderr
    assert "-threads" not in done.stderr


@pytest.mark.parametrize(("level", "is_told"), [("warning", True), ("error", False)])
def test_what_is_ignored_is_told_from_loglevel_warning_on(
    ffremote: Ffremote, good_job: Script, film: Path, level: str, is_told: bool
) -> None:
    done = ffremote("ffmpeg", "-v", level, "-threads", "2", "-i", film.name, "out.mp4")

    remark = "ffremote: ignored, because they do not change the result: -threads 2\n"
    assert (done.returncode, done.stderr) == (0, remark if is_told else "")


def test_a_copy_of_the_input_may_be_overwritten(
    ffremote: Ffremote, good_job: Script, film: Path, tmp_path: Path
) -> None:
    (tmp_path / "copy.mp4").write_bytes(film.read_bytes())

    done = ffremote("ffmpeg", "-v", "error", "-y", "-i", film.name, "copy.mp4")

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "copy.mp4").read_bytes() == RESULT


def test_the_first_of_two_passes_sends_nothing(
    ffremote: Ffremote, script: Script, film: Path
) -> None:
    done = ffremote(
        *("ffmpeg", "-y", "-i", film.name, "-c:v", "libx264", "-b:v", "1M"),
        *("-pass", "1", "-an", "-f", "null", "/dev/null"),
    )

    assert (done.returncode, script.requests) == (0, [])
    assert done.stderr == "ffremote: nothing to do: the second pass makes the server run both\n"


def test_a_symlink_named_ffmpeg_is_ffmpeg(
    good_job: Script, film: Path, tmp_path: Path, client_environ: dict[str, str]
) -> None:
    link = tmp_path / "ffmpeg"
    link.symlink_to(Path(sys.executable).parent / "ffremote")

    done = subprocess.run(
        [link, "-v", "error", "-i", film.name, "out.mp4"],
        cwd=tmp_path,
        env={**client_environ, "FFREMOTE_SERVER": good_job.url},
        check=False,
        timeout=60,
    )

    assert done.returncode == 0
    assert (tmp_path / "out.mp4").read_bytes() == RESULT


def test_without_a_server_the_local_ffmpeg_runs_when_that_was_asked_for(
    program: Ffremote, tmp_path: Path
) -> None:
    local = tmp_path / "bin" / "ffmpeg"
    local.parent.mkdir()
    local.write_text('#!/bin/sh\necho "local: $*"\nexit 9\n')
    local.chmod(0o755)

    done = program(
        *("--server", "http://127.0.0.1:1", "ffmpeg", "--local-fallback", "-vf", "hflip", "x"),
        PATH=f"{local.parent}{os.pathsep}{os.environ['PATH']}",
    )

    assert (done.returncode, done.stdout) == (9, "local: -vf hflip x\n")
