"""`--with`: further inputs of one job on the command line."""

import json
from pathlib import Path

import pytest

from tests.support.scripted_job import JOB, RESULT, script_completed_job, submitted_job
from tests.support.scripted_server import Ffremote, Script, error_reply, json_reply


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    """A second input."""
    path = tmp_path / "logo.png"
    path.write_bytes(b"a picture")
    return path


def write_job(folder: Path, **job: object) -> None:
    """Write the file of `--job`."""
    (folder / "job.json").write_text(json.dumps(job))


def test_further_inputs_follow_the_first_in_their_order(
    ffremote: Ffremote, script: Script, source: Path, logo: Path, tmp_path: Path
) -> None:
    script_completed_job(script)
    (tmp_path / "font.ttf").write_bytes(b"a font")

    done = ffremote(
        *("run", "-i", source.name, "--with", "logo.png", "--with", "font.ttf"),
        *("-o", "out.mp4", "--start", "1"),
    )

    assert (done.returncode, done.stdout) == (0, "out.mp4\n")
    body = script.requests[0].body
    places = [body.index(content) for content in (source.read_bytes(), b"a picture", b"a font")]
    assert places == sorted(places)
    assert submitted_job(script.requests[0]) == {
        "output_filename": "out.mp4",
        "inputs": [{"start": "1"}, {}, {"role": "font"}],
    }


def test_options_of_the_input_are_put_into_the_first_of_a_job_file(
    ffremote: Ffremote, script: Script, source: Path, logo: Path, tmp_path: Path
) -> None:
    script_completed_job(script)
    write_job(tmp_path, inputs=[{"start": 5, "duration": 2}, {"role": "media"}])

    ffremote(
        *("run", source.name, "--with", "logo.png", "--job", "job.json"),
        *("-o", "out.mp4", "--start", "1"),
    )

    job = submitted_job(script.requests[0])
    assert job == {
        "output_filename": "out.mp4",
        "inputs": [{"start": "1", "duration": 2}, {"role": "media"}],
    }


def test_the_further_inputs_belong_to_each_job_of_a_batch(
    ffremote: Ffremote, script: Script, source: Path, logo: Path, tmp_path: Path
) -> None:
    script_completed_job(script)
    source.with_name("second.mp4").write_bytes(b"second")

    done = ffremote(
        *("submit", source.name, "second.mp4", "--with", "logo.png", "--container", "mkv"),
    )

    forms = [request.body for request in script.requests]
    assert done.stdout == f"{JOB}\n{JOB}\n"
    assert len(forms) == 2
    assert all(b"a picture" in form for form in forms)


@pytest.mark.parametrize(
    ("inputs", "files", "message"),
    [
        (3, ("in.mp4", "--with", "logo.png"), "3 inputs in `inputs`, and 2 files are given"),
        (2, ("in.mp4", "logo.png"), "2 inputs in `inputs`, and 1 file is given"),
    ],
)
def test_a_wrong_number_of_files_is_a_usage_error_before_any_request(
    ffremote: Ffremote,
    script: Script,
    source: Path,
    logo: Path,
    tmp_path: Path,
    inputs: int,
    files: tuple[str, ...],
    message: str,
) -> None:
    write_job(tmp_path, inputs=[{}] * inputs)

    done = ffremote("run", *files, "--job", "job.json", "-o", "out/")

    assert (done.returncode, script.requests) == (2, [])
    assert done.stderr == (
        f"ffremote: the job has {message} "
        "(-i names the first input of a job, --with FILE each further one)\n"
    )


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("inputs[1]: this is not media.", "inputs[1] (logo.png): this is not media."),
        ("inputs[0].start cannot be 'x'.", "--start (in.mp4) cannot be 'x'."),
        ("inputs[9] is unknown.", "inputs[9] is unknown."),
    ],
)
def test_a_refusal_names_the_file(
    ffremote: Ffremote, script: Script, source: Path, logo: Path, message: str, shown: str
) -> None:
    field = message.partition(" ")[0].rstrip(":")
    script.on("POST /jobs", error_reply(400, "INVALID_ARGUMENT", message, field=field))

    done = ffremote("run", source.name, "--with", "logo.png", "-o", "out.mp4", "--json")

    assert (done.returncode, done.stderr) == (4, f"ffremote: {shown}\n")
    assert json.loads(done.stdout)["error"]["message"] == message


def test_a_missing_further_input_is_an_error_before_any_request(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    done = ffremote("run", source.name, "--with", "none.png", "-o", "out.mp4")

    assert (done.returncode, script.requests) == (6, [])
    assert done.stderr == "ffremote: none.png cannot be read: No such file or directory\n"


def test_no_input_is_ever_overwritten(
    ffremote: Ffremote, script: Script, source: Path, logo: Path
) -> None:
    done = ffremote("run", source.name, "--with", "logo.png", "-o", "logo.png", "-y")

    assert (done.returncode, script.requests) == (6, [])
    assert "the output logo.png is the same file as the input logo.png" in done.stderr
    assert logo.read_bytes() == b"a picture"


def test_attach_remembers_every_input(
    ffremote: Ffremote, script: Script, source: Path, logo: Path
) -> None:
    script_completed_job(script)
    ffremote("run", source.name, "--with", "logo.png", "-o", "out.mp4", "--detach")

    done = ffremote("attach", "last", "-o", "logo.png", "-y")

    assert done.returncode == 6
    assert "the output logo.png is the same file as the input" in done.stderr
    assert logo.read_bytes() == b"a picture"


def test_attach_names_the_file_of_an_input_that_failed(
    ffremote: Ffremote, script: Script, source: Path, logo: Path
) -> None:
    script_completed_job(script)
    ffremote("run", source.name, "--with", "logo.png", "-o", "out.mp4", "--detach")
    error = {"message": "inputs[1] has no video.", "details": {"hint": "send a picture"}}
    script.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="failed", error=error))

    done = ffremote("attach", "last")

    assert done.returncode == 5
    assert done.stderr == (
        f"ffremote: job {JOB} failed: inputs[1] ({logo}) has no video. (send a picture)\n"
    )


def test_a_dry_run_has_the_inputs(
    ffremote: Ffremote, script: Script, source: Path, logo: Path
) -> None:
    script.on("POST /jobs", json_reply(200, command="ffmpeg …", warnings=[]))

    done = ffremote("run", source.name, "--with", "logo.png", "-o", "out.mp4", "--dry-run")

    assert done.stdout == "ffmpeg …\n"
    assert json.loads(script.requests[0].body)["inputs"] == [{}, {}]


def test_lines_report_each_file_and_the_total(
    ffremote: Ffremote, script: Script, source: Path, logo: Path
) -> None:
    script_completed_job(script)

    done = ffremote(
        *("run", source.name, "--with", "logo.png", "-o", "out.mp4", "--progress", "json")
    )

    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    uploads = [
        (line.get("file"), line["bytes"], line["total"])
        for line in lines
        if line.get("state") == "upload"
    ]
    size = source.stat().st_size
    assert (None, 0, size + 9) in uploads
    assert (source.name, size, size) in uploads
    assert ("logo.png", 9, 9) in uploads
    assert uploads[-1] == (None, size + 9, size + 9)
    assert len(RESULT) in [line.get("bytes") for line in lines]
