"""A job with several inputs: one form if they are small, else an upload for each file."""

import threading
from pathlib import Path
from typing import Any

import pytest

from ffremote_cli import Misused, Refused
from ffremote_cli.client.transfer.parallel_uploads import AT_ONCE
from tests.support.scripted_job import JOB, submitted_job
from tests.support.scripted_server import Reply, Request, Script, error_reply
from tests.support.scripted_tus import client_for
from tests.support.scripted_uploads import UploadServer, contents_of, large_files

TWO: dict[str, Any] = {"output_filename": "o.mp4", "inputs": [{"start": 1}, {"role": "subtitle"}]}


@pytest.fixture
def server(script: Script) -> UploadServer:
    """A tus server by script."""
    return UploadServer(script)


@pytest.fixture
def large(tmp_path: Path) -> tuple[Path, ...]:
    """Two files that are sent by tus."""
    return large_files(tmp_path, "a.mkv", "b.mkv")


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, ...]:
    """Two files that are sent in one request."""
    paths = (tmp_path / "small.mp4", tmp_path / "small.srt")
    for path in paths:
        path.write_bytes(path.name.encode() * 100)
    return paths


def test_small_inputs_are_sent_in_one_form_in_their_order(
    script: Script, server: UploadServer, small: tuple[Path, ...], tmp_path: Path
) -> None:
    with client_for(script, tmp_path) as client:
        accepted = client.submit(small, TWO)

    [request] = script.requests
    assert accepted.job_id == JOB
    assert submitted_job(request) == TWO
    assert request.body.count(b'name="file"') == 2
    first, second = (request.body.index(path.read_bytes()) for path in small)
    assert first < second


def test_large_inputs_are_uploads_that_the_job_names_before_their_first_byte(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    accepted: list[tuple[str, int]] = []

    with client_for(script, tmp_path) as client:
        client.submit(
            large,
            TWO,
            on_accepted=lambda job_id: accepted.append(
                (job_id, sum(map(len, server.bytes.values())))
            ),
        )

    assert accepted == [(JOB, 0)]
    assert server.contents() == contents_of(large)
    assert server.roles == ["", "subtitle"]
    assert server.submitted() == [
        {
            "output_filename": "o.mp4",
            "inputs": [
                {"start": 1, "upload_id": "u0"},
                {"role": "subtitle", "upload_id": "u1"},
            ],
        }
    ]


def test_every_file_and_their_total_are_reported(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    total: list[tuple[int, int | None]] = []
    each: dict[Path, list[tuple[int, int]]] = {path: [] for path in large}

    with client_for(script, tmp_path) as client:
        client.submit(
            large,
            TWO,
            on_bytes=lambda done, size: total.append((done, size)),
            on_input_bytes=lambda path, done, size: each[path].append((done, size)),
        )

    sizes = [path.stat().st_size for path in large]
    assert total[0] == (0, sum(sizes))
    assert total[-1] == (sum(sizes), sum(sizes))
    assert total == sorted(total)
    assert [each[path][-1] for path in large] == [(size, size) for size in sizes]


def test_four_files_are_sent_at_the_same_time(
    script: Script, server: UploadServer, tmp_path: Path
) -> None:
    paths = large_files(tmp_path, *(f"{number}.mkv" for number in range(2 * AT_ONCE)))
    meeting = threading.Barrier(AT_ONCE)
    running: list[str] = []
    most: list[int] = []
    append = server.append

    def meet(upload_id: str, request: Request) -> Reply:
        running.append(upload_id)
        most.append(len(running))
        meeting.wait(30)  # raises unless as many requests arrive at the same time
        running.remove(upload_id)
        return append(upload_id, request)

    server.append = meet  # type: ignore[method-assign]
    with client_for(script, tmp_path) as client:
        client.submit(paths, {"output_filename": "o.mp4", "inputs": [{}] * len(paths)})

    assert max(most) == AT_ONCE
    assert server.contents() == contents_of(paths)


@pytest.mark.parametrize("kind", ["large", "small"])
def test_a_file_that_two_inputs_name_is_sent_once(
    script: Script,
    server: UploadServer,
    large: tuple[Path, ...],
    small: tuple[Path, ...],
    tmp_path: Path,
    kind: str,
) -> None:
    first, second = large if kind == "large" else small
    link = tmp_path / "link"
    link.symlink_to(first)

    with client_for(script, tmp_path) as client:
        client.submit([first, second, link], {"output_filename": "o.mp4", "inputs": [{}] * 3})

    assert server.contents() == contents_of([first, second])
    [job] = server.submitted()
    assert [each["upload_id"] for each in job["inputs"]] == ["u0", "u1", "u0"]


@pytest.mark.parametrize(
    ("job", "count", "message"),
    [
        ({}, 0, "the job has one input, and no file is given"),
        ({}, 2, "the job has one input, and 2 files are given"),
        ({"inputs": [{}, {}, {}]}, 2, "the job has 3 inputs in `inputs`, and 2 files are given"),
        ({"inputs": [{}]}, 2, "the job has 1 input in `inputs`, and 2 files are given"),
        ({"inputs": [{}, {}]}, 1, "the job has 2 inputs in `inputs`, and 1 file is given"),
        ({"inputs": "ab"}, 2, "`inputs` of the job is not a list"),
        ({"inputs": [{}, 1]}, 2, "`inputs[1]` of the job is not an object"),
        (
            {"inputs": [{"upload_id": "u"}, {}]},
            2,
            "`inputs[0]` of the job names an upload, and a file is given for it",
        ),
    ],
)
def test_inputs_that_do_not_fit_the_files_are_an_error_before_any_request(
    script: Script, small: tuple[Path, ...], job: dict[str, Any], count: int, message: str
) -> None:
    with client_for(script, small[0].parent) as client, pytest.raises(Misused) as caught:
        client.submit(small[:count], {"output_filename": "o.mp4", **job})

    assert caught.value.message == message
    assert script.requests == []


def test_the_limit_of_the_server_is_that_of_all_inputs_together(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    script.on(
        "OPTIONS /uploads",
        Reply(204, b"", {"Tus-Extension": "creation", "Tus-Max-Size": "10000000"}),
    )

    with client_for(script, tmp_path) as client, pytest.raises(Refused) as caught:
        client.submit(large, TWO)

    assert caught.value.message == (
        "the inputs of the job have 16779216 bytes, and the server takes 10000000 at most"
    )
    assert script.calls() == ["OPTIONS /uploads"]


def test_a_server_without_tus_gets_one_form(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    script.on("OPTIONS /uploads", Reply(404, b"{}"))

    with client_for(script, tmp_path) as client:
        client.submit(large, TWO)

    assert script.calls() == ["OPTIONS /uploads", "POST /jobs"]
    assert all(path.read_bytes() in script.requests[1].body for path in large)


def test_a_refused_job_leaves_no_upload_behind(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    script.on(
        "POST /jobs",
        error_reply(400, "INVALID_ARGUMENT", "inputs[0].start: no.", field="inputs[0].start"),
    )

    with client_for(script, tmp_path) as client, pytest.raises(Refused, match="start"):
        client.submit(large, TWO)

    assert sorted(script.calls()[-2:]) == ["DELETE /uploads/u0", "DELETE /uploads/u1"]
    assert list(tmp_path.glob("uploads/*")) == []
    assert not any(server.bytes.values())


def test_a_file_that_an_earlier_job_has_sent_is_not_sent_again(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    with client_for(script, tmp_path) as client:
        client.submit(large, TWO)
        client.submit(large, {"output_filename": "other.mp4", "inputs": [{}, {}]})

    assert server.names == ["a.mkv", "b.mkv"]
    ids = [[each["upload_id"] for each in job["inputs"]] for job in server.submitted()]
    assert ids == [["u0", "u1"], ["u0", "u1"]]


def test_a_file_that_the_server_has_removed_is_sent_again(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    with client_for(script, tmp_path) as client:
        client.submit(large, TWO)
        replies = iter([error_reply(404, "UPLOAD_NOT_FOUND", "There is no upload 'u1'.")])
        accepted = Reply(202, b'{"job_id": "%s"}' % JOB.encode())
        script.on("POST /jobs", lambda _: next(replies, accepted))
        client.submit(large, {"output_filename": "other.mp4", "inputs": [{}, {}]})

    assert server.names == ["a.mkv", "b.mkv"] * 2
    assert [bytes(server.bytes[each]) for each in ("u2", "u3")] == [
        path.read_bytes() for path in large
    ]
