"""`ffremote run` from the first byte to the exit status, against a scripted server."""

import json
from pathlib import Path

import pytest

from tests.support.scripted_job import (
    JOB,
    RESULT,
    script_completed_job,
    submitted_job,
)
from tests.support.scripted_server import Ffremote, Reply, Script, error_reply, json_reply


def test_the_short_form_of_the_command_works(
    ffremote: Ffremote, script: Script, source: Path, tmp_path: Path
) -> None:
    script_completed_job(script)
    source.rename(tmp_path / "infile.mp4")

    done = ffremote(
        *("--server", script.url, "-i", "infile.mp4", "--video-codec", "libx264"),
        *("--crf", "23", "--output", "outfile.mp4"),
        FFREMOTE_SERVER="http://127.0.0.1:1",
    )

    assert (done.returncode, done.stdout) == (0, "outfile.mp4\n")
    assert (tmp_path / "outfile.mp4").read_bytes() == RESULT
    assert submitted_job(script.requests[0]) == {
        "output_filename": "outfile.mp4",
        "video": {"codec": "libx264", "crf": 23},
    }
    assert (tmp_path / "infile.mp4").read_bytes() in script.requests[0].body
    assert sorted(path.name for path in tmp_path.glob("*.mp4*")) == ["infile.mp4", "outfile.mp4"]


def test_json_has_the_job_and_the_local_file(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    script_completed_job(script)

    done = ffremote("run", source.name, "-o", "out.mp4", "--json")

    message = json.loads(done.stdout)
    assert message.pop("local").pop("seconds") > 0
    assert message == {"job_id": JOB, "state": "completed", "command": "ffmpeg"}
    assert done.stderr == ""


def test_nothing_is_uploaded_when_the_output_exists(
    ffremote: Ffremote, script: Script, source: Path, tmp_path: Path
) -> None:
    (tmp_path / "out.mp4").write_text("precious")

    done = ffremote("run", source.name, "-o", "out.mp4")

    assert done.returncode == 6
    assert done.stderr == "ffremote: out.mp4 exists already (-y overwrites it)\n"
    assert script.requests == []
    assert (tmp_path / "out.mp4").read_text() == "precious"


def test_y_overwrites(ffremote: Ffremote, script: Script, source: Path, tmp_path: Path) -> None:
    script_completed_job(script)
    (tmp_path / "out.mp4").write_text("old")

    done = ffremote("run", source.name, "-o", "out.mp4", "-y")

    assert done.returncode == 0
    assert (tmp_path / "out.mp4").read_bytes() == RESULT


def test_a_refused_job_is_one_line_and_status_4(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    script.on(
        "POST /jobs",
        error_reply(400, "INVALID_ARGUMENT", "video.crf cannot be 99.", field="video.crf"),
    )

    done = ffremote("run", source.name, "-o", "out.mp4", "--crf", "99", "--json")

    assert done.returncode == 4
    assert done.stderr == "ffremote: --crf cannot be 99.\n"
    assert json.loads(done.stdout)["error"]["details"] == {"field": "video.crf"}


def test_a_failed_job_is_status_5_with_the_hint(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    script_completed_job(script)
    error = {
        "code": "TRANSCODE_FAILED",
        "message": "The input is no film.",
        "details": {"reason": "unsupported_input", "hint": "send a film"},
    }
    script.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="failed", error=error))

    done = ffremote("run", source.name, "-o", "out.mp4")

    assert done.returncode == 5
    assert done.stderr == f"ffremote: job {JOB} failed: The input is no film. (send a film)\n"


def test_a_job_that_was_canceled_elsewhere_is_status_7(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    script_completed_job(script)
    script.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="canceled"))

    done = ffremote("run", source.name, "-o", "out.mp4")

    assert done.returncode == 7
    assert done.stderr == f"ffremote: job {JOB} was canceled by another client\n"


def test_an_unreachable_server_is_status_3(ffremote: Ffremote, source: Path) -> None:
    done = ffremote("--server", "http://127.0.0.1:1", "run", source.name, "-o", "out.mp4")

    assert done.returncode == 3
    assert "cannot reach http://127.0.0.1:1: connection refused" in done.stderr


def test_another_kind_of_server_is_status_3(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    script.on("POST /jobs", Reply(404, b"<html>", {"Content-Type": "text/html"}))

    done = ffremote("run", source.name, "-o", "out.mp4")

    assert done.returncode == 3
    assert "answered 404, but is not an ffremote server" in done.stderr


@pytest.mark.parametrize(
    ("args", "status", "message"),
    [
        ((), 2, "ffremote: no input is given (add one with -i, or sources with --graph)\n"),
        (("none.mp4",), 6, "ffremote: none.mp4 cannot be read: No such file or directory\n"),
        (("empty.mp4",), 6, "ffremote: empty.mp4 is empty\n"),
        (
            ("home",),
            6,
            (
                "ffremote: there is no media file in the directory home "
                "(name a file by itself if its extension is unusual, and pictures by a pattern "
                "such as home/img%03d.png)\n"
            ),
        ),
        (("*.avi",), 6, "ffremote: nothing matches *.avi\n"),
        (
            ("in.mp4", "-o", "in.mp4/out.mp4"),
            6,
            "ffremote: the directory in.mp4 cannot be created: a file has that name\n",
        ),
        (
            ("in.mp4", "-o", f"{'x' * 300}.mp4"),
            6,
            f"ffremote: the file name {'x' * 40}… is longer than 255 bytes\n",
        ),
        (
            ("in.mp4", "-o", "/dev/null/x/out.mp4"),
            6,
            "ffremote: the directory /dev/null/x cannot be created: Not a directory\n",
        ),
        (
            ("http://example.com/a.mp4",),
            2,
            (
                "ffremote: http:// inputs are not supported: an input is a file on this machine "
                "(download it first, with `curl -O` for example)\n"
            ),
        ),
    ],
)
def test_a_local_problem_is_reported_before_any_byte(
    ffremote: Ffremote,
    script: Script,
    source: Path,
    args: tuple[str, ...],
    status: int,
    message: str,
) -> None:
    source.with_name("empty.mp4").touch()

    done = ffremote("run", *args, *(() if "-o" in args else ("-o", "out.mp4")))

    assert (done.returncode, done.stderr, script.requests) == (status, message, [])


def test_the_token_is_sent_as_bearer_and_netrc_is_ignored(
    ffremote: Ffremote, script: Script, client_environ: dict[str, str]
) -> None:
    script.on("GET /jobs", json_reply(items=[], total=0, next_cursor=None))
    netrc = Path(client_environ["HOME"], ".netrc")
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    netrc.chmod(0o600)

    ffremote("list", FFREMOTE_TOKEN="sesame")
    ffremote("list")

    sent = [request.headers.get("Authorization") for request in script.requests]
    assert sent == ["Bearer sesame", None]


def test_run_waits_for_a_server_that_restarts(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    script_completed_job(script)
    script.on(
        f"GET /jobs/{JOB}/status",
        error_reply(503, "SERVICE_UNAVAILABLE", "Not now."),
        Reply(200, b"{", {"Content-Length": "99"}, cut_after=1),
        json_reply(job_id=JOB, state="completed"),
    )

    done = ffremote("run", source.name, "-o", "out.mp4")

    assert done.returncode == 0
