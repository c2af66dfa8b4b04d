"""If no state can be stored, a command warns, continues and downloads its result."""

from pathlib import Path

from tests.support.scripted_job import JOB, result_reply, script_completed_job
from tests.support.scripted_server import Ffremote, Reply, Script, json_reply
from tests.support.scripted_tus import TusServer

UNUSABLE = {"HOME": "/dev/null", "XDG_STATE_HOME": ""}


def script_large_job(script: Script) -> TusServer:
    tus = TusServer(script)
    script_completed_job(script)
    script.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="completed"))
    return tus


def test_an_unwritable_home_is_a_warning(
    ffremote: Ffremote, script: Script, source: Path, tmp_path: Path
) -> None:
    script_completed_job(script)

    done = ffremote("run", source.name, "-o", "out.mp4", **UNUSABLE)

    assert (done.returncode, done.stdout) == (0, "out.mp4\n")
    assert done.stderr.startswith(
        f"ffremote: warning: job {JOB} cannot be recorded on this machine, so `last` will not find "
        "it: /dev/null/.local/state/ffremote: Not a directory\n"
    )
    assert (tmp_path / "out.mp4").exists()


def test_a_large_file_is_uploaded_without_a_state_folder(
    ffremote: Ffremote, script: Script, large: Path, tmp_path: Path
) -> None:
    tus = script_large_job(script)

    done = ffremote("run", large.name, "-o", "out.mp4", **UNUSABLE)

    assert done.returncode == 0, done.stderr
    assert bytes(tus.bytes) == large.read_bytes()
    assert done.stderr.count("uploads will not be resumed after a break") == 1
    assert "Traceback" not in done.stderr


def test_a_state_folder_that_is_a_file_is_a_warning(
    ffremote: Ffremote, script: Script, large: Path, tmp_path: Path
) -> None:
    script_large_job(script)
    (tmp_path / "state").mkdir()
    (tmp_path / "state/ffremote").write_text("a file")

    done = ffremote("submit", large.name, "-o", "o.mp4", XDG_STATE_HOME=str(tmp_path / "state"))

    assert (done.returncode, done.stdout) == (0, f"{JOB}\n")


def test_a_file_that_is_moved_during_its_upload_is_no_error(
    ffremote: Ffremote, script: Script, large: Path, tmp_path: Path
) -> None:
    tus = script_large_job(script)
    append = tus.append

    def moved(request: object) -> Reply:
        large.rename(tmp_path / "moved.mkv")
        return append(request)  # type: ignore[arg-type]

    script.on("PATCH /uploads/u", moved)

    done = ffremote("run", large.name, "-o", "out.mp4")

    assert (done.returncode, done.stdout) == (0, "out.mp4\n")
    assert "Traceback" not in done.stderr


def test_a_writable_home_gets_no_warning(ffremote: Ffremote, script: Script, source: Path) -> None:
    script_completed_job(script)
    script.on(f"GET /jobs/{JOB}/result", result_reply())

    done = ffremote("run", source.name, "-o", "out.mp4")

    assert done.returncode == 0
    assert "warning" not in done.stderr
