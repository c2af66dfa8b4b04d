"""The library: the examples of docs/library.md, its inputs, its environment and its errors."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote_cli import Client, JobCanceled, JobFailed, LocalFileProblem, Misused, Stopped
from ffremote_cli.client.memory_inputs import as_paths
from tests.support.paths import CHECKOUT
from tests.support.scripted_job import JOB, RESULT, script_completed_job
from tests.support.scripted_server import Script, json_reply
from tests.support.service import Service

EXAMPLES = re.findall(
    r"^```python\n(.*?)^```", (CHECKOUT / "docs/library.md").read_text(), re.MULTILINE | re.DOTALL
)

SetEnviron = Callable[..., None]


@pytest.fixture
def set_environ(client_environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> SetEnviron:
    """Sets the environment of the library to these variables, in a new home."""

    def set_all(**variables: str) -> None:
        for name, value in {**client_environ, **variables}.items():
            monkeypatch.setenv(name, value)

    return set_all


@pytest.mark.slow
def test_the_documented_examples_run(
    service: Service,
    clip: Path,
    tmp_path: Path,
    set_environ: SetEnviron,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_environ(FFREMOTE_SERVER=service.url)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.mp4").write_bytes(clip.read_bytes())
    names: dict[str, object] = {}

    for example in EXAMPLES:
        exec(compile(example, "docs/library.md", "exec"), names)

    made = {path.name for path in tmp_path.glob("*.m*")} - {"in.mp4"}
    assert made == {
        *("out.mp4", "small.mkv", "mono.m4a"),
        *("from-bytes.mkv", "from-a-file.mkv", "from-memory.mkv"),
    }
    assert capsys.readouterr().out.endswith("INVALID_ARGUMENT 400 video.codec\n")


def test_a_file_object_is_sent_as_it_is_and_others_by_a_copy(source: Path) -> None:
    with source.open("rb") as opened, source.open("rb") as begun:
        begun.read(10)
        rest = source.read_bytes()[10:]
        with as_paths([source, str(source), opened, begun, io.BytesIO(b"m"), b"bytes"]) as paths:
            assert paths[:3] == [source, source, source]
            assert [path.read_bytes() for path in paths[3:]] == [rest, b"m", b"bytes"]
            assert [path.name for path in paths[3:]] == ["in.mp4", "input", "input"]

    assert not any(path.exists() for path in paths[3:])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (io.StringIO("text"), "an input was opened as text; open it in binary mode: 'rb'"),
        (3, "an input is a path, bytes or a binary file, not int"),
    ],
)
def test_an_input_of_another_kind_is_named(script: Script, given: object, message: str) -> None:
    with Client(script.url) as client, pytest.raises(Misused, match=re.escape(message)):
        client.submit(given, {"output_filename": "out.mp4"})  # type: ignore[arg-type]

    assert script.requests == []


FAILURE = {"message": "It is damaged.", "details": {"reason": "corrupt_input"}}


@pytest.mark.parametrize(
    ("last", "error"),
    [({"state": "failed", "error": FAILURE}, JobFailed), ({"state": "canceled"}, JobCanceled)],
)
def test_follow_yields_changes_only_and_raises_at_the_end(
    script: Script, last: dict[str, object], error: type[Exception]
) -> None:
    queued = json_reply(job_id=JOB, state="queued", queue_position=1)
    running = json_reply(job_id=JOB, state="running", progress_percent=10)
    replies = (queued, queued, running, running, json_reply(job_id=JOB, **last))
    script.on(f"GET /jobs/{JOB}/status", *replies)
    seen = []

    with Client(script.url, poll_interval=0.05) as client:
        statuses = client.follow(JOB)
        seen = [next(statuses).state for _ in range(3)]
        with pytest.raises(error):
            next(statuses)

    assert seen == ["queued", "running", last["state"]]
    assert len(script.requests) == len(replies)


def test_run_refuses_a_target_before_any_request(
    script: Script, source: Path, tmp_path: Path
) -> None:
    existing = tmp_path / "there.mp4"
    existing.write_text("kept")

    with Client(script.url) as client:
        with pytest.raises(LocalFileProblem, match="exists already"):
            client.run(source, {}, existing)
        with pytest.raises(LocalFileProblem):
            client.run(source, {}, source, overwrite=True)
        with pytest.raises(Misused, match="the job makes several files"):
            client.run(source, {"outputs": []}, tmp_path / "out")

    assert script.requests == []


def test_run_names_the_result_after_its_target(
    script: Script, source: Path, tmp_path: Path
) -> None:
    script_completed_job(script)
    states: list[str] = []

    with Client(script.url, poll_interval=0.05) as client:
        done = client.run(
            source, {}, tmp_path / "out.mp4", on_status=lambda status: states.append(status.state)
        )

    assert (done.path, done.bytes) == (tmp_path / "out.mp4", len(RESULT))
    assert states == ["queued", "running", "completed"]
    assert b'"output_filename": "out.mp4"' in script.requests[0].body


def test_run_that_is_stopped_cancels_the_job(script: Script, source: Path, tmp_path: Path) -> None:
    script_completed_job(script)
    script.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="running"))
    script.on(f"DELETE /jobs/{JOB}", json_reply(202, job_id=JOB, state="canceled"))

    with Client(script.url, poll_interval=0.05) as client, pytest.raises(Stopped):
        client.run(source, {}, tmp_path / "out.mp4", on_status=lambda _: client.stop.set())

    assert script.calls()[-1] == f"DELETE /jobs/{JOB}"


def test_the_pages_of_jobs_are_one_iterator(script: Script) -> None:
    pages = (
        ([{"job_id": "a", "state": "queued"}], "next"),
        ([{"job_id": "b", "state": "failed"}], None),
    )
    replies = [json_reply(items=items, next_cursor=cursor) for items, cursor in pages]
    script.on("GET /jobs", *replies)

    with Client(script.url) as client:
        assert [job.job_id for job in client.iter_jobs(page_size=1)] == ["a", "b"]

    assert [call.partition("&cursor=")[2] for call in script.calls()] == ["", "next"]


def test_from_env_finds_server_and_token_as_the_command_line_does(
    script: Script, set_environ: SetEnviron, client_environ: dict[str, str]
) -> None:
    script.on("GET /jobs", json_reply(items=[], next_cursor=None))
    path = Path(client_environ["HOME"], ".config", "ffremote", "config.toml")
    path.parent.mkdir(parents=True)
    path.write_text(f'[profiles.work]\nserver = "{script.url}"\ntoken = "of the profile"\n')

    set_environ()
    Client.from_env(profile="work").jobs()
    set_environ(FFREMOTE_PROFILE="work")
    Client.from_env().jobs()
    Client.from_env(token="given").jobs()
    warnings: list[str] = []
    elsewhere = Client.from_env(
        server=script.url.replace("127.0.0.1", "localhost"), on_warning=warnings.append
    )
    elsewhere.jobs()
    set_environ(FFREMOTE_TOKEN="of the environment")
    Client.from_env().jobs()
    with pytest.raises(Misused, match="has no profile 'home'"):
        Client.from_env(profile="home")
    set_environ(FFREMOTE_PATIENCE="long")
    with pytest.raises(Misused, match="FFREMOTE_PATIENCE or its key"):
        Client.from_env()

    [warning] = warnings
    assert warning.startswith("the token of profile 'work' is not sent to http://localhost:")
    assert [it.headers.get("Authorization") for it in script.requests] == [
        "Bearer of the profile",
        "Bearer of the profile",
        "Bearer given",
        None,
        "Bearer of the environment",
    ]
