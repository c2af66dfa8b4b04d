"""`ffremote files` and `ffremote download` of a job with several files, on a real server."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffremote.files.storage import Storage
from tests.support.builders import queue_job
from tests.support.packages import FILES, complete_package
from tests.support.scripted_server import Ffremote
from tests.support.service import Service
from tests.support.worker_steps import RESULT, complete


@pytest.fixture
def server(child_environ: dict[str, str], tmp_path: Path) -> Iterator[Service]:
    """A real server on the data directory of the test, without a worker."""
    made = Service(child_environ, tmp_path / "programs.log")
    made.start_server()
    yield made
    made.stop()


@pytest.fixture
def ffremote(in_process: Ffremote, server: Service) -> Ffremote:
    """The command line, in this process, with that server."""
    return lambda *args: in_process(*args, FFREMOTE_SERVER=server.url)


@pytest.fixture
def job(session: Session, storage: Storage) -> str:
    """A completed job with the files of `FILES`."""
    queue_job(session, storage, output_filename="film.m3u8")
    return complete_package(session, storage)[0].job_id


def stored(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_lists_them(ffremote: Ffremote, job: str) -> None:
    shown, as_json = ffremote("files", job), ffremote("files", job, "--json")

    lines = shown.stdout.splitlines()
    assert lines[0].split() == ["NAME", "SIZE", "TYPE", "DURATION"]
    assert [line.split()[0] for line in lines[1:]] == list(FILES)
    assert [each["name"] for each in json.loads(as_json.stdout)] == list(FILES)


def test_download_writes_them_into_a_directory(
    ffremote: Ffremote, job: str, tmp_path: Path
) -> None:
    named, unnamed = ffremote("download", job, "-o", "into/"), ffremote("download", job)
    again = ffremote("download", job, "-o", "into/")

    assert (named.returncode, unnamed.returncode, again.returncode) == (0, 0, 0)
    assert named.stdout.splitlines() == [f"into/{name}" for name in FILES]
    assert stored(tmp_path / "into") == stored(tmp_path / "film") == FILES


def test_download_writes_one_archive_where_it_is_asked_for(
    ffremote: Ffremote, job: str, tmp_path: Path
) -> None:
    done = ffremote("download", job, "-o", "all.zip")

    assert done.returncode == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == FILES


@pytest.mark.slow
def test_download_refuses_a_file_for_several(ffremote: Ffremote, job: str, tmp_path: Path) -> None:
    done = ffremote("download", job, "-o", "film.mp4")

    assert done.returncode == 2
    assert "several files" in done.stderr
    assert not (tmp_path / "film.mp4").exists()


@pytest.mark.slow
def test_download_overwrites_only_on_request(ffremote: Ffremote, job: str, tmp_path: Path) -> None:
    (tmp_path / "into").mkdir()
    (tmp_path / "into" / "s0.ts").write_text("precious")

    refused = ffremote("download", job, "-o", "into")
    kept = stored(tmp_path / "into")
    done = ffremote("download", job, "-o", "into", "-y")

    assert (refused.returncode, kept) == (6, {"s0.ts": b"precious"})
    assert done.returncode == 0
    assert stored(tmp_path / "into") == FILES


def test_several_jobs_get_a_directory_each(
    ffremote: Ffremote, job: str, session: Session, storage: Storage, tmp_path: Path
) -> None:
    one = queue_job(session, storage)
    complete(session, storage)

    done = ffremote("download", job, one.id, "-o", "into/")

    assert done.returncode == 0, done.stderr
    assert stored(tmp_path / "into" / "film") == FILES
    assert (tmp_path / "into" / "a.mp4").read_bytes() == RESULT
