"""Inputs and results between a worker over HTTP and the bucket of its server, past the server."""

import hashlib
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffremote.config import DownloadWay, Settings
from ffremote.depot import keys
from ffremote.depot.protocol import DepotAway
from ffremote.files.opening import open_storage
from ffremote.files.storage import Storage
from ffremote.jobs import store
from ffremote.ledger import needs
from ffremote.ledger.values import Claim, ClaimRequest, NewWorker, Result
from ffremote_worker.remote import line
from tests.support.buckets import in_bucket
from tests.support.builders import CONTENT, queue_job
from tests.support.http_worker import CAPABILITIES
from tests.support.s3_servers import S3Server
from tests.support.scripted_s3 import Answer, ScriptedS3, scripted_s3
from tests.worker.remote.conftest import Remote
from tests.worker.remote.test_depot import made

RESULT = secrets.token_bytes(1 << 20) * 11  # three parts


@pytest.fixture
def public(seaweedfs: S3Server) -> str:
    """Where workers are told that the bucket is."""
    return seaweedfs.endpoint


@pytest.fixture
def settings(
    settings: Settings, seaweedfs: S3Server, monkeypatch: pytest.MonkeyPatch, public: str
) -> Settings:
    """Settings of a server whose bucket others may use."""
    found = in_bucket(settings, seaweedfs, monkeypatch, downloads=DownloadWay.REDIRECT)
    return found.model_copy(update={"storage_url": f"{found.storage_url}&public={public}"})


@pytest.fixture
def storage(settings: Settings) -> Storage:
    """The storage of these settings, as the server has it."""
    opened = open_storage(settings)
    opened.prepare()
    return opened


@pytest.fixture
def claim(remote: Remote, session: Session, storage: Storage) -> Claim:
    """The claim of a job with one input."""
    queue_job(session, storage)
    remote.ledger.register(NewWorker("1" * 32, 1, "9.0", "limits", CAPABILITIES))
    found = remote.ledger.claim(ClaimRequest("3" * 32, "1" * 32, "2" * 32, needs.ALL))
    assert found is not None
    return found


@pytest.fixture
def sent_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The PATCH requests to the server: pieces of results that it takes itself."""
    calls: list[str] = []
    call = line.Line.call

    def noting(self: line.Line, method: str, path: str, **options: object) -> object:
        if method == "PATCH":
            calls.append(path)
        return call(self, method, path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(line.Line, "call", noting)
    return calls


def keep_and_end(remote: Remote, claim: Claim) -> bool:
    """Keep a result and end the job; return whether it is completed."""
    kept = remote.depot.keep(made(remote, claim, RESULT), keys.result(claim.job_id, claim.token))
    return remote.ledger.complete(claim, Result(kept.bytes, kept.sha256, {"bytes": 1}))


def result_of(session: Session, storage: Storage, claim: Claim) -> bytes:
    """Return the result as the server has it in the bucket."""
    session.expire_all()
    row = store.find(session, claim.job_id)
    assert row.result_object is not None and row.result_bytes is not None
    return storage.depot.open(row.result_object, 0, row.result_bytes).read()


def test_input_and_result_go_past_the_server(
    remote: Remote,
    claim: Claim,
    session: Session,
    storage: Storage,
    sent_here: list[str],
    tmp_path: Path,
) -> None:
    [upload_id], sha256 = claim.upload_ids, hashlib.sha256(CONTENT).hexdigest()

    remote.depot.fetch(keys.upload(upload_id), tmp_path / "input", sha256=sha256)

    assert (tmp_path / "input").read_bytes() == CONTENT
    assert keep_and_end(remote, claim)
    assert result_of(session, storage, claim) == RESULT
    assert sent_here == []


def test_a_worker_asks_for_links_as_often_as_it_needs_them(
    remote: Remote,
    claim: Claim,
    session: Session,
    storage: Storage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ffremote.api.worker_api.direct.LINKS", 1)

    assert keep_and_end(remote, claim)
    assert result_of(session, storage, claim) == RESULT


@pytest.mark.parametrize("public", ["http://127.0.0.1:1"])
def test_a_bucket_that_the_worker_does_not_reach_is_left_to_the_server(
    remote: Remote,
    claim: Claim,
    session: Session,
    storage: Storage,
    sent_here: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "ffremote_worker")

    assert keep_and_end(remote, claim)
    assert result_of(session, storage, claim) == RESULT
    assert sent_here != []
    assert "results go through the server" in caplog.text
    assert "X-Amz" not in caplog.text


@pytest.mark.slow
class TestScripted:
    """With an object store that answers what a real one rarely says."""

    @pytest.fixture
    def script(self) -> Iterator[ScriptedS3]:
        """A scripted server in the place of the bucket's public address."""
        with scripted_s3() as running:
            yield running

    @pytest.fixture
    def public(self, script: ScriptedS3) -> str:
        """Where workers are told that the bucket is."""
        return f"http://127.0.0.1:{script.port}"

    def test_parts_that_are_lost_again_and_again_are_an_outage(
        self, remote: Remote, claim: Claim, script: ScriptedS3
    ) -> None:
        script.answers["PUT"] = [Answer(404, b"<Error><Code>NoSuchUpload</Code></Error>")]

        with pytest.raises(DepotAway, match="NoSuchUpload"):
            keep_and_end(remote, claim)
        assert len(script.asked) == 4

    def test_a_link_that_has_expired_is_made_anew(
        self, remote: Remote, claim: Claim, script: ScriptedS3, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        took = Answer(200, headers={"ETag": '"e"'})
        expired = Answer(403, b"<Error><Code>AccessDenied</Code></Error>")
        script.answers["PUT"] = [took, expired, Answer(503), took]

        with pytest.raises(DepotAway, match="Send the result again"):  # no part is in the bucket
            keep_and_end(remote, claim)
        assert len(script.asked) == 5

    @pytest.mark.parametrize("answer", [Answer(403), Answer(200), Answer(307)])
    def test_a_bucket_that_takes_no_part_is_left_to_the_server(
        self,
        remote: Remote,
        claim: Claim,
        script: ScriptedS3,
        answer: Answer,
        sent_here: list[str],
    ) -> None:
        script.answers["PUT"] = [answer]

        assert keep_and_end(remote, claim)
        assert sent_here != []
