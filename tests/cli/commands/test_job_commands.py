"""The output of status, list, watch, submit, download, cancel and log for scripts."""

import json
from pathlib import Path

from tests.support.scripted_job import JOB
from tests.support.scripted_server import Ffremote, Reply, Request, Script, json_reply


def test_status_is_one_line(ffremote: Ffremote, script: Script) -> None:
    script.on(
        f"GET /jobs/{JOB}/status",
        json_reply(
            job_id=JOB,
            state="running",
            progress_percent=40,
            phase="transcoding",
            speed=1.94,
            fps=48.2,
            eta_seconds=62,
        ),
    )

    done = ffremote("status", JOB)

    assert done.stdout == f"{JOB} running 40 % transcoding 48 fps 1.94x ETA 01:02\n"


def test_status_shows_the_progress_of_the_upload(ffremote: Ffremote, script: Script) -> None:
    upload = {"bytes": 3_000_000_000, "bytes_received": 1_234_000_000, "percent": 41}
    script.on(
        f"GET /jobs/{JOB}/status",
        json_reply(job_id=JOB, state="queued", phase="uploading", queue_position=2, upload=upload),
    )

    done = ffremote("status", JOB)

    assert done.stdout == (
        f"{JOB} queued 41 % uploaded (1.23 GB of 3 GB) position 2 in the queue\n"
    )


def test_status_says_what_a_queued_job_waits_for(ffremote: Ffremote, script: Script) -> None:
    why = "Waits for a worker with the label gpu: none is alive."
    body = {"job_id": JOB, "state": "queued", "queue_position": 1, "message": why}
    script.on(f"GET /jobs/{JOB}/status", json_reply(**body))

    done = ffremote("status", JOB)

    assert done.stdout == f"{JOB} queued position 1 in the queue\n  {why}\n"


def test_status_as_json_is_the_document_of_the_server(ffremote: Ffremote, script: Script) -> None:
    script.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="queued", news=1))

    done = ffremote("status", JOB, "--json")

    assert json.loads(done.stdout) == {"job_id": JOB, "state": "queued", "news": 1}


def test_list_passes_its_filters_and_prints_columns(ffremote: Ffremote, script: Script) -> None:
    item = {
        "job_id": JOB,
        "state": "queued",
        "queue_position": 3,
        "output_filename": "out.mp4",
    }
    script.on("GET /jobs", json_reply(items=[item], total=8, next_cursor="abc"))

    done = ffremote("list", "--state", "queued", "--state", "running", "--limit", "1")

    assert script.calls() == ["GET /jobs?state=queued&state=running&limit=1"]
    assert done.stdout == (
        "JOB                                   STATE      CREATED  SIZE  INPUT  OUTPUT\n"
        f"{JOB}  queued #3                        out.mp4\n"
    )
    assert done.stderr == "1 of 8 jobs; the next with --cursor abc\n"


def test_watch_as_json_has_a_line_for_each_status(ffremote: Ffremote, script: Script) -> None:
    script.on(
        f"GET /jobs/{JOB}/status",
        json_reply(job_id=JOB, state="queued"),
        json_reply(job_id=JOB, state="completed"),
    )

    done = ffremote("watch", JOB, "--json")

    assert [json.loads(line)["state"] for line in done.stdout.splitlines()] == [
        "queued",
        "completed",
    ]
    assert (done.returncode, done.stderr) == (0, "")


def test_submit_prints_one_id_a_line_and_returns(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    other = source.with_name("other.mp4")
    other.write_bytes(b"other")
    script.on("POST /jobs", json_reply(202, job_id="a"), json_reply(202, job_id="b"))

    done = ffremote("submit", source.name, other.name, "--container", "webm", "--jobs", "1")

    assert (done.stdout, done.stderr, done.returncode) == ("a\nb\n", "", 0)
    assert b'"output_filename": "in.webm"' in script.requests[0].body
    assert b'"output_filename": "other.webm"' in script.requests[1].body
    assert script.calls() == ["POST /jobs", "POST /jobs"]


def test_submit_with_a_preset_asks_the_server_for_its_container(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    script.on("GET /presets", json_reply(items=[{"name": "small", "job": {"container": "mp4"}}]))
    script.on("POST /jobs", json_reply(202, job_id="a"))

    done = ffremote("submit", source.name, "--preset", "small")

    assert (done.stdout, done.returncode) == ("a\n", 0)
    assert b'"output_filename": "in.mp4"' in script.requests[1].body


def test_one_bad_input_does_not_stop_the_others(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    script.on("POST /jobs", json_reply(202, job_id="a"))

    done = ffremote("submit", "none.mp4", source.name, "--container", "webm")

    assert (done.stdout, done.returncode) == ("a\n", 6)
    assert done.stderr == (
        "ffremote: none.mp4 cannot be read: No such file or directory\nffremote: 1 of 2 failed\n"
    )


def test_download_uses_the_name_from_the_server(
    ffremote: Ffremote, script: Script, tmp_path: Path
) -> None:
    headers = {"Content-Disposition": 'attachment; filename="holiday.mp4"'}
    script.on(f"GET /jobs/{JOB}/result", Reply(200, b"film", headers))

    done = ffremote("download", JOB, "-q")

    assert (done.stdout, done.stderr) == ("holiday.mp4\n", "")
    assert (tmp_path / "holiday.mp4").read_bytes() == b"film"


def test_cancel_prints_the_state(ffremote: Ffremote, script: Script) -> None:
    script.on(f"DELETE /jobs/{JOB}", json_reply(202, job_id=JOB, state="canceled"))

    done = ffremote("cancel", JOB)

    assert done.stdout == f"{JOB} canceled\n"


def test_log_follows_until_the_job_has_ended(ffremote: Ffremote, script: Script) -> None:
    text = b"ffmpeg -i input\nframe 1\nend\n"
    written = iter([16, 24, 28])

    def log(request: Request) -> Reply:
        start = int(request.headers.get("Range", "bytes=0-")[6:-1])
        return Reply(206 if start else 200, text[start : next(written)])

    script.on(f"GET /jobs/{JOB}/log", log)
    script.on(
        f"GET /jobs/{JOB}/status",
        json_reply(job_id=JOB, state="running"),
        json_reply(job_id=JOB, state="completed"),
    )

    done = ffremote("log", "-f", JOB)

    assert done.stdout.encode() == text


def test_a_misspelled_command_gets_a_suggestion(ffremote: Ffremote) -> None:
    command, option = ffremote("lst"), ffremote("run", "--crff", "3")

    assert command.stderr == (
        "ffremote: there is no command 'lst'; did you mean 'list'? (see `ffremote --help`)\n"
    )
    assert "--crf" in option.stderr
    assert (command.returncode, option.returncode) == (2, 2)
