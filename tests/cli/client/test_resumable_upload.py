"""Large films go up in pieces, and go on after a break, also in another run of ours."""

import json
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote_cli import Client, LocalFileProblem, Refused, Stopped, Unreachable
from ffremote_cli.client.transfer.file_lock import FileLock
from ffremote_cli.client.transfer.tus import PIECE_BYTES
from ffremote_cli.client.transfer.upload import RESUMABLE_FROM
from tests.support.scripted_server import Ffremote, Reply, Request, Script, refuse, say

JOB = "0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69"
SIZE = RESUMABLE_FROM + 1000


class TusServer:
    """What an honest server does with pieces; `lose` bytes of the next one on the way."""

    def __init__(self, script: Script) -> None:
        self.bytes = bytearray()
        self.lose = 0
        self.answers: list[Reply] = []
        script.on(
            "OPTIONS /uploads",
            Reply(204, b"", {"Tus-Extension": "creation,termination", "Tus-Max-Size": "99999999"}),
        )
        script.on("POST /uploads", self.create)
        script.on("GET /uploads/u", self.tell)
        script.on("PATCH /uploads/u", self.append)
        script.on("DELETE /uploads/u", Reply(204))
        script.on(f"DELETE /jobs/{JOB}", say(202, job_id=JOB, state="canceled"))
        script.on(f"GET /jobs/{JOB}/status", say(job_id=JOB, state="queued", phase="uploading"))

    def create(self, request: Request) -> Reply:
        assert request.headers["Upload-Length"] == str(SIZE)
        assert re.search(r"job \S+", request.headers["Upload-Metadata"])
        return say(201, {"Location": "/api/v1/uploads/u"}, job_id=JOB)

    def tell(self, _: Request) -> Reply:
        return Reply(200, b"", {"Upload-Offset": str(len(self.bytes))})

    def append(self, request: Request) -> Reply:
        if int(request.headers["Upload-Offset"]) != len(self.bytes):
            return refuse(409, "UPLOAD_CONFLICT", "The upload is elsewhere.")
        self.bytes += request.body[: len(request.body) - self.lose]
        lost, self.lose = self.lose, 0
        return self.answers.pop(0) if self.answers and lost else Reply(204)


@pytest.fixture
def tus(script: Script) -> TusServer:
    return TusServer(script)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.mkv"
    path.write_bytes(bytes(range(256)) * (SIZE // 256 + 1))
    with path.open("ab") as file:
        file.truncate(SIZE)
    return path


def client_for(script: Script, folder: Path, **options: object) -> Client:
    return Client(script.url, state_folder=folder, **options)  # type: ignore[arg-type]


def test_the_job_is_taken_before_the_first_byte(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    told: list[str] = []

    with client_for(script, tmp_path) as client:
        accepted = client.submit(large, {"output_filename": "o.mp4"}, on_accepted=told.append)

    assert (accepted.job_id, told) == (JOB, [JOB])
    assert bytes(tus.bytes) == large.read_bytes()
    assert script.calls() == ["OPTIONS /uploads", "POST /uploads", "PATCH /uploads/u"]
    assert SIZE < PIECE_BYTES


def test_a_second_job_on_the_same_film_sends_no_bytes(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    script.on("POST /jobs", say(202, job_id="second"))

    with client_for(script, tmp_path) as client:
        client.submit(large, {"output_filename": "a.mp4"})
        second = client.submit(large, {"output_filename": "b.mp4", "input": {"start": 1}})

    assert second.job_id == "second"
    assert script.calls()[3:] == ["POST /jobs"]
    assert json.loads(script.requests[3].body) == {
        "output_filename": "b.mp4",
        "input": {"start": 1, "upload_id": "u"},
    }


def test_bytes_that_the_server_has_thrown_away_are_sent_again(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    script.on("POST /jobs", refuse(404, "UPLOAD_NOT_FOUND", "There is no upload 'u'."))

    with client_for(script, tmp_path) as client:
        client.submit(large, {"output_filename": "a.mp4"})
        tus.bytes.clear()
        client.submit(large, {"output_filename": "b.mp4"})

    assert script.calls().count("POST /uploads") == 2
    assert bytes(tus.bytes) == large.read_bytes()


def test_after_a_break_only_the_rest_is_sent(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    tus.lose = 5000
    tus.answers = [refuse(503, "SERVICE_UNAVAILABLE", "Not now.")]

    with client_for(script, tmp_path) as client:
        client.submit(large, {"output_filename": "o.mp4"})

    assert bytes(tus.bytes) == large.read_bytes()
    offsets = [it.headers["Upload-Offset"] for it in script.requests if it.method == "PATCH"]
    assert offsets == ["0", str(SIZE - 5000)]


def test_another_run_goes_on_where_the_first_one_died(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    tus.lose = 5000
    tus.answers = [refuse(503, "SERVICE_UNAVAILABLE", "Not now.")]
    with (
        client_for(script, tmp_path, patience_seconds=0) as client,
        pytest.raises(Refused, match="Not now"),
    ):
        client.submit(large, {"output_filename": "o.mp4"})

    with client_for(script, tmp_path) as client:
        accepted = client.submit(large, {"output_filename": "o.mp4"})

    assert accepted.job_id == JOB
    assert bytes(tus.bytes) == large.read_bytes()
    assert script.calls().count("POST /uploads") == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(path.read_bytes()),
        lambda path: path.rename(path.with_name("other.mkv")),
    ],
)
def test_a_film_that_changed_is_sent_anew(
    script: Script,
    tus: TusServer,
    large: Path,
    tmp_path: Path,
    change: Callable[[Path], Path | None],
) -> None:
    tus.lose = 5000
    tus.answers = [refuse(503, "SERVICE_UNAVAILABLE", "Not now.")]
    with client_for(script, tmp_path, patience_seconds=0) as client, pytest.raises(Refused):
        client.submit(large, {"output_filename": "o.mp4"})
    changed = change(large)
    tus.bytes.clear()

    with client_for(script, tmp_path) as client:
        client.submit(changed if isinstance(changed, Path) else large, {"output_filename": "o.mp4"})

    assert script.calls().count("POST /uploads") == 2


def test_a_job_that_was_canceled_meanwhile_is_not_gone_on_with(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    tus.lose = 5000
    tus.answers = [refuse(503, "SERVICE_UNAVAILABLE", "Not now.")]
    with client_for(script, tmp_path, patience_seconds=0) as client, pytest.raises(Refused):
        client.submit(large, {"output_filename": "o.mp4"})
    script.on(f"GET /jobs/{JOB}/status", say(job_id=JOB, state="canceled"))
    tus.bytes.clear()

    with client_for(script, tmp_path) as client:
        client.submit(large, {"output_filename": "o.mp4"})

    assert script.calls().count("POST /uploads") == 2


def test_stopping_cancels_the_job_and_takes_the_bytes_away(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    stop = threading.Event()
    told: list[str] = []

    def stop_now(have: int, _: int | None) -> None:
        if have:
            stop.set()

    with client_for(script, tmp_path, stop=stop) as client:
        with pytest.raises(Stopped):
            client.submit(
                large, {"output_filename": "o.mp4"}, on_bytes=stop_now, on_accepted=told.append
            )
        client.cancel(told[0])

    assert script.calls()[-2:] == [f"DELETE /jobs/{JOB}", "DELETE /uploads/u"]
    assert list(tmp_path.glob("uploads/*")) == []


def test_more_than_the_server_takes_is_told_before_any_byte(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    script.on(
        "OPTIONS /uploads", Reply(204, b"", {"Tus-Extension": "creation", "Tus-Max-Size": "1000"})
    )

    with client_for(script, tmp_path) as client, pytest.raises(Refused) as caught:
        client.submit(large, {"output_filename": "o.mp4"})

    assert caught.value.code == "FILE_TOO_LARGE"
    assert script.calls() == ["OPTIONS /uploads"]


def test_a_server_without_tus_gets_one_request(script: Script, large: Path, tmp_path: Path) -> None:
    script.on("POST /jobs", say(202, job_id=JOB))

    with client_for(script, tmp_path) as client:
        client.submit(large, {"output_filename": "o.mp4"})

    assert script.calls() == ["OPTIONS /uploads", "POST /jobs"]
    assert large.read_bytes() in script.requests[1].body


def test_a_server_that_never_comes_back_is_told(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    script.on("PATCH /uploads/u", Reply(200, b"x", {"Content-Length": "9"}, cut_after=0))
    script.on("GET /uploads/u", Reply(200, b"", {"Content-Type": "text/html"}))

    with (
        client_for(script, tmp_path, patience_seconds=0.1) as client,
        pytest.raises(Unreachable),
    ):
        client.submit(large, {"output_filename": "o.mp4"})


def break_off(script: Script, tus: TusServer, large: Path, folder: Path) -> None:
    """Leave in `folder` what a client leaves there whose server did not come back in time."""
    tus.lose = 5000
    tus.answers = [Reply(502)]
    with (
        client_for(script, folder, patience_seconds=0.1) as client,
        pytest.raises(Unreachable),
    ):
        client.submit(large, {"output_filename": "o.mp4"})


@pytest.fixture
def broken_off(script: Script, tus: TusServer, large: Path, tmp_path: Path) -> Client:
    """A client on a machine whose upload ended in the middle."""
    break_off(script, tus, large, tmp_path)
    return client_for(script, tmp_path)


def test_a_job_is_enough_to_go_on_with_its_upload(
    broken_off: Client, tus: TusServer, large: Path
) -> None:
    told: list[int] = []

    first = broken_off.resume_upload(JOB, on_bytes=lambda have, _: told.append(have))
    again = broken_off.resume_upload(JOB)

    assert (first, again) == (True, False)
    assert (told[0], told[-1]) == (SIZE - 5000, SIZE)
    assert bytes(tus.bytes) == large.read_bytes()


def test_an_upload_of_somewhere_else_is_left_alone(
    broken_off: Client, script: Script, tus: TusServer, tmp_path: Path
) -> None:
    with client_for(script, tmp_path / "elsewhere") as elsewhere:
        assert not elsewhere.resume_upload(JOB)
    assert not broken_off.resume_upload("another")

    assert len(tus.bytes) == SIZE - 5000


def test_an_upload_that_another_process_is_at_is_left_to_it(
    broken_off: Client, tus: TusServer, tmp_path: Path
) -> None:
    [record] = tmp_path.glob("uploads/*.json")
    lock = FileLock(record.with_suffix(".lock"))

    assert lock.is_ours
    assert not broken_off.resume_upload(JOB)
    lock.close()

    assert len(tus.bytes) == SIZE - 5000


def test_a_film_that_has_changed_is_not_gone_on_with(
    broken_off: Client, tus: TusServer, large: Path
) -> None:
    large.write_bytes(b"another film")

    with pytest.raises(LocalFileProblem, match="has changed since its upload began"):
        broken_off.resume_upload(JOB)

    assert len(tus.bytes) == SIZE - 5000


@pytest.mark.parametrize("command", ["attach", "watch"])
def test_a_command_that_follows_a_job_goes_on_with_its_upload(
    ffremote: Ffremote,
    client_environ: dict[str, str],
    script: Script,
    tus: TusServer,
    large: Path,
    command: str,
) -> None:
    upload = {"upload_id": "u", "bytes": SIZE, "bytes_received": SIZE - 5000, "percent": 99}
    arriving = say(job_id=JOB, state="queued", phase="uploading", upload=upload)
    script.on(f"GET /jobs/{JOB}/status", arriving, say(job_id=JOB, state="completed"))
    script.on(f"GET /jobs/{JOB}", say(job_id=JOB, state="completed"))
    script.on(f"GET /jobs/{JOB}/result", Reply(200, b"result"))
    break_off(script, tus, large, Path(client_environ["XDG_STATE_HOME"], "ffremote"))

    done = ffremote(command, JOB)

    assert done.returncode == 0, done.stderr
    assert bytes(tus.bytes) == large.read_bytes()
