"""`ffremote ffmpeg` has the output, prompts and exit statuses of ffmpeg."""

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


def test_the_output_is_written_where_the_command_line_says(
    ffremote: Ffremote, good_job: Script, source: Path, tmp_path: Path
) -> None:
    (tmp_path / "made").mkdir()

    done = ffremote("ffmpeg", "-y", "-i", source.name, "-c:v", "libx264", "made/out.mp4")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "made/out.mp4").read_bytes() == RESULT
    assert submitted_job(good_job.requests[0]) == {
        "output_filename": "out.mp4",
        "video": {"codec": "libx264"},
    }


def test_progress_has_the_format_of_ffmpeg(
    ffremote: Ffremote, good_job: Script, source: Path
) -> None:
    status = f"GET /jobs/{JOB}/status"
    totals = {"frame": 250, "out_seconds": 10.0, "output_bytes": 10_000, "drop_frames": 3}
    running = {"frame": 12, "fps": 24.0, "out_seconds": 0.5, "speed": 1.5}
    good_job.on(
        status,
        json_reply(job_id=JOB, state="running", **running),
        json_reply(job_id=JOB, state="completed", progress_percent=100, **totals),
    )

    done = ffremote("ffmpeg", "-progress", "pipe:1", "-i", source.name, "out.mp4")

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


def test_an_output_of_stdout_gets_the_result(
    ffremote: Ffremote, good_job: Script, source: Path
) -> None:
    done = ffremote("ffmpeg", "-i", source.name, "-f", "mp4", "-")

    assert done.stdout.encode() == RESULT


def test_an_existing_output_is_kept_without_a_prompt(
    ffremote: Ffremote, script: Script, source: Path, tmp_path: Path
) -> None:
    (tmp_path / "out.mp4").write_text("precious")

    done = ffremote("ffmpeg", "-n", "-i", source.name, "out.mp4")

    assert (done.returncode, script.requests) == (1, [])
    assert done.stderr == "ffremote: File 'out.mp4' already exists. Exiting.\n"


def test_an_unsupported_option_is_refused_before_any_byte(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    done = ffremote("ffmpeg", "-canvas_size", "2x2", "-i", source.name, "out.mp4")

    assert (done.returncode, script.requests) == (1, [])
    assert done.stderr.startswith("ffremote: -canvas_size: ")


def test_a_failed_job_has_the_status_and_the_messages_of_ffmpeg(
    ffremote: Ffremote, good_job: Script, source: Path
) -> None:
    error = {
        "code": "TRANSCODE_FAILED",
        "message": "The input is damaged.",
        "details": {"exit_code": 183, "stderr_tail": ["<input>: Invalid data found"]},
    }
    good_job.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="failed", error=error))

    done = ffremote("ffmpeg", "-i", source.name, "out.mp4")

    assert done.returncode == 183
    assert done.stderr.splitlines()[0] == "<input>: Invalid data found"


@pytest.mark.parametrize("level", [("-loglevel", "quiet"), ("-v", "0"), ("-v", "-8")])
def test_an_error_is_printed_at_every_loglevel(
    ffremote: Ffremote, script: Script, source: Path, level: tuple[str, str]
) -> None:
    script.on("POST /jobs", error_reply(400, "INVALID_ARGUMENT", "No."))

    by_server = ffremote("ffmpeg", *level, "-i", source.name, "out.mp4")
    by_client = ffremote("ffmpeg", *level, "-canvas_size", "2x2", "-i", source.name, "out.mp4")

    assert (by_server.returncode, by_server.stdout, by_server.stderr) == (1, "", "ffremote: No.\n")
    assert by_client.stderr.startswith("ffremote: -canvas_size: ")


SPOKEN = {
    "video.crf is 99, but libx264 accepts 0 to 51.": "-crf is 99, but libx264 accepts 0 to 51.",
    "libx264 does not support video.preset 'x'.": "libx264 does not support -preset 'x'.",
    "video.filters[0]: the filter 'x' is not allowed.": "-vf: the filter 'x' is not allowed.",
    'audio.bitrate cannot be "320".': '-b:a cannot be "320".',
}


@pytest.mark.parametrize(("message", "printed"), SPOKEN.items())
def test_errors_of_the_server_name_the_options_of_ffmpeg(
    ffremote: Ffremote, script: Script, source: Path, message: str, printed: str
) -> None:
    field = message.partition(" ")[0].rstrip(":")
    script.on("POST /jobs", error_reply(400, "INVALID_ARGUMENT", message, field=field))

    done = ffremote("ffmpeg", "-i", source.name, "-crf", "99", "out.mp4")

    assert done.stderr == f"ffremote: {printed}\n"


def test_loglevel_quiet_hides_the_messages_of_ffmpeg_and_the_remarks(
    ffremote: Ffremote, good_job: Script, source: Path
) -> None:
    error = {"message": "No.", "details": {"stderr_tail": ["<input>: Invalid data found"]}}
    good_job.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="failed", error=error))

    done = ffremote("ffmpeg", "-v", "quiet", "-threads", "2", "-i", source.name, "out.mp4")

    assert done.returncode == 1
    assert done.stderr.startswith(f"ffremote: job {JOB} failed: No.")
    assert "Invalid data" not in done.stderr
    assert "-threads" not in done.stderr


@pytest.mark.parametrize(("level", "is_told"), [("warning", True), ("error", False)])
def test_ignored_options_are_reported_from_loglevel_warning_on(
    ffremote: Ffremote, good_job: Script, source: Path, level: str, is_told: bool
) -> None:
    done = ffremote("ffmpeg", "-v", level, "-threads", "2", "-i", source.name, "out.mp4")

    remark = "ffremote: ignored, because they do not change the result: -threads 2\n"
    assert (done.returncode, done.stderr) == (0, remark if is_told else "")


def test_a_copy_of_the_input_may_be_overwritten(
    ffremote: Ffremote, good_job: Script, source: Path, tmp_path: Path
) -> None:
    (tmp_path / "copy.mp4").write_bytes(source.read_bytes())

    done = ffremote("ffmpeg", "-v", "error", "-y", "-i", source.name, "copy.mp4")

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "copy.mp4").read_bytes() == RESULT


def test_the_first_of_two_passes_sends_nothing(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    done = ffremote(
        *("ffmpeg", "-y", "-i", source.name, "-c:v", "libx264", "-b:v", "1M"),
        *("-pass", "1", "-an", "-f", "null", "/dev/null"),
    )

    assert (done.returncode, script.requests) == (0, [])
    assert done.stderr == "ffremote: nothing to do: the second pass makes the server run both\n"


def test_a_symlink_named_ffmpeg_runs_the_ffmpeg_command(
    good_job: Script, source: Path, tmp_path: Path, client_environ: dict[str, str]
) -> None:
    link = tmp_path / "ffmpeg"
    link.symlink_to(Path(sys.executable).parent / "ffremote")

    done = subprocess.run(
        [link, "-v", "error", "-i", source.name, "out.mp4"],
        cwd=tmp_path,
        env={**client_environ, "FFREMOTE_SERVER": good_job.url},
        check=False,
        timeout=60,
    )

    assert done.returncode == 0
    assert (tmp_path / "out.mp4").read_bytes() == RESULT


def test_without_a_server_the_local_ffmpeg_runs_if_configured(
    program: Ffremote, tmp_path: Path
) -> None:
    local = tmp_path / "bin" / "ffmpeg"
    local.parent.mkdir()
    local.write_text('#!/bin/sh\necho "local: $*"\nexit 9\n')
    local.chmod(0o755)

    done = program(
        *("--server", "http://127.0.0.1:1", "ffmpeg", "--local-fallback", "-i", "a", "x.mp4"),
        PATH=f"{local.parent}{os.pathsep}{os.environ['PATH']}",
    )

    assert (done.returncode, done.stdout) == (9, "local: -i a x.mp4\n")
    assert done.stderr.endswith("; the local ffmpeg runs instead\n")


def test_the_local_ffmpeg_runs_a_line_that_no_job_says(
    program: Ffremote, good_job: Script, tmp_path: Path
) -> None:
    local = tmp_path / "bin" / "ffmpeg"
    local.parent.mkdir()
    local.write_text('#!/bin/sh\necho "local: $*"\nexit 9\n')
    local.chmod(0o755)
    words = ("-v", "quiet", "-canvas_size", "2x2", "-i", "a.mp4", "b.mp4")

    done = program(
        *("--server", good_job.url, "ffmpeg", "--local-fallback", *words),
        PATH=f"{local.parent}{os.pathsep}{os.environ['PATH']}",
    )

    assert (done.returncode, done.stdout) == (9, f"local: {' '.join(words)}\n")
    assert "-canvas_size" in done.stderr
