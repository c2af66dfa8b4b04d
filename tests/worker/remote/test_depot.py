"""Inputs and results between a worker's depot and a real server."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffremote.depot import keys
from ffremote.depot.protocol import DepotAway, FileLost, Kept
from ffremote.files.publication import PublishedFile
from ffremote.files.storage import Storage
from ffremote.jobs import job_files, store
from ffremote.ledger import needs
from ffremote.ledger.values import Claim, ClaimRequest, NewWorker, Result
from ffremote_worker.remote.depot import HttpDepot
from tests.depot.test_contract import BAD_KEYS
from tests.support import nginx
from tests.support.builders import CONTENT, queue_job
from tests.support.http_worker import CAPABILITIES
from tests.worker.remote.conftest import Remote

RESULT = bytes(range(256)) * 9000
WORKER, HOLDER, TOKEN = "1" * 32, "2" * 32, "3" * 32


@pytest.fixture
def claim(remote: Remote, session: Session, storage: Storage) -> Claim:
    """The claim of a job with one input."""
    queue_job(session, storage)
    remote.ledger.register(NewWorker(WORKER, 1, "9.0", "limits", CAPABILITIES))
    found = remote.ledger.claim(ClaimRequest(TOKEN, WORKER, HOLDER, needs.ALL))
    assert found is not None
    return found


def made(remote: Remote, claim: Claim, content: bytes = RESULT) -> Path:
    """Make a file in the attempt's directory."""
    path = remote.storage.attempt_dir(claim.job_id, claim.token) / "out.mp4"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", [RESULT, b""], ids=["pieces", "empty"])
def test_a_result_is_the_jobs_on_the_server_and_gone_here(
    remote: Remote,
    claim: Claim,
    session: Session,
    storage: Storage,
    content: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remote.depot._sender, "_piece_bytes", 1 << 20)
    path = made(remote, claim, content)
    key = keys.result(claim.job_id, claim.token)

    kept = remote.depot.keep(path, key)
    ended = remote.ledger.complete(claim, Result(kept.bytes, kept.sha256, {"bytes": 1}))

    assert kept == Kept(len(content), hashlib.sha256(content).hexdigest())
    assert ended and not path.exists()
    row = store.find(session, claim.job_id)
    assert (row.result_bytes, row.result_sha256) == (kept.bytes, kept.sha256)
    assert (storage.root / key).read_bytes() == content


@pytest.mark.slow
@pytest.mark.parametrize("request_buffering", ["on", "off"])
def test_a_result_passes_a_proxy_that_takes_bodies_of_a_megabyte(
    remote: Remote, claim: Claim, session: Session, tmp_path: Path, request_buffering: str
) -> None:
    content = RESULT * 5
    location = (
        f"location / {{ proxy_pass {remote.settings.worker_server};"
        f" proxy_request_buffering {request_buffering}; }}"
    )
    with nginx.running(tmp_path / "nginx", location) as url:
        behind = Remote(tmp_path / "worker", url, remote.settings.worker_token)
        path, key = made(remote, claim, content), keys.result(claim.job_id, claim.token)
        kept = behind.depot.keep(path, key)

    assert kept == Kept(len(content), hashlib.sha256(content).hexdigest())


def test_a_result_that_was_kept_is_kept_again_without_its_answer(
    remote: Remote, claim: Claim
) -> None:
    key = keys.result(claim.job_id, claim.token)
    first = remote.depot.keep(made(remote, claim), key)

    assert remote.depot.keep(made(remote, claim), key) == first


def test_several_results_have_their_names_kinds_and_seconds(
    remote: Remote, claim: Claim, session: Session
) -> None:
    contents = {"a.m3u8": b"#EXTM3U", "0.ts": b"", "1.ts": RESULT}
    folder = remote.storage.publishing_dir(claim.job_id, claim.token)
    folder.mkdir(parents=True)
    files = []
    for position, (name, content) in enumerate(contents.items()):
        (folder / str(position)).write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        files.append(PublishedFile(name, len(content), sha256, 0, "video/mp2t", 1.5))

    remote.depot.keep_all(folder, keys.files_folder(claim.job_id, claim.token), files)
    size = sum(each.bytes for each in files)
    ended = remote.ledger.complete(claim, Result(size, None, {"files": 3}, files=tuple(files)))

    assert ended and not folder.exists()
    found = job_files.page(session, claim.job_id, start=0, limit=9)
    assert [replace(each, crc32=0) for each in found] == files


def test_an_input_is_fetched_with_the_bytes_it_should_have(
    remote: Remote, claim: Claim, tmp_path: Path
) -> None:
    key, path = keys.upload(claim.upload_ids[0]), tmp_path / "input"

    remote.depot.fetch(key, path, sha256=hashlib.sha256(CONTENT).hexdigest())

    assert path.read_bytes() == CONTENT
    with pytest.raises(FileLost):
        remote.depot.fetch(key, tmp_path / "other", sha256="ab" * 32)
    assert not (tmp_path / "other").exists()


def test_an_input_that_the_server_removed_is_lost(
    remote: Remote, claim: Claim, storage: Storage, tmp_path: Path
) -> None:
    storage.discard_upload(claim.upload_ids[0])

    with pytest.raises(FileLost):
        remote.depot.fetch(keys.upload(claim.upload_ids[0]), tmp_path / "input")
    assert not (tmp_path / "input").exists()


def test_only_inputs_of_the_claim_are_fetched(remote: Remote, claim: Claim, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        remote.depot.fetch(keys.upload("0" * 32), tmp_path / "input")


def test_what_is_not_wanted_any_more_is_not_fetched(
    remote: Remote, claim: Claim, tmp_path: Path
) -> None:
    key = keys.upload(claim.upload_ids[0])

    with pytest.raises(DepotAway):
        remote.depot.fetch(key, tmp_path / "input", go_on=lambda: False)
    assert not (tmp_path / "input").exists()


def test_a_lost_claim_ends_its_transfers(
    remote: Remote, claim: Claim, session: Session, tmp_path: Path
) -> None:
    remote.ledger.release(claim, message="m")

    with pytest.raises(DepotAway):
        remote.depot.keep(made(remote, claim), keys.result(claim.job_id, claim.token))
    with pytest.raises(DepotAway):
        remote.depot.fetch(keys.upload(claim.upload_ids[0]), tmp_path / "input")


@pytest.mark.parametrize("key", BAD_KEYS)
def test_what_is_no_key_is_refused_before_it_is_used(
    scripted: Remote, tmp_path: Path, key: str
) -> None:
    depot, path = scripted.depot, tmp_path / "file"
    path.write_bytes(b"kept")
    uses: list[Callable[[HttpDepot], object]] = [
        lambda depot: depot.keep(path, key),
        lambda depot: depot.fetch(key, path),
        lambda depot: depot.size(key),
        lambda depot: depot.open(key, 0, 1),
        lambda depot: depot.remove(key),
    ]

    for use in uses:
        with pytest.raises(ValueError, match="is not a key"):
            use(depot)
    assert path.read_bytes() == b"kept"


def test_a_worker_neither_reads_nor_lists_other_files(scripted: Remote) -> None:
    key = keys.upload("0" * 32)

    for use in (
        lambda: scripted.depot.size(key),
        lambda: scripted.depot.open(key, 0, 1),
        lambda: scripted.depot.listed("uploads"),
        lambda: scripted.depot.keep(Path("x"), key),
    ):
        with pytest.raises((OSError, ValueError)):
            use()
