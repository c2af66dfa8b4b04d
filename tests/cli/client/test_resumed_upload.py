"""A command that follows a job resumes the job's interrupted upload."""

from pathlib import Path

import pytest

from ffremote_cli import Client, LocalFileProblem
from ffremote_cli.client.transfer.file_lock import FileLock
from tests.support.scripted_job import JOB
from tests.support.scripted_server import Ffremote, Reply, Script, json_reply
from tests.support.scripted_tus import SIZE, TusServer, client_for, interrupt_upload


@pytest.fixture
def interrupted(script: Script, tus: TusServer, large: Path, tmp_path: Path) -> Client:
    """A client with the state of an upload that was interrupted in the middle."""
    interrupt_upload(script, tus, large, tmp_path)
    return client_for(script, tmp_path)


def test_the_job_id_is_enough_to_resume_its_upload(
    interrupted: Client, tus: TusServer, large: Path
) -> None:
    offsets: list[int] = []

    first = interrupted.resume_upload(JOB, on_bytes=lambda have, _: offsets.append(have))
    again = interrupted.resume_upload(JOB)

    assert (first, again) == (True, False)
    assert (offsets[0], offsets[-1]) == (SIZE - 5000, SIZE)
    assert bytes(tus.bytes) == large.read_bytes()


def test_an_upload_of_another_machine_is_not_resumed(
    interrupted: Client, script: Script, tus: TusServer, tmp_path: Path
) -> None:
    with client_for(script, tmp_path / "elsewhere") as elsewhere:
        assert not elsewhere.resume_upload(JOB)
    assert not interrupted.resume_upload("another")

    assert len(tus.bytes) == SIZE - 5000


def test_an_upload_that_another_process_holds_is_not_resumed(
    interrupted: Client, tus: TusServer, tmp_path: Path
) -> None:
    [record] = tmp_path.glob("uploads/*.json")
    lock = FileLock(record.with_suffix(".lock"))

    assert lock.is_acquired
    assert not interrupted.resume_upload(JOB)
    lock.close()

    assert len(tus.bytes) == SIZE - 5000


def test_the_upload_of_a_changed_file_is_not_resumed(
    interrupted: Client, tus: TusServer, large: Path
) -> None:
    large.write_bytes(b"another film")

    with pytest.raises(LocalFileProblem, match="has changed since its upload began"):
        interrupted.resume_upload(JOB)

    assert len(tus.bytes) == SIZE - 5000


@pytest.mark.parametrize("command", ["attach", "watch"])
def test_a_command_that_follows_a_job_resumes_its_upload(
    ffremote: Ffremote,
    client_environ: dict[str, str],
    script: Script,
    tus: TusServer,
    large: Path,
    command: str,
) -> None:
    upload = {"upload_id": "u", "bytes": SIZE, "bytes_received": SIZE - 5000, "percent": 99}
    arriving = json_reply(job_id=JOB, state="queued", phase="uploading", upload=upload)
    script.on(f"GET /jobs/{JOB}/status", arriving, json_reply(job_id=JOB, state="completed"))
    script.on(f"GET /jobs/{JOB}", json_reply(job_id=JOB, state="completed"))
    script.on(f"GET /jobs/{JOB}/result", Reply(200, b"result"))
    interrupt_upload(script, tus, large, Path(client_environ["XDG_STATE_HOME"], "ffremote"))

    done = ffremote(command, JOB)

    assert done.returncode == 0, done.stderr
    assert bytes(tus.bytes) == large.read_bytes()
